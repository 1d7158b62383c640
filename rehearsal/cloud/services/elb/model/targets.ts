import type { MetricsMessage } from "../../../data-plane/load-balancer/traffic-counts";
import type {
  GatewayTimeout,
  IdleConnection,
  ShortKeepAlive,
  TargetHealth,
} from "../../../data-plane/load-balancer/types";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { RegisteredInstance, TargetEndpoint, TargetRegistry } from "../../../kernel/ports";
import { loadBalancersByTargetGroup } from "./associations";
import type { Endpoints } from "./endpoints";
import type { Draining, ElbState, TargetEntry, TargetGroupState } from "./state";
import { controlPlaneHealth, DRAINING, isGone, NOT_REGISTERED, REGISTERING, ZONE_NOT_ENABLED } from "./target-health";

/** Targets of one target group, and of all target groups of a load balancer together (E14). */
const MAX_TARGETS = 1000;
const MAX_TARGETS_PER_LOAD_BALANCER = 1000;

/** The instances that are registered with target groups, and their health. */
export class Targets implements TargetRegistry {
  readonly #context: CloudContext;
  readonly #state: ElbState;
  readonly #endpoints: Endpoints;
  readonly #send: (loadBalancerArn: string) => void;
  readonly #listeners = new Set<(targetGroupArn: string) => void>();

  /** @param send sends a load balancer's configuration to its data plane */
  constructor(context: CloudContext, state: ElbState, endpoints: Endpoints, send: (loadBalancerArn: string) => void) {
    this.#context = context;
    this.#state = state;
    this.#endpoints = endpoints;
    this.#send = send;
  }

  targetGroup(arn: string): TargetGroupState | undefined {
    return this.#state.targetGroups.get(arn);
  }

  /** @throws AwsError TargetGroupNotFound, InvalidTarget (E31), TooManyTargets (E14) */
  register(targetGroupArn: string, instance: RegisteredInstance): void {
    const group = this.#group(targetGroupArn);
    if (instance.vpcId !== group.vpcId) {
      throw new AwsError(
        "InvalidTarget",
        `The following targets are not in the target group VPC '${group.vpcId}': '${instance.instanceId}'`,
      );
    }
    const known = group.targets.get(instance.instanceId);
    if (known && !known.draining) return;
    if (group.targets.size >= MAX_TARGETS) {
      throw new AwsError("TooManyTargets", "You've reached the limit on the number of targets.");
    }
    if (!known && this.#targetsBeside(group) >= MAX_TARGETS_PER_LOAD_BALANCER) {
      throw new AwsError("TooManyTargets", "You've reached the limit on the number of targets per load balancer.");
    }
    known?.draining?.abort.abort();
    const entry: TargetEntry = { instance, health: NOT_REGISTERED, draining: null };
    group.targets.set(instance.instanceId, entry);
    this.#setHealth(group, entry, this.#controlPlaneHealth(group, entry) ?? REGISTERING);
    if (group.loadBalancerArn !== null) this.#send(group.loadBalancerArn);
  }

  /**
   * Deregisters a target, which stays `draining` until the deregistration delay is over, with or without requests in
   * flight (E37). Resolves then: Auto Scaling goes by the state (A9). Does nothing for an unregistered target, like
   * DeregisterTargets.
   * @throws AwsError TargetGroupNotFound
   */
  async deregister(targetGroupArn: string, instanceId: string): Promise<void> {
    const group = this.#group(targetGroupArn);
    const entry = group.targets.get(instanceId);
    if (!entry) return;
    if (!entry.draining) {
      if (group.loadBalancerArn === null || this.#controlPlaneHealth(group, entry)) {
        this.#remove(group, entry);
        return;
      }
      entry.draining = this.#drain(group, entry);
      this.#setHealth(group, entry, DRAINING);
      this.#send(group.loadBalancerArn);
    }
    await entry.draining.done;
  }

