import type { TargetHealth } from "../../../data-plane/load-balancer/types";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { RegisteredInstance, TargetRegistry } from "../../../kernel/ports";
import { loadBalancersByTargetGroup } from "./associations";
import { servesZone } from "./configuration";
import type { Endpoint, Endpoints } from "./endpoints";
import type { Draining, ElbState, TargetEntry, TargetGroupState } from "./state";
import { DRAINING, NOT_IN_USE, NOT_REGISTERED, REGISTERING, ZONE_NOT_ENABLED } from "./target-words";

/** E14: targets of one group. */
const MAX_TARGETS = 1000;

/** The instances that are registered with target groups, and their health. */
export class Targets implements TargetRegistry {
  readonly #context: CloudContext;
  readonly #state: ElbState;
  readonly #endpoints: Endpoints;
  readonly #send: (loadBalancerArn: string) => void;
  readonly #listeners = new Set<(targetGroupArn: string) => void>();

  /** @param send tells a load balancer's data plane of a change */
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
    known?.draining?.abort.abort();
    const entry: TargetEntry = { instance, health: NOT_REGISTERED, draining: null };
    group.targets.set(instance.instanceId, entry);
    this.#setHealth(group, entry, this.#ownWord(group, entry) ?? REGISTERING);
    if (group.home !== null) this.#send(group.home);
  }

  /**
   * Resolves when nothing is in flight any more or the delay is over; the state shows `draining` until the delay is over (E37).
   * A target that is not registered is no error, as with DeregisterTargets.
   * @throws AwsError TargetGroupNotFound
   */
  async deregister(targetGroupArn: string, instanceId: string): Promise<void> {
    const group = this.#group(targetGroupArn);
    const entry = group.targets.get(instanceId);
    if (!entry) return;
    if (!entry.draining) {
      if (group.home === null || this.#ownWord(group, entry)) {
        this.#remove(group, entry);
        return;
      }
      entry.draining = this.#drain(group, entry);
      this.#setHealth(group, entry, DRAINING);
      this.#send(group.home);
    }
    await entry.draining.done;
  }

  health(targetGroupArn: string): { targetId: string; state: string; reason: string; description: string }[] {
    const targets = [...(this.#state.targetGroups.get(targetGroupArn)?.targets.values() ?? [])];
    return targets.map(({ instance, health }) => ({ targetId: instance.instanceId, ...health }));
  }

  onHealth(listener: (targetGroupArn: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setEndpoint(instanceId: string, hostPort: number, endpoint: Endpoint | null): void {
    this.#endpoints.set(instanceId, hostPort, endpoint);
    const groups = [...this.#state.targetGroups.values()];
    const concerned = groups.filter((group) => group.port === hostPort && group.targets.has(instanceId));
    for (const home of new Set(concerned.map((group) => group.home))) if (home !== null) this.#send(home);
  }

  /** Takes what a data plane found out. Only the load balancer that the group belongs to has a say. */
  takeHealth(loadBalancerArn: string, changes: TargetHealth[]): void {
    for (const { targetGroupArn, targetId, ...health } of changes) {
      const group = this.#state.targetGroups.get(targetGroupArn);
      const entry = group?.targets.get(targetId);
      if (!group || !entry || group.home !== loadBalancerArn) continue;
      if ((entry.draining !== null) !== (health.state === "draining")) continue;
      this.#setHealth(group, entry, this.#ownWord(group, entry) ?? health);
    }
  }

  takeDrained(targetGroupArn: string, targetId: string): void {
    this.#state.targetGroups.get(targetGroupArn)?.targets.get(targetId)?.draining?.drained();
  }

  /** After rules or load balancers changed: gives groups their load balancer, and words to targets that no data plane knows. */
  reassess(): void {
    const users = loadBalancersByTargetGroup(this.#state);
    for (const group of this.#state.targetGroups.values()) {
      const user = users.get(group.arn);
      const moved = user !== undefined && user !== group.home;
      if (moved && group.home !== null) this.#send(group.home);
      if (moved) group.home = user;
      if (group.home !== null && !this.#state.loadBalancers.has(group.home)) group.home = null;
      for (const entry of group.targets.values()) {
        const word = this.#ownWord(group, entry);
        if (word) this.#setHealth(group, entry, word);
        else if (moved || entry.health === ZONE_NOT_ENABLED) this.#setHealth(group, entry, REGISTERING);
      }
    }
  }

  /** Ends every wait; nothing drains any more. */
  close(): void {
    for (const group of this.#state.targetGroups.values()) {
      for (const entry of group.targets.values()) entry.draining?.abort.abort();
    }
  }

  /** What the control plane says without asking: no data plane knows the target. */
  #ownWord(group: TargetGroupState, entry: TargetEntry): TargetEntry["health"] | undefined {
    const loadBalancer = group.home === null ? undefined : this.#state.loadBalancers.get(group.home);
    if (entry.draining) return DRAINING;
    if (!loadBalancer) return NOT_IN_USE;
    return servesZone(loadBalancer, entry) ? undefined : ZONE_NOT_ENABLED;
  }

  #drain(group: TargetGroupState, entry: TargetEntry): Draining {
    let drained = () => {};
    const done = new Promise<void>((resolve) => {
      drained = resolve;
    });
    const abort = new AbortController();
    this.#context.clock
      .sleep(group.settings.deregistrationDelaySeconds, abort.signal)
      .then(() => this.#remove(group, entry))
      // Only an abort ends the sleep early.
      .catch(() => undefined)
      .finally(drained);
    return { done, drained, abort };
  }

  #remove(group: TargetGroupState, entry: TargetEntry): void {
    group.targets.delete(entry.instance.instanceId);
    this.#setHealth(group, entry, NOT_REGISTERED);
    if (group.home !== null) this.#send(group.home);
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
    const group = this.#state.targetGroups.get(arn);
    if (!group) throw new AwsError("TargetGroupNotFound", "One or more target groups not found");
    return group;
  }
}
