import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readStackSettings } from "../automation/core/project";
import type { DeployEvent } from "../automation/ports/events";
import { UserError } from "../components/core/user-error";
import { FaultsClient } from "./cloud/faults/faults-client";
import type { CloudEvent } from "./cloud/kernel/events";
import type { RunningCloud } from "./cloud/running-cloud";
import { deploySequence, firstDeploys, type RehearsedService } from "./deploy-sequence";
import { DOMAIN } from "./environment/cloud-args";
import { createStack } from "./environment/create-stack";
import { DeployCommand, type DeployRun } from "./environment/deploy-command";
import { METRIC_PERIOD_SECONDS, STACK, writeSettings } from "./environment/rehearsal-stack";
import { Releases } from "./environment/releases";
import { readServiceLogs, unfinishedJobs } from "./environment/service-logs";
import { FLOWING_LIMIT_MS, trafficSettings } from "./environment/traffic-settings";
import { errorsAfter } from "./errors-after";
import type { LiveRehearsal, RunningRecord } from "./live-page/live-rehearsal";
import type { RehearseOptions, ReleaseFault } from "./options";
import type { RehearsalRecord, RehearsalReport } from "./report/types";
import { writeReport } from "./report/write-report";
import { streamsOf } from "./traffic/streams";
import { Traffic } from "./traffic/traffic";

/** Traffic before the first deploy and after the last one: the picture needs a "before" and an "after". */
const LEAD_MS = 2_000;
/** At 1,000 requests a second a rehearsal sends at least 30,000. */
const LEAST_TRAFFIC_MS = 32_000;
/** A job that was given out and not done comes back after the queue's visibility timeout: 60 s of AWS time by default. */
const JOBS_LIMIT_MS = 15_000;
const JOBS_LOOK_MS = 250;
/** As in production, where the setting's default is in real seconds. */
const STEADY_SECONDS = 30;

