import { type Command, InvalidArgumentError, Option } from "commander";
import { pageOption } from "../automation/page/kit/page-options";
import { BAKE_SECONDS, DRAIN_CAP_SECONDS, DRAIN_SECONDS } from "../components/settings/schema/deploy";
import { StreamTime } from "../components/settings/schema/service";
import { number, whole } from "./cloud/option-values";
import { CORE } from "./traffic/streams";
import {
  type CommandWords,
  flag,
  option,
  SPEED,
  type TrafficOptions,
  trafficCommand,
  trafficOptionsOf,
  words,
} from "./traffic-options";

/** The ways in which the new release can be bad. */
const RELEASE_FAULTS = [
  "none",
  "crashOnStart",
  "unhealthy",
  "wrongAnswer",
  "missing",
  "errorsAfter",
  "contractTooEarly",
] as const;
export type ReleaseFault = (typeof RELEASE_FAULTS)[number];

/** What can change from one release to the next: the image, or settings and secrets with the same image. */
const CHANGES = ["image", "env", "memory", "secret"] as const;
export type Change = (typeof CHANGES)[number];

export interface RehearseOptions extends TrafficOptions {
  /** Whether the rate was given: a default is lowered to what this machine carries. */
  holdsRate: boolean;
  cutover: "routed" | "dns";
  /** AWS seconds. */
  drain: number;
  /** AWS seconds: the longest wait until the old colour gets no more requests. 0: the drain's own time is all. */
  drainCap: number;
  /** AWS seconds. */
  bake: number;
  /** Percentages of production's requests; empty for all at once. */
  ramp: number[];
  /** The number of deploys; undefined for each deploy of the sequence once. */
  deploys?: number;
  /** What changes in each deploy, in turn. */
  changes: Change[];
  /** The stack whose settings are rehearsed; undefined for the one that fits. */
  stack?: string;
  /** The services to rehearse; undefined for all of the stack's settings. */
  services?: string[];
  /** Jobs that are not run after their deploys. */
  skipJobs: string[];
  /** Pages that each keep a WebSocket open to the core. */
  streams: number;
  /** Pages that each keep an event stream (SSE) open to the core. */
  sse: number;
  /** `streams.within` of the core. */
  within: string;
  json: boolean;
  fault: ReleaseFault;
  /** Whether this machine's Docker builds and runs the images of services with a Dockerfile. */
  docker: boolean;
}

/**
 * The default where the old colour stops before the records' TTL is over. The deploy's own seconds between cutover and stop do not run faster: at 20 : 1, and
 * on a busy machine at 10 : 1, they last as long as the TTL, and nobody would notice what is missing.
 */
const SPEED_WITHOUT_DRAIN = 5;
/**
 * The same where the nodes of a load balancer take longer to follow the cutover than the deploy may wait for them. Nobody fails if the old colour ends after
 * 120 s: 60 s are the records', 30 s the deregistration delay, and the rest is for the deploy's own seconds.
 */
const SPEED_BEFORE_SPREAD = 2;
const TTL_SECONDS = 60;
/** So few cost nothing beside the requests, and are cut or not as hundreds are. */
const PAGES = { webSockets: 20, eventStreams: 10 };
/** As long as instances take to end without streams: some of the pages stay for ever. */
const WITHIN = "1m";
/** Each is a TLS connection to a load balancer and another one to a task, on two cores. */
const MAX_PAGES = 2_000;

const REHEARSE: CommandWords = {
  name: "aoshingo rehearse",
  description:
    "Rehearse a blue/green deploy on this machine, under load: the real program and the real deploy script against a stand-in of AWS",
  rate: 1000,
  aboutRate: "; the default is lowered on a machine that carries less beside a deploy",
  aboutSpeed: `${SPEED}, or ${SPEED_WITHOUT_DRAIN} if the drain is shorter than the TTL, or ${SPEED_BEFORE_SPREAD} if its cap is shorter than a spread above ${TTL_SECONDS}`,
  directory: "out/rehearsal",
  example: "npx aoshingo rehearse --services users --fault crashOnStart",
  exitCodes: `0 no request failed and nothing else was found, 1 the deploy failed,
            2 wrong use or settings, 3 the deploy is done, but requests failed
            or something else was found; the first line of the report names it`,
};

/** Each option can be given as an environment variable, too: `make rehearse SPEED=10`. */
export function rehearseCommand(): Command {
  return trafficCommand(REHEARSE, {
    rehearsed: rehearsedOptions(),
    deploys: deployOptions(),
    traffic: pagesOptions(),
    output: [jsonOption(), pageOption().env("PAGE")],
  });
}

