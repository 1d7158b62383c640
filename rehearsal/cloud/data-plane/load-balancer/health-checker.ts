import type { Pace } from "./cloud-clock";
import { checkHealth } from "./health-check";
import type { Target } from "./target";
import { afterCheck, FIRST_CHECKS, type Health, REGISTERING } from "./target-health";
import type { HealthCheckConfig } from "./types";

/** AWS seconds from registration to the first check. Our choice: AWS says only that registering takes a moment. */
const REGISTRATION_SECONDS = 1;

/** Checks the targets of one target group, each in its own rhythm, one checker for all nodes. */
export class HealthChecker {
  readonly #running = new Map<Target, AbortController>();

  constructor(
    public config: HealthCheckConfig,
    private readonly pace: Pace,
    private readonly onHealth: (target: Target, health: Health) => void,
  ) {}

  /** Starts over as a new target (aws-rules E29). No effect on a target that is being checked. */
  watch(target: Target): void {
    if (this.#running.has(target)) return;
    const controller = new AbortController();
    this.#running.set(target, controller);
    this.onHealth(target, REGISTERING);
    const start = () => {
      this.onHealth(target, FIRST_CHECKS);
      this.#check(target, controller.signal);
    };
    this.#later(start, REGISTRATION_SECONDS, controller.signal);
  }

  unwatch(target: Target): void {
    this.#running.get(target)?.abort();
    this.#running.delete(target);
  }

  #check(target: Target, signal: AbortSignal): void {
    const startedAtMs = Date.now();
    void checkHealth(target.config, this.config, this.pace, signal).then((outcome) => {
      if (signal.aborted) return;
      this.onHealth(target, afterCheck(target.health, outcome, this.config));
      // The interval counts from start to start.
      const spent = Date.now() - startedAtMs;
      const next = () => this.#check(target, signal);
      setUnlessAborted(next, Math.max(0, this.pace.milliseconds(this.config.intervalSeconds) - spent), signal);
    });
  }

  #later(action: () => void, awsSeconds: number, signal: AbortSignal): void {
    setUnlessAborted(action, this.pace.milliseconds(awsSeconds), signal);
  }
}

function setUnlessAborted(action: () => void, milliseconds: number, signal: AbortSignal): void {
  if (signal.aborted) return;
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", cancel);
    action();
  }, milliseconds);
  const cancel = () => clearTimeout(timer);
  signal.addEventListener("abort", cancel, { once: true });
}
