import { setTimeout as delay } from "node:timers/promises";
import { readStackSettings } from "../automation/core/project";
import type { DeployEvent } from "../automation/ports/events";
import { UserError } from "../components/core/user-error";
import { getsRequest, type OwnedRoute, ownedRoutes, routeText } from "../components/settings/own-hosts";
import { DEFAULTS, HEALTH_PATHS } from "../components/settings/schema/kinds";
import type { Protocol, ServiceSettings, Settings } from "../components/settings/settings";
import { FaultsClient } from "./cloud/faults/faults-client";
import { STACK } from "./cloud/settings-source";
import { deploySequence, firstDeploys, jobsToRun, type RehearsedService } from "./deploy-sequence";
import type { DeployRun } from "./environment/deploy-command";
import { RehearsalEnvironment } from "./environment/environment";
import { type RunByHand, runJob } from "./environment/run-job";
import { unfinishedJobs } from "./environment/service-logs";
import { storedTables } from "./environment/stored-tables";
import { errorsAfter } from "./errors-after";
import type { LiveRehearsal, RunningRecord } from "./live-page/live-rehearsal";
import type { RehearseOptions, ReleaseFault } from "./options";
import type { RehearsalRecord, RehearsalReport } from "./report/types";
import { writeReport } from "./report/write-report";
import { busyShare, nextRate } from "./traffic/machine-load";
import { RAMP_UP_MS } from "./traffic/schedule";
import { CORE, type HostRequest, isSample, knownPaths, streamsOf, timesRate } from "./traffic/streams";
import type { Traffic } from "./traffic/traffic";
import type { OpenStreams, TrafficStream } from "./traffic/types";
import { untriedOfServices } from "./untried-services";

/** Traffic at the full rate before the first deploy and after the last one: the charts need a "before" and an "after". */
const LEAD_MS = 2_000;
const LOOK_MS = 1_000;
/**
 * The traffic begins at this share of the default rate, and stays there on a machine that carries no more. Fewer requests
 * would show little of a cutover, and do not help where other programs take the processors.
 */
const LEAST_SHARE = 0.1;
/** At 1,000 requests a second a rehearsal sends at least 30,000. */
const LEAST_TRAFFIC_MS = 33_000;
/**
 * Without one more job done for so long, the rest is lost. A queue gives a job out again after its visibility timeout:
 * 60 s of AWS time.
 */
const JOBS_LIMIT_MS = 15_000;
const JOBS_POLL_MS = 250;
/** AWS seconds, 30 s of real time: pages that stay for a shorter time would do nothing but handshakes. */
const MIN_STAY_SECONDS = 600;
/** The streaming method of gRPC's standard health service. */
const WATCH_PATH = "/grpc.health.v1.Health/Watch";

interface RehearsalOutput {
  /** The page that follows the rehearsal; null if none was asked for. */
  page: LiveRehearsal | null;
  /** Prints one line for a person. */
  say(line: string): void;
  /** Shows an event of the deploy that runs. */
  show(event: DeployEvent): void;
}

interface Rehearsed {
  report: RehearsalReport;
  deployFailed: boolean;
}

/**
 * Runs a whole rehearsal: infrastructure, first releases, traffic, deploys under traffic, report. Everything has ended
 * afterwards, the cloud too.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function rehearse(
  options: RehearseOptions,
  starting: Promise<RehearsalEnvironment>,
  output: RehearsalOutput,
): Promise<Rehearsed> {
  const { page } = output;
  try {
    return await RehearsalEnvironment.use(starting, async (environment) => {
      const rehearsal = new Rehearsal(options, environment, output);
      const traffic = await rehearsal.untilTraffic();
      const deployFailed = await rehearsal.deployUnderTraffic(traffic);
      await environment.close();
      const { report, page: kept } = await writeReport(await rehearsal.record(traffic), environment.directory);
      await page?.close(kept);
      return { report, deployFailed };
    });
  } finally {
    await page?.close(null);
  }
}

/** The steps of one rehearsal, in their order, and what it records meanwhile. */
class Rehearsal {
  readonly #running: RunningRecord;
  readonly #services: RehearsedService[];
  /** Names of those that are run after their deploys. */
  readonly #jobs: readonly string[];
  readonly #streams: TrafficStream[];
  /** Hosts and paths that no client asks for, such as `www.example.jp/api/*`. */
  readonly #untried: readonly string[];
  /** What settings say of services and the rehearsal does not try, in words. */
  readonly #notTried: readonly string[];
  readonly #openStreams: OpenStreams | undefined;
  readonly #runsByHand: RunByHand[] = [];
  #flowingAtMs = 0;
  #atRateSinceMs = 0;

