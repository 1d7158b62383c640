import type { Colour } from "../../components/core/colour-name";
import { endOfDeploy } from "../deploy-end";
import { CALLER, WORKER } from "../traffic/streams";
import type { StreamName } from "../traffic/types";
import { askedOf } from "./asked";
import { causesOf, machineOf } from "./causes";
import { changesOf, timesOf, worstChange } from "./change";
import { totalsOf } from "./class-totals";
import { endedByThemselves, endedProblems, killedTasks } from "./container-ends";
import { containerProblems, containersOf } from "./containers";
import { dataTotals } from "./data-totals";
import { notTriedOfDatabases } from "./databases";
import { type DeployLog, readDeployLog, sum } from "./deploy-log";
import { endProblems } from "./end-problems";
import { notTriedOfConnections } from "./idle-connections";
import { jobProblems, jobRunsOf, notTriedOfJobs } from "./job-runs";
import { openStreamsOf } from "./open-streams";
import { pageModelOf } from "./page-model";
import { firstColour } from "./release-colour";
import { rollbacksOf } from "./rollbacks";
import { firstRequestAtMs, lastAnswerAtMs, type TrafficSamples } from "./samples";
import { slowerReleases } from "./slower-releases";
import { tally } from "./tally";
import { problemsOf } from "./traffic-problems";
import type { DeployOutcome, RehearsalRecord, RehearsalReport } from "./types";
import { callTotals, jobTotals } from "./work-totals";

type Recorded = Omit<RehearsalRecord, "trafficFile">;

/**
 * The content of report.json. With several deploys `upSeconds` are those of all, `totalSeconds` and `waitedSeconds`
 * are sums, and `overheadSeconds` is the worst single deploy's: a limit on it holds for each of them.
 */
export function summarise(record: Recorded, samples: TrafficSamples): RehearsalReport {
  const firstRequestMs = firstRequestAtMs(samples.requests);
  const deploys = record.deploys.map((events) => readDeployLog(events, firstRequestMs));
  const traffic = trafficOf(record, samples);
  const { internal } = traffic;
  const calls = internal ? callTotals(record.logs, record.cloud, internal, firstRequestMs) : null;
  const hasJobs = internal && record.settings.services.includes(WORKER);
  const jobs = hasJobs ? jobTotals(record.logs, requestsOf("internal", samples)) : null;
  const streams = openStreamsOf(record, samples);
  const data = record.tables ? dataTotals(record.tables, record.streams, samples.requests) : null;
  const totals = problemsOf({ traffic, calls, jobs, data, streams });
  const ends = endProblems(record, samples);
  const ended = endedByThemselves(record);
  const problems: [what: string, lines: readonly string[]][] = [
    ...totals.map((line): [string, readonly string[]] => [line.split(":")[0]!, [line]]),
    ["the old colour", ends],
    ["a bad release", faultProblems(record)],
    ["runs", record.disturbed?.problems ?? []],
    ["connections", causesOf(record, samples)],
    ["containers", containerProblems(record.cloud)],
    ["tasks", endedProblems(ended)],
    ["runs of jobs", jobProblems(record)],
  ];
  const failedDeploy = record.disturbed ? "" : reasonOf(deploys);
  // What a bad release did to clients is no surprise, but nothing of it may be left.
  const failure = (failedDeploy === "" ? problems.flatMap(([, lines]) => lines) : [failedDeploy, ...ends]).join("; ");
  const found = problems.flatMap(([what, lines]) => (lines.length > 0 ? [what] : []));
  const machine = machineOf(record, record.deploys, record.settings.ratePerSecond);
  const machineCause = machine === "" ? [] : [`${machine}, which may be the whole cause: try a lower RATE`];
  const reason = failure === "" ? "" : [failure, ...machineCause].join("; ");
  const changes = changesOf(record, samples, firstRequestMs);
  return {
    ok: reason === "",
    ...record.settings,
    reason,
    found: failedDeploy === "" ? found : [],
    machine,
    failedStep: deploys.find((deploy) => !deploy.ok)?.failedStep ?? null,
    ...(record.disturbed ? { disturbedRuns: record.disturbed.runs } : {}),
    deploys: deploys.map((deploy, index) => outcomeOf(deploy, index + 1, record)),
    colours: coloursOf(record),
    firstRequestAt: new Date(firstRequestMs).toISOString(),
    durationMs: Math.round(lastAnswerAtMs(samples.requests) - firstRequestMs),
    steps: deploys.flatMap(({ steps }, index) => steps.map((step) => ({ deploy: index + 1, ...step }))),
    traffic,
    calls,
    jobs,
    data,
    ...(streams ? { streams } : {}),
    change: timesOf(worstChange(changes)),
    changes,
    // On a machine that did not keep up, times say more of it than of a release.
    slower: machine === "" ? slowerReleases(record, samples) : [],
    jobRuns: jobRunsOf(record),
    endedByThemselves: ended,
    killed: killedTasks(record.cloud),
    turns: rollbacksOf(record, samples, firstRequestMs),
    ...cloudFactsOf(record, firstRequestMs),
    ...containersOf(record.cloud),
    notTriedOfDatabases: notTriedOfDatabases(record.cloud),
    notTriedOfConnections: notTriedOfConnections(record.cloud, lastAnswerAtMs(samples.requests)),
    notTriedOfJobs: notTriedOfJobs(record),
    notTriedOfSettings: record.notTriedOfSettings ?? [],
    notTriedOfServices: record.notTriedOfServices ?? [],
    asked: askedOf(record),
    controller: controllerOf(deploys),
  };
}

