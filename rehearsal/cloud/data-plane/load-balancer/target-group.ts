import { RoundRobin } from "./choice";
import type { Pace } from "./cloud-clock";
import { CONNECT_SECONDS } from "./forward";
import { HealthChecker } from "./health-checker";
import { Target } from "./target";
import { DRAINING, type Health, UNUSED } from "./target-health";
import type { TargetConfig, TargetGroupConfig, TargetHealth } from "./types";

export interface TargetGroupEvents {
  health(change: TargetHealth): void;
  drained(targetGroupArn: string, targetId: string): void;
}

/** One target group: its targets, their health, and whose turn it is. */
export class TargetGroup {
  readonly #targets = new Map<string, Target>();
  readonly #checker: HealthChecker;
  readonly #turns = new RoundRobin();
  /** Whose turn it can be. Worked out again only when a state changes, not per request. */
  #routable: Target[] = [];
  #used = false;

  constructor(
    private config: TargetGroupConfig,
    private readonly pace: Pace,
    private readonly events: TargetGroupEvents,
  ) {
    this.#checker = new HealthChecker(config.healthCheck, pace, (target, health) => this.#setHealth(target, health));
  }

  get arn(): string {
    return this.config.arn;
  }

  /**
   * @param used whether any listener names the group; if not, its targets are `unused` and nobody checks them (E30)
   * @param idleTimeoutSeconds AWS seconds
   */
  update(config: TargetGroupConfig, used: boolean, idleTimeoutSeconds: number): void {
    this.config = config;
    this.#used = used;
    this.#checker.config = config.healthCheck;
    const limits = {
      idleMs: this.pace.patience(idleTimeoutSeconds),
      connectMs: this.pace.patience(CONNECT_SECONDS),
    };
    const wanted = new Map(config.targets.map((target) => [keyOf(target), target]));
    for (const [key, target] of this.#targets) if (!wanted.has(key)) this.#remove(key, target);
    for (const [key, targetConfig] of wanted) this.#updateTarget(key, targetConfig, limits);
  }

  setUsed(used: boolean): void {
    this.#used = used;
    for (const target of this.#targets.values()) this.#reconcile(target);
  }

  /** The next target, or undefined when there is none to send to: 503 (E33). */
  pick(): Target | undefined {
    return this.#turns.next(this.#routable);
  }

  /** The group is deleted, which needs no deregistration (E39): requests that old rules have sent to it may end. */
  close(): void {
    for (const target of this.#targets.values()) {
      this.#checker.unwatch(target);
      target.retire();
    }
  }

  #updateTarget(key: string, config: TargetConfig, limits: { idleMs: number; connectMs: number }): void {
    let target = this.#targets.get(key);
    if (!target) {
      target = new Target(config, { ...limits }, () => this.events.drained(this.arn, config.id));
      this.#targets.set(key, target);
    }
    target.update(config, limits);
    this.#reconcile(target);
  }

  /** What is to happen with a target: drained, left alone or checked. */
  #reconcile(target: Target): void {
    if (target.config.draining) {
      if (target.health.state === "draining") return;
      this.#checker.unwatch(target);
      this.#setHealth(target, DRAINING);
      target.drain(this.pace.milliseconds(this.config.deregistrationDelaySeconds));
      return;
    }
    target.stopDraining();
    if (this.#used) {
      this.#checker.watch(target);
    } else {
      this.#checker.unwatch(target);
      this.#setHealth(target, UNUSED);
    }
  }

  #remove(key: string, target: Target): void {
    this.#checker.unwatch(target);
    this.#targets.delete(key);
    this.#routable = routableOf([...this.#targets.values()]);
    target.remove();
  }

  #setHealth(target: Target, health: Health): void {
    const told = target.told ? target.health : undefined;
    target.health = health;
    target.told = true;
    this.#routable = routableOf([...this.#targets.values()]);
    const { state, reason, description } = health;
    if (told?.state === state && told.reason === reason && told.description === description) return;
    this.events.health({ targetGroupArn: this.arn, targetId: target.config.id, state, reason, description });
  }
}

/**
 * Healthy targets; if there is none but unhealthy ones, all of those (fail open, E32). New, unused and draining targets
 * get nothing (E33, E37).
 */
export function routableOf<T extends { health: Pick<Health, "state"> }>(targets: readonly T[]): T[] {
  const inState = (state: string) => targets.filter((target) => target.health.state === state);
  const healthy = inState("healthy");
  return healthy.length > 0 ? healthy : inState("unhealthy");
}

/** One instance can be registered with several ports. */
function keyOf(target: TargetConfig): string {
  return `${target.id}:${target.port}`;
}