  constructor(
    private readonly options: RehearseOptions,
    private readonly environment: RehearsalEnvironment,
    private readonly output: RehearsalOutput,
  ) {
    const { services, blocks, untried, ...asked } = servicesOf(environment.settingsFile);
    const core = blocks[CORE];
    this.#services = services;
    this.#jobs = jobsToRun(services, options.skipJobs);
    const names = services.map(({ name }) => name);
    const { cutover, speed, rate, holdsRate, drain: drainSeconds } = options;
    const ratePerSecond = holdsRate ? rate : rate * LEAST_SHARE;
    // With streams the delay is theirs, and answers that last longer would be longer than a rehearsal's steps.
    const delaySeconds = core?.streams ? DEFAULTS.deregistrationDelaySeconds : (core?.deregistrationDelaySeconds ?? 0);
    const more = { deregistrationDelaySeconds: delaySeconds, speed };
    const streams = streamsOf({
      ratePerSecond: rate,
      services: names,
      ...asked,
      domain: environment.place.domain,
      more,
    });
    this.#streams = timesRate(streams, ratePerSecond / rate);
    this.#untried = untried.map(routeText);
    this.#notTried = untriedOfServices(blocks, streams, untried);
    const { service } = this.#streams[0]!;
    this.#openStreams = pagesOf(options, service, blocks[service]!, environment.place.domain);
    const withinSeconds = blocks[service]!.streams?.withinSeconds;
    this.#running = {
      settings: {
        cutover,
        speed,
        ratePerSecond,
        drainSeconds,
        services: names,
        kinds: Object.fromEntries(services.map(({ name, kind }) => [name, kind])),
      },
      streams: this.#streams,
      deploys: [],
      releases: [],
      ...(this.#openStreams && withinSeconds !== undefined ? { openStreams: { service, withinSeconds } } : {}),
    };
  }

