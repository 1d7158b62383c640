import { other } from "../../components/core/colour-name";
import { mapValues } from "../../components/core/map-values";
import { UserError } from "../../components/core/user-error";
import { activeRelease, keptWarmIn, liveAt } from "../../components/live/live";
import { credentialsProblem } from "../core/credentials-problem";
import { DeployFailed } from "../core/errors";
import type { DeployEvent } from "../ports/events";
import type { Outcome } from "../ports/journal";
import { LeaseLostError } from "../ports/store";
import type { RunState } from "./context";
import { failedAndLeft } from "./failure-messages";
import { leavesJournal } from "./journal";
import { stepNamed } from "./steps";

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

export interface RunEnd extends Pick<Ended, "failedStep"> {
  outcome: Outcome;
  /** What happened, where production is, and which command goes on; "" for a run that came to its end. */
  reason: string;
}

/**
 * How an error ended a run: every error, that of a lease that was lost, too, says where production is and what to do.
 * @param state what the run had reached, as far as it knows
 */
export function endBy(error: unknown, state: RunState): RunEnd {
  const cause = error as Error;
  if (cause instanceof DeployFailed)
    return { outcome: cause.outcome, reason: `${cause.message}; ${cause.production}`, failedStep: cause.step };
  const what = credentialsProblem(cause) ?? cause.message;
  if (cause instanceof UserError && !leavesJournal(cause))
    return { outcome: "takenBack", reason: `${what}; nothing was changed`, failedStep: null };
  const { production } = failedAndLeft(state, "", cause);
  const first = cause instanceof LeaseLostError ? "; `status` first: another run may have taken over" : "";
  return { outcome: "left", reason: `${what}; ${production}${first}`, failedStep: null };
}

export function endEvent(
  { outcome, reason, failedStep }: RunEnd,
  state: RunState,
  startedMs: number,
  atMs: number,
): Ended {
  const { live } = state.outputs;
  const kept = keptWarmIn(liveAt(live, atMs)).map(({ service, ...colour }) => [service, colour] as const);
  return {
    type: "deployEnded",
    atMs,
    ok: reason === "",
    totalSeconds: (atMs - startedMs) / 1000,
    failedStep,
    reason,
    outcome,
    ...(kept.length === 0 ? {} : { warm: Object.fromEntries(kept) }),
    active: mapValues(live.services, ({ active }) => active),
    production: inProduction(state),
  };
}

/** `users v2 (green)`; both colours where an `up` that changes routing did not come to its end, or requests are shared. */
function inProduction({ live, desired, unsettled }: RunState): string {
  const isKnown = unsettled === null || !stepNamed(unsettled)?.changesRouting;
  return Object.keys(desired)
    .map((name) => {
      const { active, colours, idleShare } = live.services[name]!;
      const idle = other(active);
      const first = `${name} ${activeRelease(live, name)?.name ?? "none"} (${active})`;
      const second = `${colours[idle].release?.name ?? "none"} (${idle})`;
      if (!isKnown) return `${first} or ${second}`;
      return idleShare === undefined ? first : `${first}, for ${idleShare} % of the requests ${second}`;
    })
    .join(", ");
}