function outcomeOf({ ok, startedAtMs, endedAtMs }: DeployLog, number: number, { releases }: Recorded): DeployOutcome {
  const own = releases.filter(({ deploy }) => deploy === number);
  return {
    services: own.map(({ service }) => service),
    releases: Object.fromEntries(own.map(({ service, release }) => [service, release])),
    ok,
    startedAtMs,
    endedAtMs,
  };
}

function coloursOf({ settings, releases, deploys }: Recorded): Record<string, Colour[]> {
  const entries = settings.services.map((service) => {
    const colours = [firstColour({ releases }, service)];
    for (const events of deploys) {
      const ended = endOfDeploy(events);
      colours.push(ended?.active[service] ?? colours.at(-1)!);
    }
    return [service, colours] as const;
  });
  return Object.fromEntries(entries);
}

function cloudFactsOf({ settings, deploys, cloud }: Recorded, firstRequestMs: number) {
  const { runs, services, faults } = pageModelOf({ ...settings, deploys, cloud }, firstRequestMs);
  return {
    faults,
    judged: runs.flatMap(({ analyses }, index) => analyses.map((one) => ({ deploy: index + 1, ...one }))),
    shares: Object.fromEntries(Object.entries(services).map(([name, { shares }]) => [name, shares])),
  };
}

function trafficOf({ logs, streams, atRateSinceMs }: Recorded, samples: TrafficSamples): RehearsalReport["traffic"] {
  const users = tally(logs.usersCreated.map(({ id }) => id));
  const imports = tally(logs.imported.map(({ id }) => id));
  const polls = tally(logs.pollsCreated.map(({ id }) => id));
  const entries = streams.map(({ name, service }) => {
    // For a poll's POST the caller POSTs a user with the same id.
    const processed = name === "upload" ? [imports] : service === CALLER ? [polls, users] : [users];
    return [name, totalsOf(requestsOf(name, samples), processed, atRateSinceMs)] as const;
  });
  return Object.fromEntries(entries) as RehearsalReport["traffic"];
}

function requestsOf(name: StreamName, { requests }: TrafficSamples) {
  return requests.filter((request) => request.stream === name);
}

function controllerOf(deploys: readonly DeployLog[]): RehearsalReport["controller"] {
  const overheads = deploys.map((deploy) => deploy.totalSeconds - deploy.waitedSeconds);
  return {
    upSeconds: deploys.flatMap((deploy) => deploy.upSeconds).map(toHundredths),
    totalSeconds: toHundredths(sum(deploys.map((deploy) => deploy.totalSeconds))),
    waitedSeconds: toHundredths(sum(deploys.map((deploy) => deploy.waitedSeconds))),
    overheadSeconds: toHundredths(Math.max(0, ...overheads)),
  };
}

/** Returns a problem if a bad release was ordered, which a deploy has to stop. All deploys of the record were done. */
function faultProblems({ fault = "none" }: Recorded): string[] {
  return fault === "none" ? [] : [`FAULT=${fault} was to make a bad release, and no deploy stopped it`];
}

/** Why a deploy failed, or "" when all were done. */
function reasonOf(deploys: readonly DeployLog[]): string {
  if (deploys.length === 0) return "no deploy ran";
  const failed = deploys.findIndex((deploy) => !deploy.ok);
  if (failed < 0) return "";
  return deploys.length > 1 ? `deploy ${failed + 1}: ${deploys[failed]!.reason}` : deploys[failed]!.reason;
}

function toHundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
