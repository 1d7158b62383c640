import type { Colour } from "../../components/colour-name";
import { CLIENT_CLASSES } from "../traffic/types";
import { changeOf } from "./change";
import { totalsOf } from "./class-totals";
import { type DeployLog, readDeployLog, sum } from "./deploy-log";
import { count } from "./headline";
import { firstRequestAtMs, lastAnswerAtMs, type TrafficSamples } from "./samples";
import type { ClassTotals, RehearsalRecord, RehearsalReport } from "./types";

/**
 * Makes report.json out of what happened. Pure. With several deploys `upSeconds` are those of all, `totalSeconds` and
 * `waitedSeconds` are summed, and `overheadSeconds` is the worst single deploy's: a limit on it holds for each of them.
 */
export function summarise(record: Omit<RehearsalRecord, "trafficFile">, samples: TrafficSamples): RehearsalReport {
  const firstRequestMs = firstRequestAtMs(samples.requests);
  const deploys = record.deploys.map((events) => readDeployLog(events, firstRequestMs));
  const traffic = trafficOf(record, samples);
  const reason = reasonOf(deploys, traffic);
  return {
    ok: reason === "",
    ...record.settings,
    reason,
    failedStep: deploys.find((deploy) => !deploy.ok)?.failedStep ?? null,
    deploys: deploys.length,
    colours: coloursOf(record),
    firstRequestAt: new Date(firstRequestMs).toISOString(),
    durationMs: Math.round(lastAnswerAtMs(samples.requests) - firstRequestMs),
    steps: deploys.flatMap(({ steps }, index) => steps.map((step) => ({ deploy: index + 1, ...step }))),
    traffic,
    change: changeOf(samples.requests, record, firstRequestMs),
    controller: controllerOf(deploys),
  };
}

function coloursOf({ settings, releases, deploys }: Omit<RehearsalRecord, "trafficFile">): Colour[] {
  const before = [...releases].sort((one, another) => one.deploy - another.deploy)[0]?.colour ?? "blue";
  const colours = [before];
  for (const events of deploys) {
    const ended = events.findLast((event) => event.type === "deployEnded");
    colours.push(ended?.active[settings.services[0] ?? ""] ?? colours.at(-1)!);
  }
  return colours;
}

function trafficOf(
  record: Pick<RehearsalRecord, "processed">,
  { requests }: TrafficSamples,
): RehearsalReport["traffic"] {
  const entries = CLIENT_CLASSES.map((clientClass) => {
    const own = requests.filter((request) => request.clientClass === clientClass);
    return [clientClass, totalsOf(own, record.processed)] as const;
  });
  return Object.fromEntries(entries) as RehearsalReport["traffic"];
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

/** The first thing that is wrong: the deploy itself, then its traffic; "" when all is well. */
function reasonOf(deploys: readonly DeployLog[], traffic: RehearsalReport["traffic"]): string {
  if (deploys.length === 0) return "no deploy ran";
  const failed = deploys.findIndex((deploy) => !deploy.ok);
  if (failed >= 0)
    return deploys.length > 1 ? `deploy ${failed + 1}: ${deploys[failed]!.reason}` : deploys[failed]!.reason;
  const faults = CLIENT_CLASSES.flatMap((clientClass) => faultsOf(clientClass, traffic[clientClass]));
  return faults.join("; ");
}

function faultsOf(clientClass: string, totals: ClassTotals): string[] {
  if (totals.sent === 0) return [`${clientClass}: no request was sent`];
  const counts = [
    totals.failed > 0
      ? `${count(totals.failed)} of ${count(totals.sent)} failed (${Object.keys(totals.errors).sort().join(", ")})`
      : "",
    totals.lost > 0 ? `${count(totals.lost)} lost` : "",
    totals.doubled > 0 ? `${count(totals.doubled)} doubled` : "",
  ].filter((count) => count !== "");
  return counts.length > 0 ? [`${clientClass}: ${counts.join(", ")}`] : [];
}

function toHundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