function rehearsedOptions(): Option[] {
  return [
    new Option(
      "--stack <name>",
      "stack whose settings are rehearsed (default: rehearsal, or the only one, or prod)",
    ).env("STACK"),
    new Option("--services <names>", "services, such as users,doodle (default: all of the stack)")
      .env("SERVICES")
      .argParser(words),
    new Option(
      "--skip-jobs <names>",
      "jobs that are not run after their deploys, such as those that call what only AWS has",
    )
      .env("SKIP_JOBS")
      .default([], "none")
      .argParser(words),
    option(
      "--deploys <n>",
      "DEPLOYS",
      "number of deploys; colours alternate (default: each service, then a caller with the services that it calls)",
      undefined,
      whole(1, 100),
    ),
    new Option(
      "--changes <kinds>",
      `what the deploys change, in turn: ${CHANGES.join(", ")}; all but the first with the same image`,
    )
      .env("CHANGES")
      .default(["image"], "image")
      .argParser(changes),
    new Option(
      "--fault <kind>",
      "make the new release a bad one; errorsAfter: 5 % of its answers are 500 from 10 AWS seconds after the cutover on; contractTooEarly: its migration drops a column that the release in production reads",
    )
      .env("FAULT")
      .choices(RELEASE_FAULTS)
      .default("none"),
    flag("--docker", "DOCKER", "build each service's image from its Dockerfile by Docker, and run it there"),
  ];
}

function deployOptions(): Option[] {
  return [
    new Option("--cutover <how>", "change rules on both load balancers, or DNS records only")
      .env("CUTOVER")
      .choices(["routed", "dns"])
      .default("routed"),
    new Option("--ramp <percents>", "shares of production before the cutover, such as 1,10,50")
      .env("RAMP")
      .default([], "all at once")
      .argParser((text) => words(text).map(whole(1, 99))),
    option(
      "--bake <seconds>",
      "BAKE",
      `analysis of the new release in production, in seconds of AWS time (default: ${BAKE_SECONDS}, or 0 if the drain is shorter than the TTL)`,
      undefined,
      number(0, 3600),
    ),
    option(
      "--drain <seconds>",
      "DRAIN",
      `drain in seconds of AWS time (default: ${DRAIN_SECONDS}, or the cap if that is shorter)`,
      undefined,
      number(0, 3600),
    ),
    option(
      "--drain-cap <seconds>",
      "DRAIN_CAP",
      `longest drain, while the old colour still gets requests, in seconds of AWS time; 0: nobody looks at them (default: ${DRAIN_CAP_SECONDS}, or 0 if a drain shorter than the TTL is given)`,
      undefined,
      number(0, 3600),
    ),
    new Option(
      "--within <time>",
      `streams.within of ${CORE}, in AWS time, such as 15m; 0s: no longer than other requests`,
    )
      .env("WITHIN")
      .default(WITHIN)
      .argParser(streamTime),
  ];
}

/** Pages that are open in browsers. */
function pagesOptions(): Option[] {
  return [
    option(
      "--streams <n>",
      "STREAMS",
      `pages that each keep a WebSocket open to ${CORE}; without it, programs that keep a call of Health/Watch open to a gRPC service with streams`,
      PAGES.webSockets,
      whole(0, MAX_PAGES),
    ),
    option(
      "--sse <n>",
      "SSE",
      `pages that each keep a stream of server-sent events open to ${CORE}`,
      PAGES.eventStreams,
      whole(0, MAX_PAGES),
    ),
  ];
}

function jsonOption(): Option {
  return flag("--json", "JSON", "print the report as JSON, and nothing else, on the standard output");
}

function changes(text: string): Change[] {
  const kinds = words(text);
  const known = CHANGES.filter((kind) => kinds.includes(kind));
  if (kinds.length > 0 && kinds.every((kind) => known.includes(kind as Change))) return kinds as Change[];
  throw new InvalidArgumentError(`wanted some of ${CHANGES.join(", ")}, such as env,secret.`);
}

function streamTime(text: string): string {
  const { success, error } = StreamTime.safeParse(text);
  if (success) return text;
  throw new InvalidArgumentError(`wanted ${error.issues[0]!.message}.`);
}

/**
 * The options of a parsed command, with their defaults.
 * @throws UserError if the file of `--observed` is not one of `first-contact`
 */
export function optionsOf(command: Command): RehearseOptions {
  const options = trafficOptionsOf<RehearseOptions>(command);
  const given = command.opts<Partial<RehearseOptions>>();
  const { drainCap = (given.drain ?? DRAIN_SECONDS) < TTL_SECONDS ? 0 : DRAIN_CAP_SECONDS } = given;
  const { drain = Math.min(DRAIN_SECONDS, drainCap) } = given;
  const isShort = drain < TTL_SECONDS;
  const usualSpeed = isShort ? SPEED_WITHOUT_DRAIN : SPEED;
  const isBeforeSpread = options.spread > TTL_SECONDS && drainCap < options.spread;
  return {
    ...options,
    drain,
    drainCap,
    holdsRate: command.getOptionValueSource("rate") !== "default",
    speed: given.speed ?? (isBeforeSpread ? SPEED_BEFORE_SPREAD : usualSpeed),
    // A bake would keep the old colour warm until the TTL is over.
    bake: given.bake ?? (isShort ? 0 : BAKE_SECONDS),
  };
}
