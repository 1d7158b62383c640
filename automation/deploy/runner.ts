import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import { type DeployFailed, StepFailed, Stopped } from "../core/errors";
import type { JournalEntry } from "../ports/journal";
import type { StepName } from "../ports/step-names";
import { type DeployStore, type Lease, LeaseLostError } from "../ports/store";
import { checkpointOf, interrupted, reversed } from "./checkpoint";
import { isRollback, type RunState, type StepAction, type StepContext } from "./context";
import { failedAndLeft, failedAndTakenBack } from "./failure-messages";
import { ramped, routed } from "./live-transitions";
import { canRollBack, changesRouting, plan, type Step } from "./plan";
import { approve } from "./steps/approve";
import { bake } from "./steps/bake";
import { confirm } from "./steps/confirm";
import { cutover } from "./steps/cutover";
import { drain } from "./steps/drain";
import { migrate } from "./steps/migrate";
import { preflight } from "./steps/preflight";
import { ramp } from "./steps/ramp";
import { coolDown, retire, retiredLive } from "./steps/retire";
import { test } from "./steps/test";
import { titleOf } from "./steps/titles";
import { verify } from "./steps/verify";
import { warm, warmLive } from "./steps/warm";

const ACTIONS: Record<Exclude<StepName, "recover">, StepAction> = {
  preflight,
  warm,
  migrate,
  verify,
  test,
  approve,
  ramp,
  cutover,
  confirm,
  bake,
  drain,
  retire,
  coolDown,
};

/** Where a run writes what it is about to do and what came of it, under a lease that is checked before each step. */
export interface Journal {
  deploy: string;
  store: DeployStore;
  lease: Lease;
}

/**
 * Performs the plan step by step, planning again after each one, until nothing is left to do. When a step fails while there is a way back, it turns and
 * goes back to what was active before.
 * @param onMoved told where things stand after each step
 * @throws DeployFailed when a step failed or was stopped: it says whether everything was taken back
 * @throws UserError for what preflight finds wrong in what was asked for
 * @throws LeaseLostError when another one has taken over
 */
export async function executeSteps(
  context: StepContext,
  start: RunState,
  journal: Journal,
  onMoved: (state: RunState) => void,
): Promise<RunState> {
  let state = start;
  for (let steps = stepsFrom(context, state); steps.length > 0; steps = stepsFrom(context, state)) {
    const step = steps[0]!;
    let reached = state;
    const onUp = (next: RunState) => {
      reached = next;
    };
    try {
      state = await perform({ ...context, onUp: onUp }, state, step, journal);
      onMoved(state);
    } catch (error) {
      if (error instanceof LeaseLostError || (error instanceof UserError && step.name === "preflight")) throw error;
      const cause = error as Error;
      const failed = await afterFailure(context, state, reached, step);
      onMoved(failed);
      throw rollsBackAfter(context, failed, step.name, cause)
        ? await rollBack(context, failed, { step: step.name, cause }, journal, onMoved)
        : failedAndLeft(failed, step.name, cause);
    }
  }
  return state;
}

/** All that is left to do, in order. */
export function stepsFrom({ settings }: Pick<StepContext, "settings">, state: RunState): Step[] {
  const { live, desired, progress, approval, unsettled } = state;
  return plan({
    live,
    desired,
    progress,
    traits: settings.services,
    isRollback: isRollback(state),
    unsettled,
    awaitsApproval: approval !== null && approval.given === null,
    ramp: settings.deploy.ramp,
    bakes: settings.deploy.bakeSeconds > 0,
  });
}

/**
 * Not for a run that is on its way back already, nor for one whose old colours are being stopped, nor for first releases that are active, nor to what was
 * not healthy from the start.
 */
function rollsBackAfter({ halt, signal, keep }: StepContext, state: RunState, step: StepName, cause: Error): boolean {
  const { command, direction, progress, live, ignoredUnhealthy } = state;
  if (!canRollBack(live, reversed(state).desired)) return false;
  if (direction === "back" || halt.aborted || step === "preflight" || step === "retire") return false;
  const isUntouched = progress.routedAtMs === null;
  if (command === "rollback") return isUntouched;
  if (cause instanceof Stopped || signal.aborted) return isUntouched && !keep;
  if (ignoredUnhealthy.length > 0) return isUntouched;
  // What was not foreseen says nothing against a release that was confirmed.
  return !(step === "drain" || step === "bake") || cause instanceof StepFailed;
}

