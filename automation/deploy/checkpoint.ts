import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import type { DesiredReleases, ImageRequest } from "../core/desired-releases";
import { type Checkpoint, NO_PROGRESS } from "../ports/checkpoint";
import type { RecordedRun } from "../store/recorded-run";
import type { RunState } from "./context";
import type { Step } from "./step";
import { stepNamed } from "./steps";

/**
 * The state of a recorded run now, by what the stack says of itself.
 * @param nowMs when production's routing was changed by an `up` whose end nobody recorded, at the latest
 */
export function runStateOf(
  { opened, checkpoint, lastUp, migratingSinceMs }: RecordedRun,
  outputs: StackOutputs,
  nowMs: number,
): RunState {
  // Serials count the changes: an `up` to the next one has not come to its end.
  const unsettled = lastUp && lastUp.intended.serial === outputs.live.serial + 1 ? lastUp.step : null;
  const state: RunState = {
    ...checkpoint,
    progress: { ...checkpoint.progress, migratedAtMs: checkpoint.progress.migratedAtMs ?? migratingSinceMs },
    deploy: opened.deploy,
    command: opened.command,
    requests: requestsOf(opened.asked),
    before: opened.live,
    outputs,
    live: outputs.live,
    unsettled,
  };
  if (unsettled) return interrupted(state, stepNamed(unsettled) ?? { name: unsettled }, lastUp!.intended, nowMs);
  const rerouted = Object.keys(checkpoint.desired).some((name) => {
    const [is, was] = [outputs.live.services[name], opened.live.services[name]];
    return is?.active !== was?.active || is?.idleShare !== was?.idleShare;
  });
  const { progress } = state;
  return rerouted && progress.routedAtMs === null ? { ...state, progress: { ...progress, routedAtMs: nowMs } } : state;
}

/**
 * The state after an `up` that failed or whose end nobody saw: a part of what it was asked for may have been done. Where that is instances,
 * the plan goes on from what was asked for, so that the next `up` sees to all of them. Production's routing counts as unchanged until an `up` has ended.
 */
export function interrupted(
  state: RunState,
  step: Pick<Step, "name" | "changesRouting">,
  intended: Live,
  nowMs: number,
): RunState {
  const changed: RunState = { ...state, unsettled: step.name };
  if (!step.changesRouting) return { ...changed, live: { ...intended, serial: state.live.serial } };
  return { ...changed, progress: { ...state.progress, routedAtMs: nowMs } };
}

/** The same run with its direction reversed: back to what was active before it. */
export function reversed(state: RunState): RunState {
  const { before, live, desired, progress } = state;
  const back: DesiredReleases = Object.fromEntries(
    Object.keys(desired).map((name) => {
      const { active, colours } = before.services[name] ?? live.services[name]!;
      return [name, colours[active].release];
    }),
  );
  return {
    ...state,
    direction: "back",
    desired: back,
    // What was seen of a release before the rollback says nothing of it afterwards.
    progress: {
      ...NO_PROGRESS,
      preflight: true,
      done: { migrate: progress.done.migrate ?? [] },
      routedAtMs: progress.routedAtMs,
      migratedAtMs: progress.migratedAtMs,
    },
  };
}

/** What of a run's state goes into its journal. */
export function checkpointOf(state: RunState): Checkpoint {
  const { direction, desired, activeInstances, ignoredAlarms, ignoredUnhealthy, approval, keepWarmMs, progress } =
    state;
  return {
    ...{ direction, desired, activeInstances, ignoredAlarms, ignoredUnhealthy, approval, progress },
    ...(keepWarmMs === undefined ? {} : { keepWarmMs }),
  };
}

function requestsOf(asked: Readonly<Record<string, string>>): ImageRequest[] {
  return Object.entries(asked).map(([service, image]) => ({ service, image }));
}
