import type { CloudClock } from "../../kernel/clock";
import { CONNECT_SECONDS } from "./forward";
import { HealthChecker } from "./health-checker";
import { Target } from "./target";
import type { ConnectionTimes } from "./target-connections";
import { DRAINING, type Health, UNUSED } from "./target-health";
import { idleLimitMs } from "./time-limit";
import type {
  GatewayTimeout,
  IdleConnection,
  ShortKeepAlive,
  TargetConfig,
  TargetGroupConfig,
  TargetHealth,
} from "./types";

/** What a load balancer's process reports. */
export interface DataPlaneReports {
  /** A node follows rules that it did not follow at once (aws-rules E24). */
  ruleFollowed(address: string): void;
  health(change: TargetHealth): void;
  drained(targetGroupArn: string, targetId: string): void;
  /** A target closes idle connections before the load balancer does (aws-rules E34). */
  shortKeepAlive(found: ShortKeepAlive): void;
  /** How long a target keeps the connection that is left idle (aws-rules E34). */
  idleConnection(found: IdleConnection): void;
  /** A target did not answer a request in time (aws-rules E35). */
  gatewayTimeout(found: GatewayTimeout): void;
}

export interface TargetGroupEvents extends Omit<DataPlaneReports, "ruleFollowed"> {
  /** Other targets get requests than before. Resolves when every node knows them. */
  routable(targets: readonly Target[]): Promise<void>;
}

/** One target group: its targets, their health, and which of them get requests. */
export class TargetGroup {
  #config: TargetGroupConfig;
  readonly #targets = new Map<string, Target>();
  readonly #checker: HealthChecker;
  /** The targets that get requests. Nodes learn them after a while. */
  #routable: Target[] = [];
  /** Resolves when every node knows `#routable`. */
  #published: Promise<void> = Promise.resolve();
  #used = false;

  constructor(
    config: TargetGroupConfig,
    private readonly clock: CloudClock,
    private readonly events: TargetGroupEvents,
  ) {
    this.#config = config;
    this.#checker = new HealthChecker(config.healthCheck, config.protocolVersion, clock, (target, health) =>
      this.#setHealth(target, health),
    );
  }

  get arn(): string {
    return this.#config.arn;
  }

  /**
   * @param used whether any listener names the group; if not, its targets are `unused` and are not checked (E30)
   * @param idleTimeoutSeconds AWS seconds
   */
  update(config: TargetGroupConfig, used: boolean, idleTimeoutSeconds: number): void {
    this.#config = config;
    this.#used = used;
    this.#checker.config = config.healthCheck;
    const limits = {
      idleMs: idleLimitMs(this.clock, idleTimeoutSeconds),
      keepAliveMs: idleTimeoutSeconds * 1000,
      connectMs: idleLimitMs(this.clock, CONNECT_SECONDS),
    };
    const wanted = new Map(config.targets.map((target) => [keyOf(target), target]));
    for (const [key, target] of this.#targets) if (!wanted.has(key)) this.#remove(key, target);
    for (const [key, targetConfig] of wanted) this.#updateTarget(key, targetConfig, limits);
  }

  setUsed(used: boolean): void {
    this.#used = used;
    for (const target of this.#targets.values()) this.#reconcile(target);
  }

  /** Called when the group is deleted, which needs no deregistration (E39). Requests in flight may end. */
  close(): void {
    for (const target of this.#targets.values()) {
      this.#checker.stop(target);
      target.retire();
    }
  }

  #updateTarget(key: string, config: TargetConfig, limits: ConnectionTimes): void {
    let target = this.#targets.get(key);
    if (!target) {
      target = new Target(
        config,
        { ...limits },
        {
          drained: () => this.events.drained(this.arn, config.id),
          shortKeepAlive: (found) =>
            this.events.shortKeepAlive({ targetGroupArn: this.arn, targetId: config.id, ...found }),
          idleConnection: (found) =>
            this.events.idleConnection({ targetGroupArn: this.arn, targetId: config.id, ...found }),
          gatewayTimeout: (found) =>
            this.events.gatewayTimeout({ targetGroupArn: this.arn, targetId: config.id, ...found }),
        },
        this.#config.protocolVersion,
      );
      this.#targets.set(key, target);
    }
    target.update(config, limits);
    this.#reconcile(target);
  }

  /** Drains a target, checks it or marks it as unused. */
  #reconcile(target: Target): void {
    if (target.config.draining) {
      if (target.health.state === "draining") return;
      this.#checker.stop(target);
      this.#setHealth(target, DRAINING);
      target.drain(this.clock.realMs(this.#config.deregistrationDelaySeconds), this.#published);
      return;
    }
    target.stopDraining();
    if (this.#used) {
      this.#checker.start(target);
    } else {
      this.#checker.stop(target);
      this.#setHealth(target, UNUSED);
    }
  }

  #remove(key: string, target: Target): void {
    this.#checker.stop(target);
    this.#targets.delete(key);
    this.#route();
    target.remove();
  }

  /** Tells the nodes when other targets are to get requests. */
  #route(): void {
    const routable = routableOf([...this.#targets.values()]);
    if (routable.length === this.#routable.length && routable.every((target) => this.#routable.includes(target)))
      return;
    this.#routable = routable;
    this.#published = this.events.routable(routable);
  }

  #setHealth(target: Target, health: Health): void {
    const reported = target.isReported ? target.health : undefined;
    target.health = health;
    target.isReported = true;
    this.#route();
    const { state, reason, description } = health;
    if (reported?.state === state && reported.reason === reason && reported.description === description) return;
    this.events.health({ targetGroupArn: this.arn, targetId: target.config.id, state, reason, description });
  }
}

/**
 * Returns the targets that get requests: the healthy ones or, if none is healthy, all unhealthy ones (fail open, E32).
 * New, unused and draining targets get none (E33, E37).
 */
export function routableOf<T extends { health: Pick<Health, "state"> }>(targets: readonly T[]): T[] {
  const inState = (state: string) => targets.filter((target) => target.health.state === state);
  const healthy = inState("healthy");
  return healthy.length > 0 ? healthy : inState("unhealthy");
}

/** An instance can be registered with several ports. */
function keyOf(target: TargetConfig): string {
  return `${target.id}:${target.port}`;
}
