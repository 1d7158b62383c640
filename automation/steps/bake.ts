import type { StepAction } from "../context";
import { watch } from "../watch/watch";
import { watched, watching } from "./watched";

/** The new release has all of production; the old colour is still warm, so that what goes wrong now is rolled back in seconds. */
export const bake: StepAction = async (context, situation, services) => {
  const { clock, settings } = context;
  const startedMs = clock.now();
  const sinceMs = situation.progress.routedAtMs ?? startedMs;
  const seen = await watch(watching(context, situation), {
    step: "bake",
    services: watched(context, situation, services, "active"),
    sinceMs,
    untilMs: sinceMs + settings.deploy.bakeSeconds * 1000,
    compare: "before",
  });
  context.emit({ type: "waited", atMs: clock.now(), step: "bake", seconds: (clock.now() - startedMs) / 1000 });
  const baked = new Set([...situation.progress.baked, ...services.map((name) => situation.wish[name]!.image)]);
  return {
    situation: { ...situation, progress: { ...situation.progress, baked } },
    detail: `${settings.deploy.bakeSeconds} s since the cutover: ${seen}`,
  };
};