interface RehearsalOutput {
  /** Follows it, if asked for. */
  page: LiveRehearsal | null;
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
 * One whole rehearsal in a cloud of its own: infrastructure, first releases, traffic, deploys under traffic, report. Everything has ended afterwards, the cloud too.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function rehearse(
  options: RehearseOptions,
  starting: Promise<RunningCloud>,
  { say, show, page }: RehearsalOutput,
  signal: AbortSignal,
): Promise<Rehearsed> {
  const cloud = await starting;
  try {
    const directory = resolve(options.directory);
    const { services, healthPaths, settingsFile } = await prepare(directory, options);
    const streams = streamsOf({
      ratePerSecond: options.rate,
      services: services.map(({ name }) => name),
      healthPaths,
      domain: DOMAIN,
    });
    // These processes load while the infrastructure comes up.
    const preparing = Traffic.prepare(trafficSettings(options, streams, cloud, join(directory, "traffic.ndjson")));
    preparing.catch(() => {});
    let standby = DeployCommand.standBy(cloud.ready.environment, signal);
    const settings = reportSettings(options, services);
    const deploys: DeployEvent[][] = [];
    const releases: RehearsalRecord["releases"] = [];
    let deployFailed = false;
    try {
      say("Bringing up the infrastructure");
      const pushed = new Releases(
        cloud.ready.environment,
        await createStack(cloud.ready.environment, settingsFile, signal),
      );
      for (const names of firstDeploys(services)) {
        const first = await deploy(pushed, names, 0, "none");
        if (first.exitCode !== 0)
          throw new UserError(`the first releases could not be deployed: ${first.errors || "see above"}`, {
            exitCode: 1,
          });
      }

      const traffic = await preparing;
      traffic.start();
      page?.follow({ settings, streams, deploys, releases });
      const flowingAtMs = await traffic.untilFlowing(AbortSignal.any([signal, AbortSignal.timeout(FLOWING_LIMIT_MS)]));
      say(`Traffic flows: ${options.rate} requests/s`);
      await passed(flowingAtMs + LEAD_MS, signal);
      for (const [index, names] of deploySequence(services, options.deploys).entries()) {
        const { exitCode, errors } = await deploy(pushed, names, index + 1, options.fault);
        if (errors) say(errors);
        deployFailed = exitCode !== 0;
        if (deployFailed) break;
      }
      await passed(Math.max(Date.now() + LEAD_MS, flowingAtMs + LEAST_TRAFFIC_MS), signal);
      await traffic.stop();
      await jobsDone(join(directory, "cloud", "logs"), signal);
    } finally {
      standby.dismiss();
      await preparing.then((traffic) => traffic.kill()).catch(() => {});
      await cloud.stop();
    }
    const record = await recordOf(directory, { settings, streams, deploys, releases });
    const { report, page: kept } = await writeReport(record, directory);
    await page?.close(kept);
    return { report, deployFailed };

    async function deploy(
      pushed: Releases,
      names: readonly string[],
      number: number,
      fault: ReleaseFault,
    ): Promise<DeployRun> {
      const next = await pushed.next(names, fault);
      releases.push(...next.map(({ service, tag, colour }) => ({ service, release: tag, colour, deploy: number })));
      const images = next.map(({ service, tag }) => `${service}=${tag}`);
      const faults = new FaultsClient(cloud.ready.environment.AWS_ENDPOINT_URL!);
      const spoil = fault === "errorsAfter" ? errorsAfter(faults, next) : async () => {};
      const spoiling: Promise<void>[] = [];
      const events: DeployEvent[] = [];
      if (number > 0) deploys.push(events);
      const run = await standby.run(["--stack", STACK, "--config-file", settingsFile, ...images], (event) => {
        events.push(event);
        show(event);
        spoiling.push(spoil(event));
        if (number === 0 && event.type === "stepStarted")
          page?.say(`First release of ${names.join(", ")}: ${event.title}`);
      });
      await Promise.all(spoiling);
      standby = DeployCommand.standBy(cloud.ready.environment, signal);
      return run;
    }
  } finally {
    await page?.close(null);
    await cloud.stop();
  }
}

/** What the report says of how it was made. */
function reportSettings(
  { cutover, speed, rate, drain }: RehearseOptions,
  services: readonly RehearsedService[],
): RehearsalRecord["settings"] {
  return { cutover, speed, ratePerSecond: rate, drainSeconds: drain, services: services.map(({ name }) => name) };
}

/** The rehearsal's folder without what an earlier one left, and its settings. */
async function prepare(directory: string, options: RehearseOptions) {
  await rm(join(directory, "traffic.ndjson"), { force: true });
  await mkdir(directory, { recursive: true });
  const settingsFile = await writeSettings(directory, {
    cutover: options.cutover,
    drainSeconds: options.drain / options.speed,
    steadySeconds: STEADY_SECONDS / options.speed,
    deploy: {
      bakeSeconds: options.bake / options.speed,
      ramp: options.ramp,
      rampPauseSeconds: options.bake / options.speed,
      metricPeriodSeconds: METRIC_PERIOD_SECONDS / options.speed,
    },
    ...(options.services ? { services: options.services } : {}),
  });
  const { settings } = readStackSettings(STACK, settingsFile);
  const services: RehearsedService[] = Object.entries(settings.services).map(([name, { kind, calls }]) => ({
    name,
    kind,
    calls,
  }));
  const publicApis = Object.entries(settings.services).filter(([, { exposure }]) => exposure.includes("public"));
  const healthPaths = Object.fromEntries(publicApis.map(([name, { healthCheck }]) => [name, healthCheck.path]));
  return { settingsFile, services, healthPaths };
}

/** Jobs are done after the request that gave them was answered: lost is what is not done when nothing more comes. */
async function jobsDone(logs: string, signal: AbortSignal): Promise<void> {
  for (
    const endsAtMs = Date.now() + JOBS_LIMIT_MS;
    Date.now() < endsAtMs && unfinishedJobs(await readServiceLogs(logs)).length > 0;
  )
    await delay(JOBS_LOOK_MS, undefined, { signal });
}

async function passed(atMs: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, atMs - Date.now()), undefined, { signal });
}

async function recordOf(directory: string, running: RunningRecord): Promise<RehearsalRecord> {
  const cloud = (await readFile(join(directory, "cloud", "events.ndjson"), "utf8")).split("\n").filter(Boolean);
  return {
    ...running,
    trafficFile: join(directory, "traffic.ndjson"),
    logs: await readServiceLogs(join(directory, "cloud", "logs")),
    cloud: cloud.map((line) => JSON.parse(line) as CloudEvent),
  };
}
