import { lastPart } from "../../components/core/arn";
import { COLOURS } from "../../components/core/colour-name";
import { UserError } from "../../components/core/user-error";
import { liveAt } from "../../components/live/live";
import type { ServiceOutputs, StackOutputs } from "../../components/live/outputs";
import { servicesWithProgramValues } from "../../components/live/program-values";
import type { Settings } from "../../components/settings/settings";
import { freezeWindowAt } from "../core/freeze-windows";
import { unfinishedOf } from "../deploy/unfinished-run";
import type { Observer } from "../ports/observer";
import type { DeployStore } from "../ports/store";
import { isUnfinished, runningStep } from "../store/recorded-run";
import { type Health, healthOfAll, keyOf } from "./health";
import { jobsStatus } from "./job-status";
import type { ActiveSince, RunReader } from "./runs";
import type { ServiceStatus, Status, Unread } from "./status";
import { type Undeployed, undeployedChanges } from "./undeployed";

export interface StatusSources {
  stack: string;
  outputs: StackOutputs;
  settings: Pick<Settings, "services" | "freeze">;
  /** Unix milliseconds. */
  nowMs: number;
  observer: Pick<Observer, "colour" | "secrets" | "schedule" | "taskImage" | "image" | "runs">;
  store: Pick<DeployStore, "lease" | "frozen">;
  runs: RunReader;
}

/** Reads everything once, concurrently. */
export async function readStatus({
  stack,
  outputs: read,
  settings,
  nowMs,
  observer,
  store,
  runs,
}: StatusSources): Promise<Status> {
  const outputs = { ...read, live: liveAt(read.live, nowMs) };
  const unread: Unread = {};
  const [health, jobs, undeployed, lease, frozen, { last, since }] = await Promise.all([
    healthOfAll(observer, outputs, settings),
    jobsStatus(observer, outputs, settings, nowMs),
    undeployedChanges(observer, outputs, {
      services: servicesWithProgramValues(settings.services, outputs.services),
    }),
    readOr(null, store.lease(), unread, "lease"),
    readOr(null, store.frozen(), unread, "freeze"),
    readOr({ last: null, since: {} }, runs.read(outputs.live), unread, "run"),
  ]);
  const { live, services } = outputs;
  const unfinished = last && isUnfinished(last.run) ? last : null;
  const step = last && runningStep(last.run, lease);
  return {
    stack,
    live,
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        {
          ...statusOf(name, service, since[name] ?? { sinceMs: null, beforeMs: null }, undeployed[name] ?? [], health),
          job: jobs[name] ?? null,
        },
      ]),
    ),
    lease,
    running: step && { deploy: last.deploy, ...step },
    frozen,
    freezeWindow: freezeWindowAt(settings.freeze, nowMs),
    unfinished: unfinished?.deploy ?? null,
    unfinishedRun: unfinished && { ...unfinishedOf(unfinished.run, live), asked: unfinished.run.opened.asked },
    ...(Object.keys(unread).length === 0 ? {} : { unread }),
  };
}

/** What was read. What a person has to mend in the store, or that it does not answer, hides nothing of what AWS says: it is noted in `unread`. */
function readOr<Value>(instead: Value, reading: Promise<Value>, unread: Unread, what: keyof Unread): Promise<Value> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    unread[what] = error.message;
    return instead;
  });
}

function statusOf(
  name: string,
  { kind, exposures, queue }: ServiceOutputs,
  since: ActiveSince,
  undeployed: Undeployed,
  health: ReadonlyMap<string, Health>,
): Omit<ServiceStatus, "job"> {
  const [blue, green] = COLOURS.map((colour) => health.get(keyOf(name, colour)) ?? null);
  return {
    kind,
    exposures,
    queue: queue ? lastPart(queue.url) : null,
    ...since,
    undeployed,
    health: { blue: blue!, green: green! },
  };
}
