import { isRollback, type RunState, type StepContext } from "./context";
import { factsOf, type PlanInput } from "./plan-facts";
import type { PlannedWork } from "./step";
import { STEPS, stepNamed } from "./steps";

/**
 * The steps that lead from the present state to the desired releases, in order; empty when those are active. Deploying, resuming, aborting and
 * rolling back all ask this, and ask it again after each step. Pure.
 */
export function plan(input: PlanInput): PlannedWork[] {
  const facts = factsOf(input);
  const left = STEPS.flatMap((step) => [step.plan(facts)].flat().map((work) => ({ step, ...work }))).filter(
    ({ services }) => services.length > 0,
  );
  // Desired releases that are active already need no preflight.
  return left.every(({ step }) => step.name === "preflight") ? [] : left;
}

/** The plan of a run in its present state. */
export function stepsLeft(
  { settings, clock }: Pick<StepContext, "settings" | "clock">,
  state: RunState,
): PlannedWork[] {
  const { live, before, desired, progress, activeInstances, approval, unsettled } = state;
  const interrupted = unsettled === null ? null : stepNamed(unsettled);
  return plan({
    live,
    before,
    desired,
    progress,
    activeInstances,
    traits: settings.services,
    isRollback: isRollback(state),
    unsettled: interrupted === null ? null : interrupted?.changesRouting ? "routing" : "sizes",
    awaitsApproval: approval !== null && approval.given === null,
    deploy: settings.deploy,
    keepsWarm: state.keepWarmMs !== undefined,
    endsKeptWarm: state.command === "retire",
    nowMs: clock.now(),
  });
}
