import type { CloudClock } from "../../kernel/clock";
import { checkHealth } from "./health-check";
import type { Target } from "./target";
import { afterCheck, type CheckOutcome, FIRST_CHECKS, type Health, REGISTERING } from "./target-health";
import type { HealthCheckConfig, ProtocolVersion } from "./types";

/** AWS seconds from registration to the first check. Our choice: AWS gives no number. */
const REGISTRATION_SECONDS = 1;

/**
 * Least real milliseconds between two checks of a healthy target. At more than 40 : 1 the interval of 10 AWS seconds is
 * shorter: there checks without news took a tenth of a processor for each service, and made everything else late.
 */
const LEAST_HEALTHY_INTERVAL_MS = 250;

/** Checks the targets of one target group, each at its own times. One checker serves all nodes. */
export class HealthChecker {
  readonly #running = new Map<Target, AbortController>();

  constructor(
    public config: HealthCheckConfig,
    private readonly protocolVersion: ProtocolVersion,
    private readonly clock: CloudClock,
    private readonly onHealth: (target: Target, health: Health) => void,
  ) {}

  /** Starts to check a target, which counts as new (aws-rules E29). Does nothing if the target is being checked. */
  start(target: Target): void {
    if (this.#running.has(target)) return;
    const controller = new AbortController();
    this.#running.set(target, controller);
    this.onHealth(target, REGISTERING);
    const start = () => {
      this.onHealth(target, FIRST_CHECKS);
      this.#check(target, controller.signal);
    };
    this.#after(start, REGISTRATION_SECONDS, controller.signal);
  }

  stop(target: Target): void {
    this.#running.get(target)?.abort();
    this.#running.delete(target);
  }

  #check(target: Target, signal: AbortSignal): void {
    const startedAtMs = Date.now();
    void checkHealth(target.config, this.config, this.protocolVersion, this.clock, signal).then((outcome) => {
      if (signal.aborted) return;
      if (outcome.kind === "passed") target.passedCheck(this.config.path);
      this.onHealth(target, afterCheck(target.health, outcome, this.config));
      // The interval counts from start to start.
      const elapsedMs = Date.now() - startedAtMs;
      const next = () => this.#check(target, signal);
      afterUnlessAborted(next, Math.max(0, this.#intervalMs(target, outcome) - elapsedMs), signal);
    });
  }

  #intervalMs(target: Target, outcome: CheckOutcome): number {
    const intervalMs = this.clock.realMs(this.config.intervalSeconds);
    const hasNoNews = outcome.kind === "passed" && target.health.state === "healthy";
    return hasNoNews ? Math.max(LEAST_HEALTHY_INTERVAL_MS, intervalMs) : intervalMs;
  }

  #after(action: () => void, awsSeconds: number, signal: AbortSignal): void {
    afterUnlessAborted(action, this.clock.realMs(awsSeconds), signal);
  }
}

function afterUnlessAborted(action: () => void, milliseconds: number, signal: AbortSignal): void {
  if (signal.aborted) return;
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", cancel);
    action();
  }, milliseconds);
  const cancel = () => clearTimeout(timer);
  signal.addEventListener("abort", cancel, { once: true });
}
