import type { CloudEvent } from "../cloud/kernel/events";
import type { ServiceLogs } from "../environment/service-logs";
import { CORE } from "../traffic/streams";
import type { RequestSample } from "../traffic/types";
import { GroupOwners } from "./cloud/group-owners";
import { tally } from "./tally";
import type { CallTotals, ClassTotals, JobTotals } from "./types";

/**
 * The calls between services under traffic.
 * @param cloud what the internal load balancers counted is among it
 * @param internal totals of the clients whose every request makes one call
 * @param firstRequestMs Unix milliseconds
 */
export function callTotals(
  { callsFailed, sendsFailed }: ServiceLogs,
  cloud: readonly CloudEvent[],
  internal: ClassTotals,
  firstRequestMs: number,
): CallTotals {
  const underTraffic = ({ atMs }: { atMs: number | null }) => atMs === null || atMs >= firstRequestMs;
  const failed = callsFailed.filter(underTraffic);
  const owners = new GroupOwners(cloud);
  const counted = cloud.flatMap((event) =>
    event.kind === "internalRequests" && underTraffic(event) && owners.serviceOf(event.targetGroup) === CORE
      ? [event.requests]
      : [],
  );
  return {
    // The call before a job that could not be sent had succeeded.
    made: internal.ok + failed.length + sendsFailed.filter(underTraffic).length,
    reached: counted.reduce((sum, requests) => sum + requests, 0),
    failed: failed.length,
    errors: Object.fromEntries(tally(failed.map(({ reason }) => reason))),
  };
}

/**
 * The jobs that services sent and did.
 * @param requests those of the clients whose every accepted POST makes one job with its id
 */
export function jobTotals(
  { jobsSent, jobsDone, sendsFailed }: ServiceLogs,
  requests: readonly RequestSample[],
): JobTotals {
  const sent = new Set(jobsSent.map(({ id }) => id));
  const due = requests.flatMap(({ error, postId }) => (error === "" && postId !== "" ? [postId] : []));
  const done = tally(jobsDone.map(({ id }) => id));
  return {
    sent: sent.size,
    done: done.size,
    lost: [...new Set([...sent, ...due])].filter((id) => !done.has(id)).length,
    repeated: [...done.values()].filter((times) => times > 1).length,
    failed: sendsFailed.length,
    errors: Object.fromEntries(tally(sendsFailed.map(({ reason }) => reason))),
  };
}
