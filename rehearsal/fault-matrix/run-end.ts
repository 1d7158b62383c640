import { stepNamed } from "../../automation/deploy/steps";
import type { DeployEvent } from "../../automation/ports/events";
import type { RunEnd } from "./cases";

/** How a run ended, by its events; null for one that broke off. */
export function runEndOf(events: readonly DeployEvent[]): RunEnd | null {
  const ended = events.findLast((event) => event.type === "deployEnded");
  if (!ended) return null;
  if (ended.outcome === "left") return "left";
  const turned = events.findIndex((event) => event.type === "rollbackStarted");
  if (turned < 0) return ended.ok ? "done" : "takenBack";
  // A change of production's ways that failed may have been half done.
  const changed = events
    .slice(0, turned)
    .some((event) => event.type === "stepStarted" && stepNamed(event.step)?.changesRouting);
  return changed ? "turnedBack" : "takenBack";
}
