import { problem } from "../problem";
import { DEFAULTS } from "../schema/kinds";
import { asMap, type Raw, type RawService } from "./raw-service";

/**
 * Half of the least grace period of a new instance (600 s, after which health checks count); the other half is for boot,
 * pull and start.
 */
export const MAX_CHECKING_SECONDS = 300;

/** Problems of times that contradict each other. */
export function timingProblems(service: RawService): string[] {
  return [...healthCheckProblems(service), ...stopProblems(service), ...streamProblems(service)];
}

function healthCheckProblems({ name, values }: RawService): string[] {
  const check = { ...DEFAULTS, ...asMap(values.healthCheck) };
  const [interval, timeout, count] = [check.intervalSeconds, check.timeoutSeconds, check.healthyCount].map(asNumber);
  const path = ["services", name, "healthCheck"];
  const longest = Math.floor(MAX_CHECKING_SECONDS / count!);
  return [
    ...(timeout! >= interval!
      ? [problem([...path, "timeoutSeconds"], check.timeoutSeconds, `less than intervalSeconds, which is ${interval}`)]
      : []),
    ...(interval! > longest && count! >= 2 && count! <= 10
      ? [
          problem(
            [...path, "intervalSeconds"],
            interval,
            `at most ${longest}: ${count} checks have to pass within ${MAX_CHECKING_SECONDS} s`,
          ),
        ]
      : []),
  ];
}

function stopProblems({ name, values, kind, hasQueue }: RawService): string[] {
  const stop = asNumber(values.stopTimeoutSeconds ?? DEFAULTS.stopTimeoutSeconds);
  const queue = asMap(values.queue);
  const hidden = asNumber(queue.visibilityTimeoutSeconds ?? DEFAULTS.visibilityTimeoutSeconds);
  if (hasQueue && hidden < stop) {
    const wanted = `at least ${stop}, which is stopTimeoutSeconds: a message that takes so long would be given out twice`;
    return [problem(["services", name, "queue", "visibilityTimeoutSeconds"], queue.visibilityTimeoutSeconds, wanted)];
  }
  const delay = asNumber(values.deregistrationDelaySeconds ?? DEFAULTS.deregistrationDelaySeconds);
  const hasDelay = kind === "api" && values.streams === undefined;
  if (hasDelay && values.stopTimeoutSeconds !== undefined && stop > delay) {
    const wanted = `at most ${delay}, which is deregistrationDelaySeconds: requests that take longer are cut by the load balancer`;
    return [problem(["services", name, "stopTimeoutSeconds"], stop, wanted)];
  }
  return [];
}

/** A target group has one deregistration delay, for requests and streams alike (aws-rules E37). */
function streamProblems({ name, values, kind }: RawService): string[] {
  const { streams, deregistrationDelaySeconds: delay } = values;
  if (kind !== "api" || streams === undefined || delay === undefined) return [];
  const wanted =
    "no value beside streams: the deregistration delay is the longer of streams.within and stopTimeoutSeconds; leave this one out";
  return [problem(["services", name, "deregistrationDelaySeconds"], delay, wanted)];
}

/**
 * Problem of a ramp with `cutover: dns`: a weighted record whose weight becomes 0 is still served by some resolvers
 * (aws-rules R9).
 */
export function rampProblems(raw: Raw): string[] {
  const { ramp } = asMap(raw.deploy);
  if (raw.cutover !== "dns" || !Array.isArray(ramp) || ramp.length === 0) return [];
  return [problem(["deploy", "ramp"], ramp, "none with cutover: dns, which has no weights; take cutover: routed")];
}

/** The value as a number; NaN, with which every comparison is false, for any other type. */
function asNumber(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
