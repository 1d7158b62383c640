import type { DeployEvent } from "../automation/ports/events";

export type DeployEnded = Extract<DeployEvent, { type: "deployEnded" }>;

/** Returns how a deploy ended, by its events; undefined if it did not. Runs that went on with it may have ended before. */
export function endOfDeploy(events: readonly DeployEvent[]): DeployEnded | undefined {
  return events.findLast((event) => event.type === "deployEnded");
}
