import type { StackOutputs } from "../../components/live/outputs";
import { type DesiredReleases, requestsOf } from "../core/desired-releases";
import { type Checkpoint, NO_PROGRESS } from "../ports/checkpoint";
import type { RecordedRun } from "../store/recorded-run";
import { isRollback, type RunState, withDone, withoutDone } from "./context";
import { betweenUps, interrupted, ofServices } from "./interrupted-step";
import type { Step } from "./step";
import { stepNamed } from "./steps";
import { releasesBefore } from "./way-back";

/**
 * The state of a recorded run now, by what the stack says of itself. A service that was removed is no part of it, even if it was added again.
 * @param nowMs when production's routing was changed by an `up` whose end nobody recorded, at the latest
 */
export function runStateOf(
  { opened, checkpoint, lastUp, migratingSinceMs }: RecordedRun,
  outputs: StackOutputs,
  nowMs: number,
): RunState {
  const { progress, direction } = checkpoint;
  // A new release may have failed since it was confirmed. What a run goes back to stays confirmed: the bad release is to end.
  const confirmed = isRollback({ command: opened.command, direction }) ? (progress.done.confirm ?? []) : [];
  const lives = { before: opened.live, live: outputs.live };
  const state: RunState = {
    ...checkpoint,
    desired: ofServices(checkpoint.desired, lives),
    progress: {
      ...progress,
      // Hours may have passed, in which production may have grown.
      done: { ...progress.done, matchSize: [], confirm: confirmed },
      migratedAtMs: progress.migratedAtMs ?? migratingSinceMs,
    },
    deploy: opened.deploy,
    command: opened.command,
    requests: requestsOf(ofServices(opened.asked, lives)),
    ...lives,
    outputs,
    unsettled: null,
  };
  if (!lastUp || lastUp.hasEnded) return toVerify(state);
  const step: Pick<Step, "name" | "changesRouting"> = stepNamed(lastUp.step) ?? { name: lastUp.step };
  // Serials count the changes: an `up` to the next one has not come to its end.
  if (lastUp.intended.serial !== outputs.live.serial + 1)
    return toVerify(betweenUps(withWarmed(state, lastUp), step, lastUp.intended, nowMs));
  const left = interrupted(state, step, lastUp.intended, nowMs);
  // Where production's requests go nobody knows, and that is for this step to end.
  return step.changesRouting ? left : toVerify(left);
}

/** The state after a warm-up that has brought instances, and of which nobody has seen whether they came up: those of a worker have not worked before. */
function withWarmed(state: RunState, { step, services }: NonNullable<RecordedRun["lastUp"]>): RunState {
  const isWarmed = (name: string) => step === "warm" && Object.hasOwn(state.desired, name);
  return withDone(state, "warm", services.filter(isWarmed));
}

/**
 * The state in which no release of the way forward counts as verified: hours may have passed since it was. On the way back production waits,
 * and what was active before was good.
 */
function toVerify(state: RunState): RunState {
  return isRollback(state) ? state : withoutDone(state, "verify", Object.keys(state.desired));
}

/** The same run with its direction reversed: back to what was active before it. */
export function reversed(state: RunState): RunState {
  return inDirection(state, "back", releasesBefore(state));
}

/** The same run, which was being taken back, with its direction forward again: to what it was opened for. */
export function forwardAgain(state: RunState, { forward }: RecordedRun): RunState {
  return inDirection(state, "forward", ofServices(forward, state));
}

function inDirection(state: RunState, direction: RunState["direction"], desired: DesiredReleases): RunState {
  const { progress } = state;
  return {
    ...state,
    direction,
    desired,
    // What was seen of a release in the other direction says nothing of it in this one.
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
  const {
    direction,
    desired,
    activeInstances,
    ignoredAlarms,
    ignoredUnhealthy,
    approval,
    keepWarmMs,
    migrateAgain,
    progress,
  } = state;
  return {
    ...{ direction, desired, activeInstances, ignoredAlarms, ignoredUnhealthy, approval, progress },
    ...(keepWarmMs === undefined ? {} : { keepWarmMs }),
    ...(migrateAgain ? { migrateAgain } : {}),
  };
}
