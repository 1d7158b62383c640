import { StepFailed } from "../../core/errors";
import type { StepContext } from "../../deploy/context";
import type { StepName } from "../../ports/events";
import { lookMs } from "./poll-interval";
import { Sight, type Watched } from "./release-monitor";

export interface WatchOptions extends Watched {
  /** For the progress lines. */
  step: StepName;
  /** Unix milliseconds; what is doubtful then is looked at a few times more. */
  untilMs: number;
}

/**
 * Watches a new release that gets production requests: alarms, its colour, its errors and latency beside the old release's.
 * @returns one line: what was seen
 * @throws StepFailed with everything that speaks against the new release, as soon as anything does
 */
export async function watch(
  context: Pick<StepContext, "settings" | "observer" | "clock" | "signal" | "emit">,
  { step, untilMs, ...watched }: WatchOptions,
): Promise<string> {
  const { clock, signal, emit, settings } = context;
  const sight = new Sight(context, watched);
  const everyMs = lookMs(settings.deploy.metricPeriodSeconds);
  for (;;) {
    signal.throwIfAborted();
    const leftMs = untilMs - clock.now();
    const { judged } = sight;
    const faults = await sight.look();
    if (sight.judged !== judged) emit({ type: "judged", atMs: clock.now(), step, services: sight.judgedTraffic() });
    if (faults.length > 0) throw new StepFailed(faults.join("; "));
    if (leftMs <= 0 && !sight.doubtful) return sight.summary();
    const left = leftMs > 0 ? `${Math.ceil(leftMs / 1000)} s left` : "looking once more";
    emit({ type: "progress", atMs: clock.now(), step, message: `${left}; ${sight.summary()}` });
    await clock.sleep(leftMs > 0 ? Math.min(everyMs, leftMs) : everyMs, signal);
  }
}
