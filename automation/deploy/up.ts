import { other } from "../../components/core/colour-name";
import { countOf } from "../../components/core/count-of";
import type { Live } from "../../components/live/live";
import { progressReporter, type RunState, type StepContext } from "./context";
import { withPendingSettings } from "./pending-settings";

/** A stopped run waits no longer for the engine, which ends its operations by itself: CI gives a run 7.5 s. */
const LEAVE_AFTER_MS = 6_000;

/** Runs one `up` of the stack to a live state and emits the events `up` and `live`. Returns the state by the stack's new outputs. */
export async function upTo(
  context: StepContext,
  state: RunState,
  step: string,
  live: Live,
  message: string,
): Promise<RunState> {
  const options = {
    message,
    signal: context.signal,
    abandonAfterMs: LEAVE_AFTER_MS,
    unsettled: state.unsettled === null ? [] : Object.keys(state.desired),
    onProgress: progressReporter(context, step),
  };
  const result = await context.stack.up(live, options).catch(async (error: Error) => {
    throw await withPendingSettings(error, context, state);
  });
  context.emit({
    type: "up",
    atMs: context.clock.now(),
    step,
    serial: result.outputs.live.serial,
    seconds: result.seconds,
    waitedSeconds: result.waitedSeconds,
    changes: result.changes,
    resources: result.resources,
  });
  context.emit({ type: "live", atMs: context.clock.now(), live: result.outputs.live });
  const next = { ...state, outputs: result.outputs, live: result.outputs.live, unsettled: null };
  context.onReached(next);
  return next;
}

/** True for a service that runs at the times of a schedule, and has no instances. */
export function isJob(service: string, { outputs }: Pick<RunState, "outputs">): boolean {
  return outputs.services[service]!.kind === "job";
}

/** `users green: 0 -> 2 instances`: what an `up` to this live state does to the idle colour of a service. */
export function idleSizes(service: string, { live, outputs }: Pick<RunState, "live" | "outputs">, after: Live): string {
  const { active, colours } = live.services[service]!;
  const idle = other(active);
  if (isJob(service, { outputs })) return `${service} ${idle}: not ready to run any more`;
  return `${service} ${idle}: ${colours[idle].size} -> ${countOf(after.services[service]!.colours[idle].size, "instance")}`;
}
