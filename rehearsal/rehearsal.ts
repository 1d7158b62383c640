import { readFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DeployEvent } from "../automation/events";
import { other } from "../components/colour-name";
import { UserError } from "../components/user-error";
import { bringUp } from "./bring-up";
import { authorityFile } from "./cloud/environment";
import type { CloudEvent } from "./cloud/events";
import type { RunningCloud } from "./cloud/running-cloud";
import { DOMAIN, REGION } from "./cloud-args";
import { DeployCommand } from "./deploy-command";
import { pushImage } from "./images/push-image";
import type { RehearseOptions } from "./options";
import { processedPosts } from "./processed-posts";
import { STACK, writeSettings } from "./rehearsal-stack";
import type { RehearsalRecord, RehearsalReport } from "./report/types";
import { writeReport } from "./report/write-report";
import { Traffic } from "./traffic/traffic";

const SERVICE = "users";
const CLIENTS_PER_CLASS = 20;
/** A client's patience in real milliseconds: shorter than a browser's, longer than any answer of a healthy service. */
const CLIENT_TIMEOUT_MS = 10_000;
/** Traffic before the first deploy and after the last one: the picture needs a "before" and an "after". */
const LEAD_MS = 2_000;
/** At 1,000 requests a second a rehearsal sends at least 30,000. */
const LEAST_TRAFFIC_MS = 32_000;
const FLOWING_LIMIT_MS = 15_000;

interface RehearsalOutput {
  /** One line for a person. */
  say(line: string): void;
  /** An event of the deploy that runs. */
  show(event: DeployEvent): void;
}

interface Rehearsed {
  report: RehearsalReport;
  deployFailed: boolean;
}

/**
 * One whole rehearsal in a cloud of its own: infrastructure, first release, traffic, deploys under traffic, report. Everything has ended afterwards, the cloud too.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function rehearse(
  options: RehearseOptions,
  starting: Promise<RunningCloud>,
  output: RehearsalOutput,
  signal: AbortSignal,
): Promise<Rehearsed> {
  const { say, show } = output;
  const cloud = await starting;
  const directory = resolve(options.directory);
  await rm(join(directory, "traffic.ndjson"), { force: true });
  await mkdir(directory, { recursive: true });
  const settingsFile = await writeSettings(directory, {
    cutover: options.cutover,
    drainSeconds: options.drain / options.speed,
  });

  const { environment } = cloud.ready;
  const deploys: DeployEvent[][] = [];
  // These processes load while the infrastructure comes up.
  const preparing = Traffic.prepare(trafficSettings(options, cloud, join(directory, "traffic.ndjson")));
  preparing.catch(() => {});
  let standby = DeployCommand.standBy(environment, signal);
  let deployFailed = false;
  try {
    say("Bringing up the infrastructure");
    const { services } = await bringUp(environment, settingsFile, signal);
    const repository = services[SERVICE]!.repository.name;
    await push(environment, repository, 0, "none");
    const first = await deploy(0);
    if (first.exitCode !== 0)
      throw new UserError(`the first release could not be deployed: ${first.errors || "see above"}`, { exitCode: 1 });

    const traffic = await preparing;
    traffic.start();
    const flowingAtMs = await traffic.untilFlowing(AbortSignal.any([signal, AbortSignal.timeout(FLOWING_LIMIT_MS)]));
    say(`Traffic flows: ${options.rate} requests/s`);
    await passed(flowingAtMs + LEAD_MS, signal);
    for (let number = 1; number <= options.deploys && !deployFailed; number++) {
      if (options.fault !== "missing") await push(environment, repository, number, options.fault);
      const { exitCode, events, errors } = await deploy(number);
      deploys.push(events);
      deployFailed = exitCode !== 0;
      if (errors) say(errors);
    }
    await passed(Math.max(Date.now() + LEAD_MS, flowingAtMs + LEAST_TRAFFIC_MS), signal);
    await traffic.stop();
  } finally {
    standby.dismiss();
    await preparing.then((traffic) => traffic.kill()).catch(() => {});
    await cloud.stop();
  }
  const record = await recordOf(options, directory, deploys);
  return { report: await writeReport(record, directory), deployFailed };

  async function deploy(number: number) {
    const run = await standby.run(
      ["--stack", STACK, "--config-file", settingsFile, `${SERVICE}=${tagOf(number)}`],
      show,
    );
    if (number < options.deploys) standby = DeployCommand.standBy(environment, signal);
    return run;
  }
}

async function passed(atMs: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, atMs - Date.now()), undefined, { signal });
}

function push(
  environment: Record<string, string>,
  repository: string,
  number: number,
  fault: RehearseOptions["fault"],
) {
  return pushImage({
    service: SERVICE,
    repository,
    tag: tagOf(number),
    environment: [`FAULT=${fault}`],
    endpoint: environment.AWS_ENDPOINT_URL!,
    region: REGION,
  });
}

function tagOf(number: number): string {
  return `v${number + 1}`;
}

async function recordOf(
  options: RehearseOptions,
  directory: string,
  deploys: DeployEvent[][],
): Promise<RehearsalRecord> {
  const cloud = (await readFile(join(directory, "cloud", "events.ndjson"), "utf8")).split("\n").filter(Boolean);
  return {
    settings: {
      cutover: options.cutover,
      speed: options.speed,
      ratePerSecond: options.rate,
      drainSeconds: options.drain,
      services: [SERVICE],
    },
    deploys,
    trafficFile: join(directory, "traffic.ndjson"),
    processed: await processedPosts(join(directory, "cloud", "logs")),
    cloud: cloud.map((line) => JSON.parse(line) as CloudEvent),
    releases: Array.from({ length: options.deploys + 1 }, (_, number) => ({
      release: tagOf(number),
      colour: colourOf(number),
      deploy: number,
    })),
  };
}

/** The first release goes to blue, then they alternate. */
function colourOf(number: number) {
  return number % 2 === 0 ? "blue" : other("blue");
}

function trafficSettings(options: RehearseOptions, { ready }: RunningCloud, recordFile: string) {
  return {
    hostName: `${SERVICE}.${DOMAIN}`,
    nameServers: ready.nameServers,
    portOffset: ready.portOffset,
    certificateAuthority: readFileSync(authorityFile(ready.directory), "utf8"),
    speed: options.speed,
    ratePerSecond: options.rate,
    clientsPerClass: CLIENTS_PER_CLASS,
    timeoutMs: CLIENT_TIMEOUT_MS,
    seed: options.seed,
    recordFile,
  };
}
