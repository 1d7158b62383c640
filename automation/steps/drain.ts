import { other } from "../../components/colour-name";
import { progressReporter, type StepAction } from "../context";

/** How often the remaining time is told. */
const TELL_MS = 1_000;

/**
 * Waits until clients that still know the old way are gone. The time counts from the cutover, which ended with the records in sync:
 * by default the records' TTL and 20 s (design: stopping within the TTL gave connection errors).
 */
export const drain: StepAction = async (context, situation, services) => {
  const { clock, signal, settings } = context;
  const { drainSeconds } = settings.deploy;
  const startedMs = clock.now();
  const endMs = (situation.progress.routedAtMs ?? startedMs) + drainSeconds * 1000;
  const tell = progressReporter(context, "drain");
  for (let leftMs = endMs - clock.now(); leftMs > 0; leftMs = endMs - clock.now()) {
    tell(`${Math.ceil(leftMs / 1000)} s left of ${drainSeconds} s`);
    await clock.sleep(Math.min(leftMs, TELL_MS), signal);
  }
  context.emit({ type: "waited", atMs: clock.now(), step: "drain", seconds: (clock.now() - startedMs) / 1000 });
  const quiet = services.flatMap((name) => {
    const { active, colours } = situation.live.services[name]!;
    return colours[other(active)].release?.image ?? [];
  });
  const drained = new Set([...situation.progress.drained, ...quiet]);
  return {
    situation: { ...situation, progress: { ...situation.progress, drained } },
    detail: `${drainSeconds} s after the records were in sync`,
  };
};
