import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import { type DeployFailed, StepFailed, Stopped } from "../core/errors";
import type { StepName } from "../ports/events";
import { type DeployStore, type JournalEntry, type Lease, LeaseLostError } from "../ports/store";
import { halfDone, standingOf, turnedBack } from "./checkpoint";
import { isReturn, type Situation, type StepAction, type StepContext } from "./context";
import { failedAndLeft, failedAndTakenBack } from "./failure-messages";
import { ramped, routed } from "./live-transitions";
import { changesWays, hasReturn, plan, type Step } from "./plan";
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
export async function run(
  context: StepContext,
  start: Situation,
  journal: Journal,
  onMoved: (situation: Situation) => void,
): Promise<Situation> {
  let situation = start;
  for (let steps = stepsFrom(context, situation); steps.length > 0; steps = stepsFrom(context, situation)) {
    const step = steps[0]!;
    let reached = situation;
    const onUp = (next: Situation) => {
      reached = next;
    };
    try {
      situation = await perform({ ...context, onUp }, situation, step, journal);
      onMoved(situation);
    } catch (error) {
      if (error instanceof LeaseLostError || (error instanceof UserError && step.name === "preflight")) throw error;
      const cause = error as Error;
      const failed = await afterFailure(context, situation, reached, step);
      onMoved(failed);
      throw hasWayBack(context, failed, step.name, cause)
        ? await goBack(context, failed, { step: step.name, cause }, journal, onMoved)
        : failedAndLeft(failed, step.name, cause);
    }
  }
  return situation;
}

/** All that is left to do, in order. */
export function stepsFrom({ settings }: Pick<StepContext, "settings">, situation: Situation): Step[] {
  const { live, wish, progress, approval, unsettled } = situation;
  return plan({
    live,
    wish,
    progress,
    traits: settings.services,
    isReturn: isReturn(situation),
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
function hasWayBack({ halt, signal, keep }: StepContext, situation: Situation, step: StepName, cause: Error): boolean {
  const { command, way, progress, live, ignoredUnhealthy } = situation;
  if (!hasReturn(live, turnedBack(situation).wish)) return false;
  if (way === "back" || halt.aborted || step === "preflight" || step === "retire") return false;
  const isUntouched = progress.routedAtMs === null;
  if (command === "rollback") return isUntouched;
  if (cause instanceof Stopped || signal.aborted) return isUntouched && !keep;
  if (ignoredUnhealthy.length > 0) return isUntouched;
  // What was not foreseen says nothing against a release that was confirmed.
  return !(step === "drain" || step === "bake") || cause instanceof StepFailed;
}

async function goBack(
  context: StepContext,
  failed: Situation,
  failure: { step: StepName; cause: Error },
  journal: Journal,
  onMoved: (situation: Situation) => void,
): Promise<DeployFailed> {
  const { step, cause } = failure;
  const turned = turnedBack(failed);
  const steps = stepsFrom(context, turned);
  await turn(context, turned, cause.message, journal);
  // Who stops a run wants this done, too, unless it is said twice.
  const onTheWay = { ...context, signal: context.halt };
  try {
    const end = await run(onTheWay, turned, journal, onMoved);
    return failedAndTakenBack(end, step, cause, steps);
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    return failedAndLeft(turned, step, cause, error as Error, steps);
  }
}

/** Says and writes down that the run goes back from here on. */
export async function turn(context: StepContext, turned: Situation, reason: string, journal: Journal): Promise<void> {
  await journal.lease.assertHeld();
  const atMs = context.clock.now();
  await write(journal, { atMs, kind: "turned", reason, standing: standingOf(turned) });
  context.emit({ type: "turned", atMs, reason });
}

async function perform(context: StepContext, situation: Situation, step: Step, journal: Journal): Promise<Situation> {
  const { clock, emit } = context;
  const { name, services } = step;
  await journal.lease.assertHeld();
  const intended = intendedLive(context, situation, step);
  await write(journal, { atMs: clock.now(), kind: "stepStarted", step: name, services, intended });
  const { share } = step;
  const title = titleOf(name, isReturn(situation));
  emit({ type: "stepStarted", atMs: clock.now(), step: name, title, ...(share === undefined ? {} : { share }) });
  const ended = async (ok: boolean, detail: string, now: Situation) => {
    emit({ type: "stepEnded", atMs: clock.now(), step: name, ok, detail });
    const standing = standingOf(now);
    await write(journal, {
      atMs: clock.now(),
      kind: "stepEnded",
      step: name,
      services,
      ok,
      detail,
      live: now.live,
      standing,
    });
  };
  try {
    const { situation: next, detail } = await ACTIONS[name as keyof typeof ACTIONS](
      context,
      situation,
      services,
      share,
    );
    await ended(true, detail, next);
    return next;
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    const reason =
      error instanceof StepFailed ? [error.message, error.detail].filter(Boolean).join("\n") : (error as Error).message;
    await ended(false, reason, situation);
    throw error;
  }
}

/** @param reached where its `up` led, if that came to its end */
async function afterFailure(
  context: StepContext,
  situation: Situation,
  reached: Situation,
  step: Step,
): Promise<Situation> {
  const intended = intendedLive(context, situation, step);
  const nowMs = context.clock.now();
  if (!intended) return situation;
  if (reached === situation) {
    // The engine may have taken the stack's outputs, and with them the serial, before something failed: a deletion, which comes last.
    const left = await context.stack.outputs().catch(() => null);
    const { serial } = left?.live ?? situation.live;
    return halfDone({ ...situation, live: { ...situation.live, serial } }, step.name, intended, nowMs);
  }
  return changesWays(step.name) ? { ...reached, progress: { ...reached.progress, routedAtMs: nowMs } } : reached;
}

/** Live state that a step's `up` asks for, or null when it has none. */
export function intendedLive(
  context: Pick<StepContext, "settings">,
  situation: Situation,
  { name, services, share }: Pick<Step, "name" | "services" | "share">,
): Live | null {
  if (name === "warm") return warmLive(context, situation, services);
  if (name === "ramp") return ramped(situation.live, services, share!);
  if (name === "cutover") return routed(situation.live, situation.wish, services);
  return name === "retire" || name === "coolDown" ? retiredLive(context, situation, services) : null;
}

type Unnumbered<Entry> = Entry extends unknown ? Omit<Entry, "fencing"> : never;

export function write(journal: Journal, entry: Unnumbered<JournalEntry>): Promise<void> {
  return journal.store.append(journal.deploy, { ...entry, fencing: journal.lease.fencing } as JournalEntry);
}