  /** Creates the stack with a first release of each service, and starts the traffic. */
  async untilTraffic(): Promise<Traffic> {
    const { environment, output } = this;
    const { signal } = environment;
    // These processes load while the infrastructure comes up.
    environment.prepareTraffic(this.#streams, this.#openStreams);
    void environment.prewarmDeploy();
    for (const url of this.#untried)
      output.say(`No client asks for ${url}: only a health check's path is known to be answered, and it is not there`);
    if (this.options.changes.includes("secret")) await environment.addSecrets(this.#services.map(({ name }) => name));
    output.say("Bringing up the infrastructure");
    await environment.createStack();
    for (const names of firstDeploys(this.#services)) {
      const first = await this.#deploy(names, 0, "none");
      if (first.exitCode !== 0)
        throw new UserError(`the first releases could not be deployed: ${first.errors || "see above"}`, {
          exitCode: 1,
        });
      await this.#runJobs(names);
      // A caller of the new service may reach a node that does not lead to it yet (aws-rules E24): a deploy cannot ask
      // internal load balancers, and a first release has neither bake nor drain.
      const { spread, speed } = this.options;
      await passed(Date.now() + (spread / speed) * 1000, signal);
    }
    // Loading takes a second of processor, which the first requests of all clients need for themselves.
    await environment.prewarmDeploy();
    const traffic = await environment.startTraffic();
    output.page?.follow(this.#running);
    this.#flowingAtMs = await traffic.untilFlowing(signal);
    output.say("Traffic flows");
    await passed(this.#flowingAtMs + RAMP_UP_MS, signal);
    if (!this.options.holdsRate) await this.#findRate(traffic);
    await traffic.untilSteady(signal);
    this.#atRateSinceMs = Date.now();
    await passed(Date.now() + LEAD_MS, signal);
    output.say(`${this.#running.settings.ratePerSecond} requests/s`);
    return traffic;
  }

  /**
   * Raises the rate step by step up to the default, as long as this machine then has room for a deploy beside it. It
   * begins low, because a rate that the machine does not carry would fail requests.
   */
  async #findRate(traffic: Traffic): Promise<void> {
    const goal = this.options.rate;
    for (let wasLowered = false; ; ) {
      const { ratePerSecond } = this.#running.settings;
      let next = await this.#rateThatFits(traffic);
      // In its first seconds at a rate a process still compiles what it runs often.
      if (next < ratePerSecond) next = Math.max(next, await this.#rateThatFits(traffic));
      if (next === ratePerSecond || (wasLowered && next > ratePerSecond)) break;
      wasLowered = next < ratePerSecond;
      this.#changeRate(traffic, next);
    }
    const { ratePerSecond } = this.#running.settings;
    if (ratePerSecond < goal)
      this.output.say(
        `This machine carries ${ratePerSecond} requests/s beside a deploy, not ${goal} (RATE=${goal} sends them all the same)`,
      );
  }

  /** Returns the rate to try next, in requests a second, by how busy this machine is at the rate of now. */
  async #rateThatFits(traffic: Traffic): Promise<number> {
    const { ratePerSecond } = this.#running.settings;
    const goal = this.options.rate;
    const share = await busyShare(LOOK_MS, this.environment.signal);
    // Processors that a machine shares with others may not look busy, although requests wait for them.
    const busy = traffic.furthestBehind ? 1 : share;
    return Math.max(goal * LEAST_SHARE, nextRate(ratePerSecond, { goal, busy }));
  }

  #changeRate(traffic: Traffic, ratePerSecond: number): void {
    const running = this.#running;
    const factor = ratePerSecond / running.settings.ratePerSecond;
    traffic.changeRate(factor);
    running.settings = { ...running.settings, ratePerSecond };
  }

  /** Runs the sequence of deploys, up to the first that fails. @returns whether one failed */
  async deployUnderTraffic(traffic: Traffic): Promise<boolean> {
    const { environment, output, options } = this;
    let hasFailed = false;
    for (const [index, names] of deploySequence(this.#services, options.deploys).entries()) {
      const { exitCode, errors } = await this.#deploy(names, index + 1, options.fault);
      if (errors) output.say(errors);
      hasFailed = exitCode !== 0;
      if (hasFailed) break;
      await this.#runJobs(names);
    }
    await passed(Math.max(Date.now() + LEAD_MS, this.#flowingAtMs + LEAST_TRAFFIC_MS), environment.signal);
    await traffic.stop();
    await this.#untilJobsDone();
    await this.#readTables();
    return hasFailed;
  }

  /** Reads what the cloud and the services wrote down; the environment has ended. */
  async record({ furthestBehind, lateStarts }: Traffic): Promise<RehearsalRecord> {
    const { trafficFile } = this.environment;
    return {
      ...this.#running,
      trafficFile,
      atRateSinceMs: this.#atRateSinceMs,
      furthestBehind,
      lateStarts,
      fault: this.options.fault,
      runsByHand: this.#runsByHand,
      notTriedOfSettings: this.environment.notTriedOfSettings,
      notTriedOfServices: this.#notTried,
      logs: await this.environment.logs(),
      cloud: await this.environment.events(),
    };
  }

  /** @param number 0 for a first release */
  async #deploy(names: readonly string[], number: number, fault: ReleaseFault): Promise<DeployRun> {
    const { environment, output } = this;
    const { releases, deploys } = this.#running;
    const { changes } = this.options;
    const change = number === 0 ? "image" : changes[(number - 1) % changes.length]!;
    const next = await environment.nextReleases(names, fault, change);
    const own: RehearsalRecord["releases"] = next.map(({ service, name, colour }) => ({
      ...{ service, release: name, colour, deploy: number },
    }));
    releases.push(...own);
    const faults = new FaultsClient(environment.variables.AWS_ENDPOINT_URL!);
    const spoil = fault === "errorsAfter" ? errorsAfter(faults, next) : async () => {};
    const spoiling: Promise<void>[] = [];
    const events: DeployEvent[] = [];
    if (number > 0) deploys.push(events);
    const asked = next.map(({ argument }) => argument);
    const run = await environment.deploy(asked, (event) => {
      events.push(event);
      output.show(event);
      const spoilt = spoil(event);
      // It is awaited when the deploy has ended.
      spoilt.catch(() => {});
      spoiling.push(spoilt);
      if (number === 0 && event.type === "stepStarted")
        output.page?.say(`First release of ${names.join(", ")}: ${event.title}`);
    });
    const migrated = events.find((event) => event.type === "stepEnded" && event.step === "migrate" && event.ok);
    if (migrated) for (const release of own) release.migratedAtMs = migrated.atMs;
    await Promise.all(spoiling);
    void environment.prewarmDeploy();
    return run;
  }

  /** Runs the jobs among the services once, with the release that they have now: a schedule may have no time within a rehearsal. */
  async #runJobs(names: readonly string[]): Promise<void> {
    for (const job of this.#jobs.filter((name) => names.includes(name))) {
      const { release } = this.#running.releases.findLast(({ service }) => service === job)!;
      this.output.say(`Running ${job} ${release} once`);
      const run = await runJob(this.environment, job, release);
      this.#runsByHand.push(run);
      if (run.exitCode !== 0) this.output.say([`${job} ${release} did not end with 0`, ...run.tail].join("\n"));
    }
  }

  /** Reads the tables that the traffic has stored something in, before they go with the cloud. */
  async #readTables(): Promise<void> {
    const endpoint = this.environment.variables.AWS_ENDPOINT_URL!;
    const tables = await storedTables(endpoint, this.environment.settingsFile, this.#streams);
    if (tables.length > 0) this.#running.tables = tables;
  }

  /** Jobs are done after their request was answered: those are lost that are not done when no more get done. */
  async #untilJobsDone(): Promise<void> {
    let left = Number.POSITIVE_INFINITY;
    for (let endsAtMs = Date.now() + JOBS_LIMIT_MS; Date.now() < endsAtMs; ) {
      const unfinished = unfinishedJobs(await this.environment.logs()).length;
      if (unfinished === 0) return;
      if (unfinished < left) endsAtMs = Date.now() + JOBS_LIMIT_MS;
      left = unfinished;
      await delay(JOBS_POLL_MS, undefined, { signal: this.environment.signal });
    }
  }
}

/** The pages that keep streams open to the service that gets the traffic; undefined if there are none. */
function pagesOf(
  { streams, sse }: RehearseOptions,
  service: string,
  { streams: own, protocol, healthCheck }: ServiceSettings,
  domain: string,
): OpenStreams | undefined {
  if (!own) return undefined;
  let pages: OpenStreams["pages"] = {};
  if (service === CORE && isSample(service))
    pages = { webSocket: { count: streams, path: "/live" }, serverSentEvents: { count: sse, path: "/events" } };
  else if (protocol === "grpc" && healthCheck.path === HEALTH_PATHS.grpc)
    pages = { grpc: { count: streams, path: WATCH_PATH } };
  if (Object.values(pages).every(({ count }) => count === 0)) return undefined;
  // Some streams end in the time that they have, the others do not.
  return {
    ...{ service, hostName: `${service}.${domain}`, pages },
    staySeconds: Math.max(MIN_STAY_SECONDS, own.withinSeconds),
  };
}

/** The services of the settings with their blocks, and the health paths, probes and protocols of the public apis by name. */
function servicesOf(settingsFile: string): {
  services: RehearsedService[];
  blocks: Settings["services"];
  healthPaths: Record<string, string>;
  probes: Record<string, readonly string[]>;
  protocols: Record<string, Protocol>;
  hostRequests: HostRequest[];
  untried: OwnedRoute[];
} {
  const { settings } = readStackSettings(STACK, settingsFile);
  const all = Object.entries(settings.services);
  const routes = ownedRoutes(settings.services).map((route) => ({
    ...route,
    request: requestTo(settings.services, route),
  }));
  const publicApis = all.filter(([, { exposure }]) => exposure.includes("public"));
  return {
    blocks: settings.services,
    services: all.map(([name, { kind, calls }]) => ({ name, kind, calls })),
    healthPaths: Object.fromEntries(publicApis.map(([name, { healthCheck }]) => [name, healthCheck.path])),
    probes: Object.fromEntries(publicApis.map(([name, { probes }]) => [name, probes])),
    protocols: Object.fromEntries(
      publicApis.flatMap(([name, { protocol }]) => (protocol === "http1" ? [] : [[name, protocol]])),
    ),
    hostRequests: routes.flatMap(({ service, host, request }) =>
      request === undefined ? [] : [{ service, host, path: request }],
    ),
    untried: routes.filter(({ request }) => request === undefined),
  };
}

/** Path of a request that this rule gets and that its service answers with 2xx; undefined if none is known. */
function requestTo(services: Settings["services"], route: OwnedRoute): string | undefined {
  const { service } = route;
  return knownPaths(service, services[service]!.healthCheck.path).find((known) =>
    getsRequest(services, service, route, known),
  );
}

async function passed(atMs: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, atMs - Date.now()), undefined, { signal });
}
