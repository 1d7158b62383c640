import { MIN_SLOWER_SECONDS, slowPeriods } from "../../automation/observe/analysis/analyse";
import { count, counted } from "../../automation/page/kit/format";
import type { DeployEvent } from "../../automation/ports/events";
import type { CloudEvent } from "../cloud/kernel/events";
import { behindInWords, mostLateMs } from "../traffic/rate-check";
import { type LateStart, PROGRESS_INTERVAL_MS } from "../traffic/types";
import { GroupOwners } from "./cloud/group-owners";
import { answeredAtMs, type TrafficSamples } from "./samples";
import type { RehearsalRecord } from "./types";

type Recorded = Pick<RehearsalRecord, "cloud" | "deploys" | "settings">;

/** The load balancer's own answers: a node knew no target, or its target was gone. */
const OF_LOAD_BALANCER = new Set(["502", "503", "504"]);

/** What lies behind failed requests, or will fail some on AWS, one line for each cause; empty when nothing was found. */
export function causesOf(record: Recorded, samples: TrafficSamples): string[] {
  return [...keepAliveCauses(record.cloud), ...timeoutCauses(record.cloud, samples), ...spreadCauses(record, samples)];
}

/**
 * Returns what a rehearsal has to say of its machine: requests that wait too long for the processor run into their time
 * limit, and so may steps of a deploy; and answers take longer than the old release's. Empty if the machine kept up.
 * @param deploys events of each deploy
 */
export function machineOf(
  { furthestBehind, lateStarts }: Pick<RehearsalRecord, "furthestBehind" | "lateStarts">,
  deploys: readonly (readonly DeployEvent[])[],
  ratePerSecond: number,
): string {
  const busy = `this machine was too busy for RATE=${ratePerSecond}`;
  if (furthestBehind) return `${busy} at times (${behindInWords(furthestBehind)})`;
  const lateMs = Math.max(0, ...deploys.map((events) => lateWhileSlow(events, lateStarts)));
  if (lateMs < MIN_SLOWER_SECONDS * 1000) return "";
  return `${busy} while a new release's response times were compared (requests began up to ${lateMs.toFixed(0)} ms late)`;
}

/**
 * Returns by how many milliseconds requests began late, at most, in the periods in which a release answered more slowly
 * than is allowed; 0 if none did. What keeps the clients from the processor keeps services and load balancers from it.
 */
function lateWhileSlow(events: readonly DeployEvent[], lateStarts: readonly LateStart[]): number {
  const analyses = events.flatMap((event) => (event.type === "analysed" ? event.services : []));
  const late = analyses.map((analysed) => {
    const slow = slowPeriods(analysed);
    if (!slow) return 0;
    const endMs = slow.at(-1)!.startMs + analysed.periodSeconds * 1000;
    return mostLateMs(lateStarts, slow[0]!.startMs, endMs + PROGRESS_INTERVAL_MS);
  });
  return Math.max(0, ...late);
}

/**
 * Services that close idle connections before their load balancer does. That fails a rehearsal even if no request met
 * such a connection: the race is decided in microseconds, and a day on AWS has many (aws-rules E34).
 */
function keepAliveCauses(cloud: readonly CloudEvent[]): string[] {
  const owners = new GroupOwners(cloud);
  const found = new Map<string, string>();
  for (const event of cloud) {
    if (event.kind !== "shortKeepAlive") continue;
    const service = owners.serviceOf(event.targetGroup);
    const { targetSeconds, idleTimeoutSeconds, evidence } = event;
    const seconds = Math.round(targetSeconds * 10) / 10;
    const known = evidence === "announced" ? "by its Keep-Alive header" : "as seen";
    found.set(
      service,
      `${service} closes idle connections after ${seconds} s (${known}), and its load balancer after ${idleTimeoutSeconds} s: a request that is sent just then is answered with 502 (E34); make the service's keep-alive timeout longer than ${idleTimeoutSeconds} s, such as 75 s (in Node: server.keepAliveTimeout = 75_000)`,
    );
  }
  return [...found.values()];
}

/** Services that did not answer in time, if clients got that 504: a deploy's own requests are its checks' matter. */
function timeoutCauses(cloud: readonly CloudEvent[], { requests }: TrafficSamples): string[] {
  if (!requests.some(({ error }) => error === "504")) return [];
  const owners = new GroupOwners(cloud);
  const found = new Map<string, Extract<CloudEvent, { kind: "gatewayTimeout" }>[]>();
  for (const event of cloud) {
    if (event.kind !== "gatewayTimeout") continue;
    const service = owners.serviceOf(event.targetGroup);
    const what = event.missing === "connection" ? "accepted no connection" : "did not begin to answer";
    found.set(`${service} ${what}`, [...(found.get(`${service} ${what}`) ?? []), event]);
  }
  return [...found].map(([what, events]) => {
    const { method, path, waitedSeconds } = events[0]!;
    const first = `${events.length > 1 ? `${count(events.length)} requests, the first ` : ""}${method} ${path}`;
    return `${what} within ${waitedSeconds.toFixed(1)} s on this machine (${first}), so its load balancer answered with 504 (E35)`;
  });
}

/** Deploys that stopped the old colour while nodes of the load balancers still followed the old rules (E24). */
function spreadCauses({ cloud, deploys, settings }: Recorded, { requests }: TrafficSamples): string[] {
  const followed = cloud.filter((event) => event.kind === "ruleFollowed");
  return deploys.flatMap((events, index) => {
    const stopMs = stepStartMs(events, ["retire", "coolDown"]);
    if (stopMs === undefined) return [];
    const nextMs = deploys[index + 1]?.[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const late = followed.filter(({ atMs }) => atMs > stopMs && atMs < nextMs);
    if (late.length === 0) return [];
    const lastMs = Math.max(...late.map(({ atMs }) => atMs));
    const failed = requests.filter((request) => {
      const atMs = answeredAtMs(request);
      return OF_LOAD_BALANCER.has(request.error) && atMs >= stopMs && request.atMs <= lastMs;
    });
    if (failed.length === 0) return [];
    const seconds = Math.round(((lastMs - stopMs) * settings.speed) / 1000);
    const which = deploys.length > 1 ? `deploy ${index + 1}: ` : "";
    const names = [...new Set(late.map(({ loadBalancer }) => loadBalancer))].sort().join(", ");
    const unasked = late.every(({ internal }) => internal)
      ? "; the deploy waited for every node that it can ask, and internal load balancers cannot be asked from outside the network"
      : "";
    return [
      `${which}${counted(failed.length, "request")} failed because the old colour was stopped ${seconds} s before the last node of ${names} followed the cutover's rules (E24)${unasked}; with deploy.drainCapSeconds (DRAIN_CAP) at its default of 300 the drain goes on until the old colour gets no requests`,
    ];
  });
}

function stepStartMs(events: readonly DeployEvent[], steps: readonly string[]): number | undefined {
  return events.find((event) => event.type === "stepStarted" && steps.includes(event.step))?.atMs;
}
