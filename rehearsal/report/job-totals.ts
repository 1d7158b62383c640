import type { ServiceLogs } from "../environment/service-logs";
import type { RequestSample } from "../traffic/types";
import { tally } from "./tally";
import type { JobTotals } from "./types";

/** `requests` are those of the clients whose every accepted POST makes one job with its id. */
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
