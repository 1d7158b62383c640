import { StepFailed } from "../../core/errors";
import type { StepContext } from "../../deploy/context";
import type { StepName } from "../../ports/step-names";
import { pollIntervalMs } from "./poll-interval";
import { type Monitored, ReleaseMonitor } from "./release-monitor";

export interface MonitorOptions extends Monitored {
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
export async function monitorRelease(
  context: Pick<StepContext, "settings" | "observer" | "clock" | "signal" | "emit">,
  { step, untilMs, ...watched }: MonitorOptions,
): Promise<string> {
  const { clock, signal, emit, settings } = context;
  const sight = new ReleaseMonitor(context, watched);
  const everyMs = pollIntervalMs(settings.deploy.metricPeriodSeconds);
  for (;;) {
    signal.throwIfAborted();
    const leftMs = untilMs - clock.now();
    const { analysed } = sight;
    const faults = await sight.look();
    if (sight.analysed !== analysed)
      emit({ type: "analysed", atMs: clock.now(), step, services: sight.analysedTraffic() });
    if (faults.length > 0) throw new StepFailed(faults.join("; "));
    if (leftMs <= 0 && !sight.isUncertain) return sight.summary();
    const left = leftMs > 0 ? `${Math.ceil(leftMs / 1000)} s left` : "looking once more";
    emit({ type: "progress", atMs: clock.now(), step, message: `${left}; ${sight.summary()}` });
    await clock.sleep(leftMs > 0 ? Math.min(everyMs, leftMs) : everyMs, signal);
  }
}
