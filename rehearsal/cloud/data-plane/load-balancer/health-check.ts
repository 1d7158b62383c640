import { request } from "node:http";
import type { Pace } from "./cloud-clock";
import { parseSuccessCodes } from "./success-codes";
import type { CheckOutcome } from "./target-health";
import type { HealthCheckConfig, TargetConfig } from "./types";

const USER_AGENT = "ELB-HealthChecker/2.0";

/**
 * Checks one target once, over a connection of its own. Never rejects.
 * The Host header is the target's address and port, not the public name (aws-rules E28).
 */
export function checkHealth(
  target: TargetConfig,
  check: HealthCheckConfig,
  pace: Pace,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  if (!target.reachable) return timeoutAfter(pace.milliseconds(check.timeoutSeconds), signal);
  const { endpoint } = target;
  if (!endpoint) return Promise.resolve({ kind: "failed" });

  return new Promise((resolve) => {
    const limit = setTimeout(() => settle({ kind: "timeout" }), pace.patience(check.timeoutSeconds));
    const asked = request({
      host: endpoint.address,
      port: endpoint.port,
      path: check.path,
      headers: { Host: `${endpoint.address}:${target.port}`, "User-Agent": USER_AGENT, Connection: "close" },
      agent: false,
      signal,
    });
    const settle = (outcome: CheckOutcome) => {
      clearTimeout(limit);
      resolve(outcome);
      asked.destroy();
    };
    asked.on("error", () => settle({ kind: "failed" }));
    asked.on("response", (answer) => {
      const status = endpoint.failure?.healthChecks ? endpoint.failure.status : (answer.statusCode ?? 0);
      // The body is read to its end: a target that cannot finish its answer is not healthy.
      answer.on("error", () => settle({ kind: "failed" }));
      answer.on("end", () =>
        settle(parseSuccessCodes(check.matcher)(status) ? { kind: "passed" } : { kind: "codeMismatch", status }),
      );
      answer.resume();
    });
    asked.end();
  });
}

/** A packet that a security group drops brings no answer at all: the whole timeout passes (E9). */
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
