import type { Live } from "../components/live";
import { UserError } from "../components/user-error";
import type { Situation, StepAction, StepContext } from "./context";
import { DeployFailed, StepFailed } from "./deploy-failed";
import type { StepName } from "./events";
import { cutOver, retired } from "./next-live";
import { isActive, plan, planRetreat, type Step } from "./plan";
import { confirm } from "./steps/confirm";
import { cutover } from "./steps/cutover";
import { drain } from "./steps/drain";
import { migrate } from "./steps/migrate";
import { preflight } from "./steps/preflight";
import { coolDown, retire, retiredLive } from "./steps/retire";
import { test } from "./steps/test";
import { STEP_TITLES } from "./steps/titles";
import { verify } from "./steps/verify";
import { warm, warmLive } from "./steps/warm";
import { type DeployStore, type JournalEntry, type Lease, LeaseLostError } from "./store/deploy-store";

const ACTIONS: Record<StepName, StepAction> = {
  preflight,
  warm,
  migrate,
  verify,
  test,
  cutover,
  confirm,
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
 * Performs the plan step by step, planning again after each one, until nothing is left to do.
 * @param onMoved told where things stand after each step
 * @throws DeployFailed when a step failed or was stopped; unless it was stopped, before the cutover the idle colours are back at 0 by then
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
  for (let steps = planFrom(context, situation); steps.length > 0; steps = planFrom(context, situation)) {
    const step = steps[0]!;
    try {
      situation = await perform(context, situation, step, journal);
      onMoved(situation);
    } catch (error) {
      if (error instanceof LeaseLostError || (error instanceof UserError && step.name === "preflight")) throw error;
      throw await retreat(context, afterFailure(context, situation, step), step.name, error as Error, journal);
    }
  }
  return situation;
}

function planFrom({ settings }: StepContext, { live, wish, progress }: Situation): Step[] {
  return plan(live, wish, progress, settings.services);
}

async function perform(context: StepContext, situation: Situation, step: Step, journal: Journal): Promise<Situation> {
  const { clock, emit } = context;
  await journal.lease.assertHeld();
  await write(journal, {
    atMs: clock.now(),
    kind: "stepStarted",
    step: step.name,
    services: step.services,
    intended: intendedLive(context, situation, step),
  });
  emit({ type: "stepStarted", atMs: clock.now(), step: step.name, title: STEP_TITLES[step.name] });
  const ended = async (ok: boolean, detail: string, live: Live) => {
    emit({ type: "stepEnded", atMs: clock.now(), step: step.name, ok, detail });
    await write(journal, {
      atMs: clock.now(),
      kind: "stepEnded",
      step: step.name,
      services: step.services,
      ok,
      detail,
      live,
    });
  };
  try {
    const result = await ACTIONS[step.name](context, situation, step.services);
    await ended(true, result.detail, result.situation.live);
    return result.situation;
  } catch (error) {
    const reason =
      error instanceof StepFailed ? [error.message, error.detail].filter(Boolean).join("\n") : (error as Error).message;
    await ended(false, reason, situation.live);
    throw error;
  }
}

/**
 * A failed `up` may have done a part of what it was asked, and leaves the stack's outputs as they were: plan on from what it was asked,
 * so that the next `up` takes the whole of it back.
 */
function afterFailure(context: StepContext, situation: Situation, step: Step): Situation {
  const intended = intendedLive(context, situation, step);
  return intended && step.name === "warm"
    ? { ...situation, live: { ...intended, serial: situation.live.serial } }
    : situation;
}

async function retreat(
  context: StepContext,
  situation: Situation,
  failed: StepName,
  cause: Error,
  journal: Journal,
): Promise<DeployFailed> {
  const failure = (production: string) => new DeployFailed(failed, cause, production);
  if (failed === "preflight") return failure("nothing was changed");
  const { live, wish } = situation;
  if (Object.keys(wish).every((name) => isActive(live, wish, name)))
    return failure("production answers from the new release; the old colour still runs: deploy again to go on");
  if (failed === "cutover")
    return failure("both colours are up and answer; the cutover may be half done: deploy again to finish it");
  const [back] = planRetreat(live, wish);
  if (!back) return failure("production is untouched");
  const [colours, are, stay] =
    back.services.length === 1
      ? ["the idle colour", "is", "stays as it is"]
      : [`the idle colours of ${back.services.join(" and ")}`, "are", "stay as they are"];
  // Who stops a deploy wants it to end now.
  if (context.signal.aborted) return failure(`production is untouched, ${colours} ${stay}: deploy again to go on`);
  try {
    await perform(context, situation, back, journal);
    return failure(`production is untouched, ${colours} ${are} back at 0`);
  } catch (error) {
    const reason = (error as Error).message;
    return failure(`production is untouched, but ${colours} could not be taken back to 0: ${reason}`);
  }
}

/** Live state that a step's `up` asks for, or null when it has none. */
function intendedLive(context: StepContext, situation: Situation, step: Step): Live | null {
  if (step.name === "warm") return warmLive(context, situation, step.services);
  if (step.name === "cutover") return cutOver(situation.live, step.services);
  if (step.name === "retire") return retiredLive(context, situation, step.services);
  return step.name === "coolDown" ? retired(situation.live, step.services) : null;
}

type Unnumbered<Entry> = Entry extends unknown ? Omit<Entry, "fencing"> : never;

export function write(journal: Journal, entry: Unnumbered<JournalEntry>): Promise<void> {
  return journal.store.append(journal.deploy, { ...entry, fencing: journal.lease.fencing } as JournalEntry);
}
