import "../automation/core/quiet-aws-sdk";
import { Command, Option } from "commander";
import type { Document } from "yaml";
import { endWith } from "../automation/core/process/command-end";
import { STACK } from "../rehearsal/environment/rehearsal-stack";
import { stoppable } from "../rehearsal/environment/stoppable";
import { benchEnvironment, pushSample, timed } from "./bench-environment";
import { deployed } from "./deployed";

/** One, as many as an edge takes, and a number between. */
const COUNTS = [1, 10, 50];
/** Slower than the other benchmarks: the health checks of a hundred instances are real. */
const SPEED = 10;
/** The sample keeps all in memory without a database. */
const SERVICE_SETTINGS = { kind: "api", size: 1, env: { STORE: "memory" } };

interface Measured {
  services: number;
  resources: number;
  /** Seconds of the first `up`, from nothing. */
  upSeconds: number;
  deployOne: { seconds: number; overheadSeconds: number };
  deployAll: { seconds: number; overheadSeconds: number };
}

/** `make bench-scale`: measures how the time of an `up` and of a deploy grows with the number of services. */
async function run({ counts, json }: { counts: number[]; json: boolean }, signal: AbortSignal): Promise<void> {
  const measured: Measured[] = [];
  for (const count of counts) {
    console.error(`Measuring: ${count} ${count === 1 ? "service" : "services"}`);
    measured.push(await measure(count, signal));
    if (!json) console.log(lineOf(measured.at(-1)!));
  }
  if (json) console.log(JSON.stringify(measured));
}

function measure(count: number, signal: AbortSignal): Promise<Measured> {
  const names = Array.from({ length: count }, (_, index) => `service-${String(index + 1).padStart(2, "0")}`);
  const options = {
    ...{ speed: SPEED, signal },
    settings: (document: Document) =>
      document.setIn(
        ["config", "aoshingo:services"],
        document.createNode(Object.fromEntries(names.map((name) => [name, SERVICE_SETTINGS]))),
      ),
  };
  return benchEnvironment(`scale-${count}`, options, async (environment, upSeconds) => {
    const release = async (services: string[], tag: string) => {
      for (const service of services) await pushSample(environment, tag, service);
      return deployed(
        environment,
        services.map((service) => `${service}=${tag}`),
      );
    };
    await release(names, "v1");
    const one = await release(names.slice(0, 1), "v2");
    const all = await release(names, "v3");
    const { stdout } = await timed(environment.pulumi(["stack", "export", "--stack", STACK]));
    const { deployment } = JSON.parse(stdout) as { deployment: { resources: unknown[] } };
    return {
      services: count,
      resources: deployment.resources.length,
      upSeconds,
      deployOne: { seconds: one.seconds, overheadSeconds: one.overhead },
      deployAll: { seconds: all.seconds, overheadSeconds: all.overhead },
    };
  });
}

function lineOf({ services, resources, upSeconds, deployOne, deployAll }: Measured): string {
  const time = ({ seconds, overheadSeconds }: Measured["deployOne"]) =>
    `${seconds.toFixed(1)} s (overhead ${overheadSeconds.toFixed(1)} s)`;
  return `${services} services, ${resources} resources: first up ${upSeconds.toFixed(1)} s, deploy of one ${time(deployOne)}, deploy of all ${time(deployAll)}`;
}

const program = new Command("bench-scale")
  .description("Measure an `up` and deploys with 1, 10 and 50 services")
  .addOption(
    new Option("--counts <numbers>", "numbers of services")
      .env("COUNTS")
      .default(COUNTS, COUNTS.join(","))
      .argParser((text) => text.split(",").map(Number)),
  )
  .addOption(
    new Option("--json", "print JSON")
      .default(false)
      .env("JSON")
      .argParser(() => true),
  )
  .exitOverride();

void endWith(() => {
  program.parse();
  return stoppable((signal) => run(program.opts<{ counts: number[]; json: boolean }>(), signal));
});
