import { StepFailed } from "../../core/errors";
import type { DeployEvent } from "../../ports/events";
import type { StepName } from "../../ports/step-names";
import { type ProbeContext, type ProbedService, Probing } from "../probes/probing";
import { MAX_LATE_PERIODS } from "./periods";
import { pollIntervalMs } from "./poll-interval";
import { type MonitorContext, type Monitored, ReleaseMonitor } from "./release-monitor";

export interface MonitorOptions extends Monitored {
  /** Step that the events belong to. */
  step: StepName;
  /** Unix milliseconds of the end. If something is uncertain then, or metrics are late, more looks follow. */
  untilMs: number;
  /** Services that are asked meanwhile, because production's requests reach the new release alone. Default: none. */
  probed?: readonly ProbedService[];
}

/** What a release that has no problem was seen to do. */
export interface SeenRelease {
  /** One line. */
  seen: string;
  /** Whether a service had too few requests to be judged. */
  tooFew: boolean;
}

type Context = MonitorContext & ProbeContext & { emit(event: DeployEvent): void };

/**
 * Monitors a new release that gets production requests: alarms, its colour, its errors and latency beside the old release's,
 * and the answers to probes, which it does not wait for: a bad one ends it at once.
 * @throws StepFailed with all problems of the new release, as soon as there is one
 */
export async function monitorRelease(
  context: Context,
  { probed = [], ...options }: MonitorOptions,
): Promise<SeenRelease> {
  const ended = new AbortController();
  const probing = probed.length === 0 ? null : new Probing(context, probed);
  const looking = lookUntilEnd(
    { ...context, signal: AbortSignal.any([context.signal, ended.signal]) },
    { ...options, ...(probing ? { probing } : {}) },
  );
  try {
    return await Promise.race(probing ? [looking, probing.failed] : [looking]);
  } finally {
    ended.abort();
    probing?.stop();
  }
}

async function lookUntilEnd(
  context: Context,
  { step, untilMs, ...monitored }: Omit<MonitorOptions, "probed">,
): Promise<SeenRelease> {
  const { clock, signal, emit, settings } = context;
  const monitor = new ReleaseMonitor(context, monitored);
  const { metricPeriodSeconds } = settings.deploy;
  const intervalMs = pollIntervalMs(metricPeriodSeconds, monitored.services.length);
  const waitsUntilMs = untilMs + MAX_LATE_PERIODS * metricPeriodSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const leftMs = untilMs - clock.now();
    const { analysed } = monitor;
    const problems = await monitor.look();
    // A probe may have ended it meanwhile.
    signal.throwIfAborted();
    if (monitor.analysed !== analysed)
      emit({ type: "analysed", atMs: clock.now(), step, services: monitor.analysedTraffic() });
    if (problems.length > 0) throw new StepFailed(problems.join("; "));
    const late = clock.now() < waitsUntilMs ? monitor.late : null;
    if (leftMs <= 0 && !monitor.isUncertain && late === null)
      return { seen: monitor.summary(), tooFew: monitor.hasTooFew };
    const more = late === null ? "looking once more" : `waiting for ${late}`;
    const left = leftMs > 0 ? `${Math.ceil(leftMs / 1000)} s left` : more;
    emit({ type: "progress", atMs: clock.now(), step, message: `${left}; ${monitor.summary()}` });
    await clock.sleep(leftMs > 0 ? Math.min(intervalMs, leftMs) : intervalMs, signal);
  }
}
