import { Command, InvalidArgumentError, Option } from "commander";
import { DRAIN_CAP_SECONDS } from "../components/settings/schema/deploy";
import { StreamTime } from "../components/settings/schema/service";
import { assumptionsOf, spreadOf } from "./cloud/kernel/assumptions";
import { SPREAD } from "./cloud/spread";
import { CORE } from "./traffic/streams";

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

export interface RehearseOptions {
  speed: number;
  /** Requests a second in all. */
  rate: number;
  /** Whether the rate was given: a default is lowered to what this machine carries. */
  holdsRate: boolean;
  cutover: "routed" | "dns";
  /** AWS seconds. */
  drain: number;
  /** AWS seconds: the longest wait until the old colour gets no more requests. 0: the drain's own time is all. */
  drainCap: number;
  /** AWS seconds until the slowest node of a load balancer follows a change. */
  spread: number;
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
  /** Pages that each keep a WebSocket open to the core. */
  streams: number;
  /** Pages that each keep an event stream (SSE) open to the core. */
  sse: number;
  /** `streams.within` of the core. */
  within: string;
  json: boolean;
  fault: ReleaseFault;
  seed: number;
  loopback: string;
  portOffset: number;
  bootSeconds?: number;
  /** Path of an observed.json of `first-contact`: its numbers instead of those that the cloud assumes. */
  observed?: string;
  directory: string;
}

/**
 * The most requests a second that two cores carry beside everything else in a rehearsal, as measured
 * (docs/benchmarks.md).
 */
const MAX_RATE = 5_000;

/** A rehearsal takes about a minute at this speed. */
const SPEED = 20;
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
/** The setting's own default. */
const DRAIN_SECONDS = 80;
/**
 * The setting's own default. There is no bake where the old colour stops before the TTL is over: a bake would keep it
 * warm.
 */
const BAKE_SECONDS = 180;
/** So few cost nothing beside the requests, and are cut or not as hundreds are. */
const PAGES = { webSockets: 20, eventStreams: 10 };
/** As long as instances take to end without streams: some of the pages stay for ever. */
const WITHIN = "1m";
/** Each is a TLS connection to a load balancer and another one to a task, on two cores. */
const MAX_PAGES = 2_000;

/** What differs between the commands that rehearse under traffic. */
interface CommandWords {
  rate: number;
  /** What the help says of the default rate. Default: nothing. */
  aboutRate?: string;
  directory: string;
  example: string;
  exitCodes: string;
}

const REHEARSE: CommandWords = {
  rate: 1000,
  aboutRate: "; the default is lowered on a machine that carries less beside a deploy",
  directory: "out/rehearsal",
  example: "npx aoshingo rehearse --services users --fault crashOnStart",
  exitCodes: `0 no request failed, 1 the deploy failed, 2 wrong use or settings,
            3 the deploy is done but requests failed`,
};

/**
 * A command with the options of a rehearsal. Each option can be given as an environment variable, too: `make rehearse
 * SPEED=10`.
 */
