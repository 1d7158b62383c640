import { UserError } from "../../components/core/user-error";
import { type DeployFailed, StepFailed, Stopped } from "../core/errors";
import type { RunCommand } from "../ports/events";
import { reversed } from "./checkpoint";
import type { RunState, StepContext } from "./context";
import { failedAndLeft, failedAndTakenBack } from "./failure-messages";
import { appendEntry, type Journal, leavesJournal, startRollback } from "./journal";
import { perform, stateAfterFailure } from "./perform";
import { stepsLeft } from "./plan";
import { plannedSteps } from "./planned-steps";
import { endBy, endEvent, type RunEnd } from "./run-end";
import type { Session } from "./session";
import { checkTimeLeft } from "./time-left";
import { canGoBack, releasesBefore } from "./way-back";

/** A run whose journal has been opened, now or by an earlier command. */
export interface StartedRun {
  deploy: string;
  command: RunCommand;
  /** Image or release by service, for people. */
  asked: Record<string, string>;
  state: RunState;
  /** When the command got its lease, in Unix milliseconds. */
  startedMs: number;
}

/**
 * Executes a run from its first event to the journal's closing line: says what it will do, does it, and records how it ended.
 * @throws DeployFailed, LeaseLostError, JournalNotWritten, UserError
 */
export async function executeRun(session: Session, run: StartedRun): Promise<void> {
  const { deploy, command, asked, startedMs } = run;
  const { context, store, lease } = session;
  const { clock, emit, stack } = context;
  const journal: Journal = { deploy, store, lease };
  let { state } = run;
  const { command: opened, direction } = state;
  const started = { deploy, command, opened, direction, stack: stack.name, releases: asked };
  const before = releasesBefore(state);
  const first = Object.keys(before).filter((name) => before[name] === null);
  emit({ type: "deployStarted", atMs: clock.now(), ...started, ...(first.length === 0 ? {} : { first }) });
  emit({ type: "live", atMs: clock.now(), live: state.outputs.live });
  try {
    const steps = await plannedSteps(context, store, state);
    emit({ type: "planned", atMs: clock.now(), steps });
    checkTimeLeft(context, state, steps);
    state = await executeSteps(context, state, journal, (next) => {
      state = next;
    });
    await finish({ outcome: state.direction === "back" ? "takenBack" : "done", reason: "", failedStep: null });
  } catch (error) {
    const end = endBy(error, state);
    if (leavesJournal(error)) reportEnd(end);
    else await finish(end);
    throw error;
  }

  async function finish(end: RunEnd): Promise<void> {
    const { outcome, reason } = end;
    try {
      await appendEntry(journal, { atMs: clock.now(), kind: "closed", outcome, reason });
    } catch (error) {
      if (reason !== "") reportEnd({ ...end, outcome: "left", reason: `${reason}; ${(error as Error).message}` });
      throw error;
    }
    reportEnd(end);
  }

  function reportEnd(end: RunEnd): void {
    emit(endEvent(end, state, startedMs, clock.now()));
  }
}

/**
 * Performs the plan step by step, and plans again after each one, until nothing is left to do. When a step fails and the run can still go back,
 * it rolls back to what was active before.
 * @param onMoved called with the new state after each step
 * @throws DeployFailed when a step failed or was stopped: it says whether everything was taken back
 * @throws UserError for what preflight finds wrong in what was asked for
 * @throws LeaseLostError when another command has taken over
 * @throws JournalNotWritten when the store takes no entry any more
 */
async function executeSteps(
  context: StepContext,
  start: RunState,
  journal: Journal,
  onMoved: (state: RunState) => void,
): Promise<RunState> {
  let state = start;
  for (let left = stepsLeft(context, state); left.length > 0; left = stepsLeft(context, state)) {
    const { step, ...work } = left[0]!;
    const intended = step.intend?.(context, state, work) ?? null;
    let [reached, isBegun] = [state, false];
    const onReached = (next: RunState) => {
      reached = next;
    };
    const onBegun = () => {
      isBegun = true;
    };
    try {
      state = await perform({ ...context, onReached }, state, step, { ...work, intended }, journal, onBegun);
      onMoved(state);
    } catch (error) {
      if (error instanceof UserError && step.name === "preflight") throw error;
      const cause = error as Error;
      const failed = await stateAfterFailure(context, state, reached, step, isBegun ? intended : null);
      onMoved(failed);
      if (leavesJournal(error)) throw error;
      throw rollsBackAfter(context, failed, step.name, cause)
        ? await rollBack(context, failed, { step: step.name, cause }, journal, onMoved)
        : failedAndLeft(failed, step.name, cause);
    }
  }
  return state;
}

/**
 * True if the run rolls back by itself. A run does not when it is on its way back already, when its old colours are being stopped, when all it did
 * was to make first releases active, or when production was unhealthy from the start.
 */
function rollsBackAfter(context: StepContext, state: RunState, step: string, cause: Error): boolean {
  const { halt, signal, keep } = context;
  const { command, direction, progress, ignoredUnhealthy } = state;
  if (!canGoBack(state)) return false;
  if (direction === "back" || halt.aborted || ["preflight", "keepWarm", "retire"].includes(step)) return false;
  const isUntouched = progress.routedAtMs === null;
  // While AWS does not answer, what is kept warm stays for `resume`: to go back would end it.
  if (step === "holdWarm" && cause instanceof StepFailed) return false;
  if (command === "rollback") return isUntouched;
  if (cause instanceof Stopped || signal.aborted) return isUntouched && !keep;
  if (ignoredUnhealthy.length > 0) return isUntouched;
  // An unexpected error is no evidence against a release that was confirmed.
  return !(step === "drain" || step === "bake") || cause instanceof StepFailed;
}

async function rollBack(
  context: StepContext,
  failed: RunState,
  { step, cause }: { step: string; cause: Error },
  journal: Journal,
  onMoved: (state: RunState) => void,
): Promise<DeployFailed> {
  const back = reversed(failed);
  const steps = stepsLeft(context, back);
  // A person who stops a run wants the rollback done, too, unless they stop it twice.
  const onTheWay = { ...context, signal: context.halt };
  let reached = back;
  const moved = (state: RunState) => {
    reached = state;
    onMoved(state);
  };
  try {
    await startRollback(context, back, cause.message, journal);
    const end = await executeSteps(onTheWay, back, journal, moved);
    return failedAndTakenBack(end, step, cause, steps);
  } catch (error) {
    if (leavesJournal(error)) throw error;
    return failedAndLeft(reached, step, cause, error as Error, steps);
  }
}
