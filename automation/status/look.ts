import { COLOURS } from "../../components/core/colour-name";
import type { ServiceOutputs, StackOutputs } from "../../components/live/outputs";
import type { Settings } from "../../components/settings/settings";
import type { Observer } from "../ports/observer";
import type { DeployStore } from "../ports/store";
import { activeSince } from "./active-since";
import { type Health, healthOfAll, keyOf } from "./health";
import { type NewestRuns, unfinishedOf } from "./runs";
import type { ServiceStatus, Status } from "./status";

export interface StatusSources {
  stack: string;
  outputs: StackOutputs;
  settings: Pick<Settings, "services">;
  observer: Pick<Observer, "colour">;
  store: Pick<DeployStore, "lease" | "frozen">;
  runs: NewestRuns;
}

/** Looks once at everything, side by side. */
export async function look({ stack, outputs, settings, observer, store, runs }: StatusSources): Promise<Status> {
  const [health, lease, frozen, { journals, last }] = await Promise.all([
    healthOfAll(observer, outputs, settings),
    store.lease(),
    store.frozen(),
    runs.read(),
  ]);
  const { live, services } = outputs;
  const running = lease && last?.run.running ? { deploy: last.deploy, ...last.run.running } : null;
  return {
    stack,
    live,
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        statusOf(name, service, activeSince(journals, name, live), health),
      ]),
    ),
    lease,
    running,
    frozen,
    unfinished: unfinishedOf(last),
  };
}

function statusOf(
  name: string,
  { kind, exposures, queue }: ServiceOutputs,
  sinceMs: number | null,
  health: ReadonlyMap<string, Health>,
): ServiceStatus {
  const [blue, green] = COLOURS.map((colour) => health.get(keyOf(name, colour)) ?? null);
  return {
    kind,
    exposures,
    queue: queue?.url.slice(queue.url.lastIndexOf("/") + 1) ?? null,
    sinceMs,
    health: { blue: blue!, green: green! },
  };
}