export function rehearseCommand(commandWords: CommandWords = REHEARSE): Command {
  const { rate, aboutRate = "", directory, example, exitCodes } = commandWords;
  return new Command("aoshingo rehearse")
    .description(
      "Rehearse a blue/green deploy on this machine, under load: the real program and the real deploy script against a stand-in of AWS",
    )
    .addOption(
      option(
        "--speed <n>",
        "SPEED",
        `AWS seconds in one real second (default: ${SPEED}, or ${SPEED_WITHOUT_DRAIN} if the drain is shorter than the TTL, or ${SPEED_BEFORE_SPREAD} if its cap is shorter than a spread above ${TTL_SECONDS})`,
        undefined,
        number(1, 100),
      ),
    )
    .addOption(
      option(
        "--rate <n>",
        "RATE",
        `requests a second in all, shared by all classes of clients${aboutRate}`,
        rate,
        number(3, MAX_RATE),
      ),
    )
    .addOption(
      new Option("--cutover <how>", "change rules on both load balancers, or DNS records only")
        .env("CUTOVER")
        .choices(["routed", "dns"])
        .default("routed"),
    )
    .addOption(
      option(
        "--drain <seconds>",
        "DRAIN",
        `drain in seconds of AWS time (default: ${DRAIN_SECONDS}, or the cap if that is shorter)`,
        undefined,
        number(0, 3600),
      ),
    )
    .addOption(
      option(
        "--drain-cap <seconds>",
        "DRAIN_CAP",
        `longest drain, while the old colour still gets requests, in seconds of AWS time; 0: nobody looks at them (default: ${DRAIN_CAP_SECONDS}, or 0 if a drain shorter than the TTL is given)`,
        undefined,
        number(0, 3600),
      ),
    )
    .addOption(
      option(
        "--spread <seconds>",
        "SPREAD",
        `${SPREAD.description} (default: ${SPREAD.seconds}, or as observed)`,
        undefined,
        number(0, SPREAD.maxSeconds),
      ),
    )
    .addOption(
      new Option(
        "--observed <file>",
        "an observed.json of first-contact: what an account was seen to do, instead of what the rehearsal assumes",
      ).env("OBSERVED"),
    )
    .addOption(
      option(
        "--bake <seconds>",
        "BAKE",
        `analysis of the new release in production, in seconds of AWS time (default: ${BAKE_SECONDS}, or 0 if the drain is shorter than the TTL)`,
        undefined,
        number(0, 3600),
      ),
    )
    .addOption(
      new Option("--ramp <percents>", "shares of production before the cutover, such as 1,10,50")
        .env("RAMP")
        .default([], "all at once")
        .argParser((text) => words(text).map(Number)),
    )
    .addOption(
      new Option(
        "--stack <name>",
        "stack whose settings are rehearsed (default: rehearsal, or the only one, or prod)",
      ).env("STACK"),
    )
    .addOption(
      new Option("--services <names>", "services, such as users,doodle (default: all of the stack)")
        .env("SERVICES")
        .argParser(words),
    )
    .addOption(
      option(
        "--deploys <n>",
        "DEPLOYS",
        "number of deploys; colours alternate (default: each service, then a caller with the services that it calls)",
        undefined,
        number(1, 100),
      ),
    )
    .addOption(
      new Option(
        "--changes <kinds>",
        `what the deploys change, in turn: ${CHANGES.join(", ")}; all but the first with the same image`,
      )
        .env("CHANGES")
        .default(["image"], "image")
        .argParser(changes),
    )
    .addOption(
      option(
        "--streams <n>",
        "STREAMS",
        `pages that each keep a WebSocket open to ${CORE}; without it, programs that keep a call of Health/Watch open to a gRPC service with streams`,
        PAGES.webSockets,
        number(0, MAX_PAGES),
      ),
    )
    .addOption(
      option(
        "--sse <n>",
        "SSE",
        `pages that each keep a stream of server-sent events open to ${CORE}`,
        PAGES.eventStreams,
        number(0, MAX_PAGES),
      ),
    )
    .addOption(
      new Option("--within <time>", `streams.within of ${CORE}, in AWS time, such as 15m; 0s cuts open streams at once`)
        .env("WITHIN")
        .default(WITHIN)
        .argParser(streamTime),
    )
    .addOption(option("--seed <n>", "SEED", "seed of all random numbers", 1, number(0, 2 ** 31)))
    .addOption(
      option(
        "--boot-seconds <n>",
        "BOOT_SECONDS",
        "AWS seconds that an instance takes to boot (default: 25 to 40)",
        undefined,
        number(0, 600),
      ),
    )
    .addOption(
      new Option(
        "--fault <kind>",
        "make the new release a bad one; errorsAfter: 5 % of its answers are 500 from 10 AWS seconds after the cutover on; contractTooEarly: its migration drops a column that the release in production reads",
      )
        .env("FAULT")
        .choices(RELEASE_FAULTS)
        .default("none"),
    )
    .addOption(
      new Option("--loopback <prefix>", "beginning of the loopback addresses, such as 127.20")
        .env("LOOPBACK")
        .default("127.20"),
    )
    .addOption(option("--port-offset <n>", "PORT_OFFSET", "added to every AWS port", 20_000, number(1024, 60_000)))
    .addOption(
      new Option("--directory <path>", "folder for report, logs and state").env("DIRECTORY").default(directory),
    )
    .addOption(
      new Option("--json", "print the report as JSON, and nothing else, on the standard output")
        .env("JSON")
        .default(false)
        .argParser(() => true),
    )
    .addHelpText("after", `\nExample:\n  ${example}\n\nExit codes: ${exitCodes}`);
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

/** The options of a parsed command, with their defaults. */
export function optionsOf(command: Command): RehearseOptions {
  const options = command.opts<
    RehearseOptions & { speed?: number; drain?: number; drainCap?: number; bake?: number; spread?: number }
  >();
  const spread = options.spread ?? (options.observed ? spreadIn(options.observed) : SPREAD.seconds);
  const { drainCap = (options.drain ?? DRAIN_SECONDS) < TTL_SECONDS ? 0 : DRAIN_CAP_SECONDS } = options;
  const { drain = Math.min(DRAIN_SECONDS, drainCap) } = options;
  const isShort = drain < TTL_SECONDS;
  const usualSpeed = isShort ? SPEED_WITHOUT_DRAIN : SPEED;
  return {
    ...options,
    spread,
    drain,
    drainCap,
    holdsRate: command.getOptionValueSource("rate") !== "default",
    speed: options.speed ?? (spread > TTL_SECONDS && drainCap < spread ? SPEED_BEFORE_SPREAD : usualSpeed),
    bake: options.bake ?? (isShort ? 0 : BAKE_SECONDS),
  };
}

/** @throws UserError if the file is not one of `first-contact` */
function spreadIn(file: string): number {
  const { readObserved } =
    require("../automation/first-contact/observed") as typeof import("../automation/first-contact/observed");
  return spreadOf(assumptionsOf(readObserved(file)));
}

/** The words of a list with commas or spaces between, such as `a,b c`. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

export function option(
  flags: string,
  variable: string,
  description: string,
  value: number | undefined,
  parse: (text: string) => number,
): Option {
  return new Option(flags, description).env(variable).default(value).argParser(parse);
}

export function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= min && value <= max))
      throw new InvalidArgumentError(`wanted a number from ${min} to ${max}.`);
    return value;
  };
}
