import type { StackOutputs } from "../../components/live/outputs";
import type { Settings } from "../../components/settings/settings";
import { type Change, counted, type Operation } from "./change";
import { countsText } from "./change-lines";
import { costLines } from "./costs";
import { wordsOfNextRelease } from "./next-release";
import { trafficChanges, trafficWarnings } from "./traffic";

export interface PreviewFacts {
  stack: string;
  /** Of the checkout. */
  settings: Pick<Settings, "services">;
  /** Of the stack as it is; null without infrastructure. */
  outputs: Pick<StackOutputs, "live" | "services"> | null;
  /** What an `up` of the checkout would change now. */
  changes: readonly Change[];
  /** Of what runs: what comes with the next release of its service. */
  nextRelease: readonly Change[];
}

/** What merging changes: what `preview --json` prints. */
export interface PreviewReport {
  stack: string;
  /** What fails requests, in a sentence each; empty as a rule. */
  warnings: string[];
  /** The whole in one sentence. */
  summary: string;
  counts: Record<Operation, number>;
  /** Those that something changes for. */
  services: ServiceReport[];
  /** What is paid for while it is there and comes, goes or grows, a line each. */
  costs: string[];
  changes: Change[];
  nextRelease: Change[];
  /** Something that carries traffic of a service that stays would be replaced or deleted. */
  breaksTraffic: boolean;
}

export interface ServiceReport {
  /** Null for what services share. */
  service: string | null;
  state: "added" | "removed" | "kept";
  counts: Record<Operation, number>;
  /** In the words of the settings, such as `port 3000 -> 4000`. */
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
    warnings: trafficWarnings(traffic),
    summary: summaryOf(stack, settings, touched, counts),
    counts,
    services: touched,
    costs: costLines({ settings, live: outputs?.live ?? null, changes, nextRelease }),
    changes: [...changes],
    nextRelease: [...nextRelease],
    breaksTraffic: traffic.replaced.length + traffic.deleted.length > 0,
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
  const resources = total === 0 ? "no resource" : `${total} resource${total === 1 ? "" : "s"} (${countsText(counts)})`;
  const changes = `${parts.length > 0 ? `${parts.join(" and ")} and ` : ""}changes ${resources}`;
  const later = services
    .filter(({ nextRelease }) => nextRelease.length > 0)
    .map(({ service, nextRelease }) => `${service} gets ${nextRelease.join(", ")} with its next release`);
  return [`Merging this to ${stack} ${changes}`, ...later].join("; ").concat(".");
}
