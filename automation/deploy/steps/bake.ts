import { union } from "../../ports/checkpoint";
import type { StepAction } from "../context";
import { monitorShare } from "./monitor-release";

/** The new release has all of production; the old colour is still warm, so that what goes wrong now is rolled back in seconds. */
export const bake: StepAction = async (context, state, services) => {
  const { bakeSeconds } = context.settings.deploy;
  const { progress } = state;
  const sinceMs = progress.routedAtMs ?? context.clock.now();
  const seen = await monitorShare(context, state, { step: "bake", services, sinceMs, seconds: bakeSeconds });
  const baked = union(
    progress.baked,
    services.map((name) => state.desired[name]!.image),
  );
  return {
    state: { ...state, progress: { ...progress, baked } },
    detail: [`${bakeSeconds} s since the cutover`, seen].filter(Boolean).join(": "),
  };
};
