import { progressReporter, type StepAction } from "../context";
import { watch } from "../watch/watch";

/** The new release has all of production; the old colour is still warm, so that what goes wrong now is rolled back in seconds. */
export const bake: StepAction = async (context, situation, services) => {
  const { clock, settings } = context;
  const sinceMs = situation.progress.routedAtMs ?? clock.now();
  const seen = await watch(context, situation, {
    step: "bake",
    services,
    sinceMs,
    untilMs: sinceMs + settings.deploy.bakeSeconds * 1000,
    onProgress: progressReporter(context, "bake"),
  });
  const baked = new Set([...situation.progress.baked, ...services.map((name) => situation.wish[name]!.image)]);
  return { situation: { ...situation, progress: { ...situation.progress, baked } }, detail: seen };
};
