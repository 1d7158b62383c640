import "../automation/core/silent-aws-sdk";
import { Command, Option } from "commander";
import type { Document } from "yaml";
import { endWith } from "../automation/core/process/command-end";
import { stoppable } from "../automation/core/process/stoppable";
import { number } from "../rehearsal/cloud/option-values";
import { STACK } from "../rehearsal/cloud/settings-source";
import type { RehearsalEnvironment } from "../rehearsal/environment/environment";
import { plainServices } from "../rehearsal/environment/other-services";
import { flag, option } from "../rehearsal/traffic-options";
import { benchEnvironment, pushSample, timed } from "./bench-environment";
import { type Deployed, deployed } from "./deployed";
import { UpProfiler, type Used } from "./up-profiler";

/** One, as many as an edge takes, and a number between. */
const COUNTS = [1, 10, 50];
/** Slower than the other benchmarks and than a rehearsal: the health checks of a hundred instances are real. */
const SPEED = 10;

interface Measured {
  services: number;
  resources: number;
  /** Seconds of the first `up`, from nothing. */
  upSeconds: number;
  deployOne: { seconds: number; overheadSeconds: number };
  /** For all but one it is the first release on that colour. */
  deployAll: { seconds: number; overheadSeconds: number };
  /** Once more, now that both colours of each service have had a release. */
  deployAgain: { seconds: number; overheadSeconds: number };
  /** What each `up` used, if that was asked for. */
  ups?: UpUsed[];
}

interface UpUsed extends Used {
  /** The deploy and its step, such as `deploy of one: warm`; `first up` for the one that creates the stack. */
  what: string;
  waitedSeconds: number;
}

interface Options {
  counts: number[];
  speed: number;
  json: boolean;
  profile: boolean;
}

/** `make bench-scale`: measures how the time of an `up` and of a deploy grows with the number of services. */
async function run({ counts, speed, json, profile }: Options, signal: AbortSignal): Promise<void> {
  const measured: Measured[] = [];
  for (const count of counts) {
    console.error(`Measuring: ${count} ${count === 1 ? "service" : "services"}`);
    measured.push(await measure(count, { speed, profile }, signal));
    if (!json) console.log(textOf(measured.at(-1)!));
  }
  if (json) console.log(JSON.stringify(measured));
}

function measure(
  count: number,
  { speed, profile }: Pick<Options, "speed" | "profile">,
  signal: AbortSignal,
): Promise<Measured> {
  const services = plainServices("service", count);
  const names = Object.keys(services);
  let profiler: UpProfiler | null = null;
  const options = {
    ...{ speed, signal },
    settings: (document: Document) => document.setIn(["config", "aoshingo:services"], document.createNode(services)),
    before: (environment: RehearsalEnvironment) => {
      if (profile) profiler = UpProfiler.start(environment);
    },
  };
  return benchEnvironment(`scale-${count}`, options, async (environment, upSeconds) => {
    const ups: UpUsed[] = [];
    const createdMs = Date.now();
    const profiled = (what: string, { ups: done }: Pick<Deployed, "ups">) => {
      for (const { step, atMs, seconds, waitedSeconds } of done)
        if (profiler)
          ups.push({ what: `${what}: ${step}`, waitedSeconds, ...profiler.between(atMs - seconds * 1000, atMs) });
    };
    if (profiler) {
      const used = profiler.between(createdMs - upSeconds * 1000, createdMs);
      ups.push({ what: "first up", waitedSeconds: 0, ...used, program: used.own, programMemory: used.ownMemory });
    }
    const release = async (what: string, services: string[], tag: string) => {
      for (const service of services) await pushSample(environment, tag, service);
      const releases = services.map((service) => `${service}=${tag}`);
      const done = await deployed(environment, releases);
      profiled(what, done);
      return done;
    };
    try {
      await release("first releases", names, "v1");
      const one = await release("deploy of one", names.slice(0, 1), "v2");
      const all = await release("deploy of all", names, "v3");
      const again = await release("deploy of all again", names, "v4");
      const { stdout } = await timed(environment.pulumi(["stack", "export", "--stack", STACK]));
      const { deployment } = JSON.parse(stdout) as { deployment: { resources: unknown[] } };
      return {
        services: count,
        resources: deployment.resources.length,
        upSeconds,
        deployOne: { seconds: one.seconds, overheadSeconds: one.overhead },
        deployAll: { seconds: all.seconds, overheadSeconds: all.overhead },
        deployAgain: { seconds: again.seconds, overheadSeconds: again.overhead },
        ...(profiler ? { ups } : {}),
      };
    } finally {
      profiler?.stop();
    }
  });
}

function textOf(measured: Measured): string {
  const { ups = [], resources } = measured;
  return [lineOf(measured), ...ups.map((up) => usedText(up, resources))].join("\n");
}

function usedText(
  { what, seconds, waitedSeconds, program, programMemory, engine, provider, writes, megabytes }: UpUsed,
  resources: number,
): string {
  const cpu = { program, engine, provider };
  const each = Object.entries(cpu).map(([part, used]) => `${part} ${used.toFixed(1)} s`);
  const perResource = ((program + engine + provider) / resources) * 1000;
  return `  ${what}: ${seconds.toFixed(1)} s, waiting ${waitedSeconds.toFixed(1)} s of it; CPU: ${each.join(", ")} (${perResource.toFixed(1)} ms for each resource); script's process so far at most ${programMemory.toFixed(0)} MB; state written ${writes} times, ${megabytes.toFixed(0)} MB`;
}

function lineOf({ services, resources, upSeconds, deployOne, deployAll, deployAgain }: Measured): string {
  const time = ({ seconds, overheadSeconds }: Measured["deployOne"]) =>
    `${seconds.toFixed(1)} s (overhead ${overheadSeconds.toFixed(1)} s)`;
  return `${services} services, ${resources} resources: first up ${upSeconds.toFixed(1)} s, deploy of one ${time(deployOne)}, deploy of all ${time(deployAll)}, again ${time(deployAgain)}`;
}

const program = new Command("bench-scale")
  .description("Measure an `up` and deploys with 1, 10 and 50 services")
  .addOption(
    new Option("--counts <numbers>", "numbers of services")
      .env("COUNTS")
      .default(COUNTS, COUNTS.join(","))
      .argParser((text) => text.split(",").map(Number)),
  )
  .addOption(option("--speed <n>", "SPEED", "AWS seconds in one real second", SPEED, number(1, 100)))
  .addOption(
    flag(
      "--profile",
      "PROFILE",
      "split each `up` into program, engine, provider, writes of the state and waiting (Linux)",
    ),
  )
  .addOption(flag("--json", "JSON", "print JSON"))
  .exitOverride();

void endWith(() => {
  program.parse();
  return stoppable((signal) => run(program.opts<Options>(), signal));
});
