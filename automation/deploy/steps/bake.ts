import type { StepAction } from "../context";
import { watchRelease } from "./monitor-release";

/** The new release has all of production; the old colour is still warm, so that what goes wrong now is rolled back in seconds. */
export const bake: StepAction = async (context, situation, services) => {
  const { bakeSeconds } = context.settings.deploy;
  const { progress } = situation;
  const sinceMs = progress.routedAtMs ?? context.clock.now();
  const seen = await watchRelease(context, situation, { step: "bake", services, sinceMs, seconds: bakeSeconds });
  const baked = new Set([...progress.baked, ...services.map((name) => situation.wish[name]!.image)]);
  return {
    situation: { ...situation, progress: { ...progress, baked } },
    detail: [`${bakeSeconds} s since the cutover`, seen].filter(Boolean).join(": "),
  };
};
