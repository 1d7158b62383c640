import type { Live } from "../../components/live/live";
import { StepFailed } from "../core/errors";
import { LeaseLostError } from "../ports/store";
import { checkpointOf } from "./checkpoint";
import { isRollback, type RunState, type StepContext } from "./context";
import { betweenUps, interrupted } from "./interrupted-step";
import { appendEntry, type Journal } from "./journal";
import { type IntendedWork, type Step, titleOf } from "./step";

/**
 * Performs a step, with a line in the journal and an event before it and after it.
 * @param onBegun called when the journal has the first line: from then on the step may have changed something
 * @throws what the step throws; LeaseLostError, without a line, when another command has taken over; JournalNotWritten
 */
export async function perform(
  context: StepContext,
  state: RunState,
  step: Step,
  work: IntendedWork,
  journal: Journal,
  onBegun: () => void,
): Promise<RunState> {
  const { clock, emit } = context;
  const { name } = step;
  const services = [...work.services];
  await journal.lease.assertHeld();
  await appendEntry(journal, {
    atMs: clock.now(),
    kind: "stepStarted",
    step: name,
    services,
    intended: work.intended,
  });
  onBegun();
  const share = work.share === undefined ? {} : { share: work.share };
  emit({ type: "stepStarted", atMs: clock.now(), step: name, title: titleOf(step, isRollback(state)), ...share });
  const ended = async (ok: boolean, detail: string, now: RunState) => {
    emit({ type: "stepEnded", atMs: clock.now(), step: name, ok, detail });
    await appendEntry(journal, {
      atMs: clock.now(),
      kind: "stepEnded",
      step: name,
      services,
      ok,
      detail,
      live: now.live,
      checkpoint: checkpointOf(now),
    });
  };
  const { state: next, detail } = await step.perform(context, state, work).catch(async (error: Error) => {
    if (error instanceof LeaseLostError) throw error;
    const reason =
      error instanceof StepFailed ? [error.message, error.detail].filter(Boolean).join("\n") : error.message;
    await ended(false, reason, state);
    throw error;
  });
  // Outside of the `catch` above: a step that has succeeded does not fail because that cannot be recorded.
  await ended(true, detail, next);
  return next;
}

/**
 * Returns the state that a failed step leaves.
 * @param reached the state with what the step changed for good, such as by an `up` that came to its end
 */
export async function stateAfterFailure(
  context: StepContext,
  state: RunState,
  reached: RunState,
  step: Step,
  intended: Live | null,
): Promise<RunState> {
  const nowMs = context.clock.now();
  if (!intended) return reached;
  if (reached === state) {
    // The engine may have taken the stack's outputs, and with them the serial, before something failed: a deletion, which comes last.
    const left = await context.stack.outputs().catch(() => null);
    const { serial } = left?.live ?? state.live;
    return interrupted({ ...state, live: { ...state.live, serial } }, step, intended, nowMs);
  }
  return betweenUps(reached, step, intended, nowMs);
}