  /** Returns the number of targets of a group's load balancer; those of a group that no load balancer uses do not count. */
  #targetsBeside({ loadBalancerArn }: TargetGroupState): number {
    if (loadBalancerArn === null) return 0;
    const groups = [...this.#state.targetGroups.values()].filter((other) => other.loadBalancerArn === loadBalancerArn);
    return groups.reduce((sum, { targets }) => sum + targets.size, 0);
  }

  health(targetGroupArn: string): { targetId: string; state: string; reason: string; description: string }[] {
    const targets = [...(this.#state.targetGroups.get(targetGroupArn)?.targets.values() ?? [])];
    return targets.map(({ instance, health }) => ({ targetId: instance.instanceId, ...health }));
  }

  onHealth(listener: (targetGroupArn: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when EC2 has changed the state of an instance (E30). */
  instanceChanged(instanceId: string): void {
    for (const group of this.#state.targetGroups.values()) {
      const entry = group.targets.get(instanceId);
      const health = entry && isGone(entry) ? this.#controlPlaneHealth(group, entry) : undefined;
      if (!health) continue;
      this.#setHealth(group, entry!, health);
      if (group.loadBalancerArn !== null) this.#send(group.loadBalancerArn);
    }
  }

  setEndpoint(instanceId: string, hostPort: number, endpoint: TargetEndpoint | null): void {
    this.#endpoints.set(instanceId, hostPort, endpoint);
    const groups = [...this.#state.targetGroups.values()];
    const affected = groups.filter((group) => group.port === hostPort && group.targets.has(instanceId));
    for (const arn of new Set(affected.map((group) => group.loadBalancerArn))) if (arn !== null) this.#send(arn);
  }

  /**
   * Applies the results of a data plane's health checks. Ignores a load balancer that does not use the target group.
   */
  applyHealth(loadBalancerArn: string, changes: TargetHealth[]): void {
    for (const { targetGroupArn, targetId, ...health } of changes) {
      const group = this.#state.targetGroups.get(targetGroupArn);
      const entry = group?.targets.get(targetId);
      if (!group || !entry || group.loadBalancerArn !== loadBalancerArn) continue;
      if ((entry.draining !== null) !== (health.state === "draining")) continue;
      this.#setHealth(group, entry, this.#controlPlaneHealth(group, entry) ?? health);
    }
  }

  /** Records that a target closes idle connections before its load balancer does (E34). */
  reportKeepAlive(loadBalancerArn: string, { targetGroupArn, ...found }: ShortKeepAlive): void {
    const names = this.#namesOf(loadBalancerArn, targetGroupArn);
    if (!names) return;
    const { targetId, targetSeconds, idleTimeoutSeconds, evidence } = found;
    this.#context.emit({
      kind: "shortKeepAlive",
      atMs: Date.now(),
      ...names,
      targetId,
      targetSeconds,
      idleTimeoutSeconds,
      evidence,
    });
  }

  /** Records that a connection is left idle, or was kept as long as it has to be (E34). */
  reportIdle(loadBalancerArn: string, { targetGroupArn, targetId, state, idleTimeoutSeconds }: IdleConnection): void {
    const names = this.#namesOf(loadBalancerArn, targetGroupArn);
    if (names)
      this.#context.emit({ kind: "idleConnection", atMs: Date.now(), ...names, targetId, state, idleTimeoutSeconds });
  }

  /** Records how many requests an internal load balancer has sent to each target group since the last time. */
  reportRequests(loadBalancerArn: string, { buckets }: MetricsMessage): void {
    if (!this.#state.loadBalancers.get(loadBalancerArn)?.internal) return;
    for (const { targetGroupArn, requests } of buckets.flatMap(({ groups }) => groups)) {
      const names = this.#namesOf(loadBalancerArn, targetGroupArn);
      if (names) this.#context.emit({ kind: "internalRequests", atMs: Date.now(), ...names, requests });
    }
  }

  /** Records that a target did not answer a request in time (E35). */
  reportTimeout(loadBalancerArn: string, { targetGroupArn, ...found }: GatewayTimeout): void {
    const names = this.#namesOf(loadBalancerArn, targetGroupArn);
    if (!names) return;
    const { targetId, missing, method, path, waitedSeconds } = found;
    this.#context.emit({
      kind: "gatewayTimeout",
      atMs: Date.now(),
      ...names,
      targetId,
      missing,
      method,
      path,
      waitedSeconds,
    });
  }

  /** Undefined where one of them has been deleted meanwhile. */
  #namesOf(loadBalancerArn: string, targetGroupArn: string): { loadBalancer: string; targetGroup: string } | undefined {
    const group = this.#state.targetGroups.get(targetGroupArn);
    const loadBalancer = this.#state.loadBalancers.get(loadBalancerArn);
    return group && loadBalancer && { loadBalancer: loadBalancer.name, targetGroup: group.name };
  }

  /**
   * Updates each group's load balancer and the health of its targets. Call it after each change of listeners, rules or
   * load balancers.
   */
  reassess(): void {
    const loadBalancers = loadBalancersByTargetGroup(this.#state);
    for (const group of this.#state.targetGroups.values()) {
      const loadBalancerArn = loadBalancers.get(group.arn);
      const moved = loadBalancerArn !== undefined && loadBalancerArn !== group.loadBalancerArn;
      if (moved && group.loadBalancerArn !== null) this.#send(group.loadBalancerArn);
      if (moved) group.loadBalancerArn = loadBalancerArn;
      if (!this.#state.loadBalancers.has(group.loadBalancerArn ?? "")) group.loadBalancerArn = null;
      for (const entry of group.targets.values()) {
        const health = this.#controlPlaneHealth(group, entry);
        if (health) this.#setHealth(group, entry, health);
        else if (moved || entry.health === ZONE_NOT_ENABLED) this.#setHealth(group, entry, REGISTERING);
      }
    }
  }

  /** Ends every deregistration delay. */
  close(): void {
    for (const group of this.#state.targetGroups.values()) {
      for (const entry of group.targets.values()) entry.draining?.abort.abort();
    }
  }

  #controlPlaneHealth({ loadBalancerArn }: TargetGroupState, entry: TargetEntry): TargetEntry["health"] | undefined {
    return controlPlaneHealth(entry, this.#state.loadBalancers.get(loadBalancerArn ?? ""));
  }

  #drain(group: TargetGroupState, entry: TargetEntry): Draining {
    const abort = new AbortController();
    const done = this.#context.clock
      .sleep(group.settings.deregistrationDelaySeconds, abort.signal)
      .then(() => this.#remove(group, entry))
      // Only an abort ends the sleep early.
      .catch(() => undefined);
    return { done, abort };
  }

  #remove(group: TargetGroupState, entry: TargetEntry): void {
    group.targets.delete(entry.instance.instanceId);
    this.#setHealth(group, entry, NOT_REGISTERED);
    if (group.loadBalancerArn !== null) this.#send(group.loadBalancerArn);
  }

  #setHealth(group: TargetGroupState, entry: TargetEntry, health: TargetEntry["health"]): void {
    const { state, reason, description } = entry.health;
    const same = state === health.state && reason === health.reason && description === health.description;
    entry.health = health;
    if (same) return;
    const targetId = entry.instance.instanceId;
    this.#context.emit({
      kind: "target",
      atMs: Date.now(),
      targetGroup: group.name,
      targetId,
      state: health.state,
      reason: health.reason,
    });
    for (const listener of this.#listeners) listener(group.arn);
  }

  #group(arn: string): TargetGroupState {
    return orNotFound(this.#state.targetGroups.get(arn), "TargetGroupNotFound", "One or more target groups not found");
  }
}
