import { countOf } from "../../components/core/count-of";
import type { StackOutputs } from "../../components/live/outputs";
import type { Settings } from "../../components/settings/settings";
import { type Change, counted, type Operation } from "./change";
import { countsText } from "./change-lines";
import { costLines } from "./costs";
import { databaseWarnings } from "./database-warnings";
import { wordsOfNextRelease } from "./next-release";
import { breaksTraffic, trafficChanges, trafficWarnings } from "./traffic";

export interface PreviewFacts {
  stack: string;
  /** Settings of the checkout. */
  settings: Pick<Settings, "services">;
  /** Outputs of the stack as it is; null without infrastructure. */
  outputs: Pick<StackOutputs, "live" | "services"> | null;
  /** Changes that an `up` of the checkout would make now. */
  changes: readonly Change[];
  /** Changes of active colours that come with the next release of their service. */
  nextRelease: readonly Change[];
}

/** What merging the checkout changes. `preview --json` prints it. */
export interface PreviewReport {
  stack: string;
  /** A sentence for each group of changes that fail requests; usually empty. */
  warnings: string[];
  /** All changes in one sentence. */
  summary: string;
  counts: Record<Operation, number>;
  /** Services that have changes. */
  services: ServiceReport[];
  /** A line for each resource with an hourly or monthly price that is added, removed or enlarged. */
  costs: string[];
  changes: Change[];
  nextRelease: Change[];
  /** True if a resource that carries traffic of a remaining service would be replaced or deleted. */
  breaksTraffic: boolean;
}

export interface ServiceReport {
  /** Null for shared resources. */
  service: string | null;
  state: "added" | "removed" | "kept";
  counts: Record<Operation, number>;
  /** Changes in the terms of the settings, such as `port 3000 -> 4000`. */
  nextRelease: string[];
}

export function previewReport({ stack, settings, outputs, changes, nextRelease }: PreviewFacts): PreviewReport {
  const now = Object.keys(settings.services);
  const had = Object.keys(outputs?.services ?? {});
  const removed = had.filter((name) => !now.includes(name));
  const traffic = trafficChanges(changes, removed);
  const services = [null, ...now, ...removed].map((service): ServiceReport => {
    const isOwn = (change: Change) => change.service === service;
    return {
      service,
      state:
        service === null || (now.includes(service) && had.includes(service))
          ? "kept"
          : now.includes(service)
            ? "added"
            : "removed",
      counts: counted(changes.filter(isOwn)),
      nextRelease: wordsOfNextRelease(nextRelease.filter(isOwn)),
    };
  });
  const touched = services.filter(
    ({ counts, nextRelease: later, state }) =>
      state !== "kept" || later.length > 0 || Object.values(counts).some((count) => count > 0),
  );
  const counts = counted(changes);
  return {
    stack,
    warnings: [...trafficWarnings(traffic), ...databaseWarnings(changes)],
    summary: summaryOf(stack, settings, touched, counts),
    counts,
    services: touched,
    costs: costLines({ settings, outputs, changes, nextRelease }),
    changes: [...changes],
    nextRelease: [...nextRelease],
    breaksTraffic: breaksTraffic(traffic),
  };
}

function summaryOf(
  stack: string,
  settings: PreviewFacts["settings"],
  services: readonly ServiceReport[],
  counts: Record<Operation, number>,
): string {
  const names = (state: ServiceReport["state"]) =>
    services.flatMap(({ service, state: own }) => (own === state && service !== null ? [service] : []));
  const added = names("added").map((name) => `${settings.services[name]!.kind} ${name}`);
  const parts = [
    ...(added.length > 0 ? [`adds the ${added.join(", the ")}`] : []),
    ...(names("removed").length > 0 ? [`removes ${names("removed").join(", ")}`] : []),
  ];
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const resources = total === 0 ? "no resource" : `${countOf(total, "resource")} (${countsText(counts)})`;
  const changes = `${parts.length > 0 ? `${parts.join(" and ")} and ` : ""}changes ${resources}`;
  const later = services
    .filter(({ nextRelease }) => nextRelease.length > 0)
    .map(({ service, nextRelease }) => `${service} gets ${nextRelease.join(", ")} with its next release`);
  return [`Merging this to ${stack} ${changes}`, ...later].join("; ").concat(".");
}
