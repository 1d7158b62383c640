import { request } from "node:http";
import type { CloudClock } from "../../kernel/clock";
import type { CheckOutcome } from "./target-health";
import { timeLimitMs } from "./time-limit";
import type { HealthCheckConfig, TargetConfig } from "./types";

/** User agent of health checks (aws-rules E28). */
export const ELB_HEALTH_CHECKER = "ELB-HealthChecker/2.0";

/** A status code or a range of them in a matcher. */
const CODES = /^(\d{3})(?:-(\d{3}))?$/;

/**
 * Checks one target once, over a new connection. Never rejects.
 * The Host header is the target's address and port, not the public name (aws-rules E28).
 */
export function checkHealth(
  target: TargetConfig,
  check: HealthCheckConfig,
  clock: CloudClock,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  if (!target.reachable) return timeoutAfter(clock.realMs(check.timeoutSeconds), signal);
  const { endpoint } = target;
  if (!endpoint) return Promise.resolve({ kind: "failed" });

  return new Promise((resolve) => {
    const limit = setTimeout(() => settle({ kind: "timeout" }), timeLimitMs(clock, check.timeoutSeconds));
    const sent = request({
      host: endpoint.address,
      port: endpoint.port,
      path: check.path,
      headers: { Host: `${endpoint.address}:${target.port}`, "User-Agent": ELB_HEALTH_CHECKER, Connection: "close" },
      agent: false,
      signal,
    });
    const settle = (outcome: CheckOutcome) => {
      clearTimeout(limit);
      resolve(outcome);
      sent.destroy();
    };
    sent.on("error", () => settle({ kind: "failed" }));
    sent.on("response", (answer) => {
      const status = endpoint.failure?.healthChecks ? endpoint.failure.status : (answer.statusCode ?? 0);
      // The body is read to its end: a target that cannot finish its response is not healthy.
      answer.on("error", () => settle({ kind: "failed" }));
      answer.on("end", () =>
        settle(parseSuccessCodes(check.matcher)(status) ? { kind: "passed" } : { kind: "codeMismatch", status }),
      );
      answer.resume();
    });
    sent.end();
  });
}

/** Returns a timeout after the whole time limit: there is no response to a packet that a security group drops (E9). */
function timeoutAfter(milliseconds: number, signal: AbortSignal): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve({ kind: "timeout" });
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}

/**
 * Parses a health check's matcher. Returns a function that is true for the status codes that pass.
 * @param matcher as AWS writes it: "200", "200-299", "200,202"; codes 200-499 (aws-rules E26)
 * @throws Error for any other matcher, which the control plane has already refused
 */
export function parseSuccessCodes(matcher: string): (status: number) => boolean {
  const ranges = matcher.split(",").map((part) => {
    const found = CODES.exec(part.trim());
    const low = Number(found?.[1]);
    const high = Number(found?.[2] ?? found?.[1]);
    if (!found || low < 200 || high > 499 || low > high) {
      throw new Error(`Health check matcher "${matcher}": "${part}" is not a code from 200 to 499 nor a range of them`);
    }
    return { low, high };
  });
  return (status) => ranges.some(({ low, high }) => low <= status && status <= high);
}