async function rollBack(
  context: StepContext,
  failed: RunState,
  failure: { step: StepName; cause: Error },
  journal: Journal,
  onMoved: (state: RunState) => void,
): Promise<DeployFailed> {
  const { step, cause } = failure;
  const back = reversed(failed);
  const steps = stepsFrom(context, back);
  await startRollback(context, back, cause.message, journal);
  // Who stops a run wants this done, too, unless it is said twice.
  const onTheWay = { ...context, signal: context.halt };
  try {
    const end = await executeSteps(onTheWay, back, journal, onMoved);
    return failedAndTakenBack(end, step, cause, steps);
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    return failedAndLeft(back, step, cause, error as Error, steps);
  }
}

/** Says and writes down that the run goes back from here on. */
export async function startRollback(
  context: StepContext,
  target: RunState,
  reason: string,
  journal: Journal,
): Promise<void> {
  await journal.lease.assertHeld();
  const atMs = context.clock.now();
  await appendEntry(journal, { atMs, kind: "rollbackStarted", reason, checkpoint: checkpointOf(target) });
  context.emit({ type: "rollbackStarted", atMs, reason });
}

async function perform(context: StepContext, state: RunState, step: Step, journal: Journal): Promise<RunState> {
  const { clock, emit } = context;
  const { name, services } = step;
  await journal.lease.assertHeld();
  const intended = intendedLive(context, state, step);
  await appendEntry(journal, { atMs: clock.now(), kind: "stepStarted", step: name, services, intended });
  const { share } = step;
  const title = titleOf(name, isRollback(state));
  emit({ type: "stepStarted", atMs: clock.now(), step: name, title, ...(share === undefined ? {} : { share }) });
  const ended = async (ok: boolean, detail: string, now: RunState) => {
    emit({ type: "stepEnded", atMs: clock.now(), step: name, ok, detail });
    const checkpoint = checkpointOf(now);
    await appendEntry(journal, {
      atMs: clock.now(),
      kind: "stepEnded",
      step: name,
      services,
      ok,
      detail,
      live: now.live,
      checkpoint,
    });
  };
  try {
    const { state: next, detail } = await ACTIONS[name as keyof typeof ACTIONS](context, state, services, share);
    await ended(true, detail, next);
    return next;
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    const reason =
      error instanceof StepFailed ? [error.message, error.detail].filter(Boolean).join("\n") : (error as Error).message;
    await ended(false, reason, state);
    throw error;
  }
}

/** @param reached where its `up` led, if that came to its end */
async function afterFailure(context: StepContext, state: RunState, reached: RunState, step: Step): Promise<RunState> {
  const intended = intendedLive(context, state, step);
  const nowMs = context.clock.now();
  if (!intended) return state;
  if (reached === state) {
    // The engine may have taken the stack's outputs, and with them the serial, before something failed: a deletion, which comes last.
    const left = await context.stack.outputs().catch(() => null);
    const { serial } = left?.live ?? state.live;
    return interrupted({ ...state, live: { ...state.live, serial } }, step.name, intended, nowMs);
  }
  return changesRouting(step.name) ? { ...reached, progress: { ...reached.progress, routedAtMs: nowMs } } : reached;
}

/** Live state that a step's `up` asks for, or null when it has none. */
export function intendedLive(
  context: Pick<StepContext, "settings">,
  state: RunState,
  { name, services, share }: Pick<Step, "name" | "services" | "share">,
): Live | null {
  if (name === "warm") return warmLive(context, state, services);
  if (name === "ramp") return ramped(state.live, services, share!);
  if (name === "cutover") return routed(state.live, state.desired, services);
  return name === "retire" || name === "coolDown" ? retiredLive(context, state, services) : null;
}

type Unnumbered<Entry> = Entry extends unknown ? Omit<Entry, "fencing"> : never;

export function appendEntry(journal: Journal, entry: Unnumbered<JournalEntry>): Promise<void> {
  return journal.store.append(journal.deploy, { ...entry, fencing: journal.lease.fencing } as JournalEntry);
}
