import type { RegisteredInstance, TargetRegistry } from "../../../kernel/ports";

/**
 * The states of an attached target group (aws-rules A4). It is `InService` after one instance has passed; then the
 * health of all instances counts (A6).
 */
export type AttachmentState = "Adding" | "Added" | "InService" | "Removing";

/** The target groups that are attached to one Auto Scaling group. */
export class Attachments {
  readonly #targets: TargetRegistry;
  readonly #states = new Map<string, AttachmentState>();

  constructor(targets: TargetRegistry) {
    this.#targets = targets;
  }

  get states(): ReadonlyMap<string, AttachmentState> {
    return this.#states;
  }

  /** The target groups with which the instances are registered. */
  get active(): string[] {
    return [...this.#states].filter(([, state]) => state !== "Removing").map(([arn]) => arn);
  }

  attach(arn: string, instances: RegisteredInstance[]): void {
    this.#states.set(arn, "Adding");
    for (const instance of instances) this.#targets.register(arn, instance);
    this.#states.set(arn, "Added");
    this.updateState(arn);
  }

  /** Detaches a target group. Resolves when every instance has drained. */
  async detach(arn: string, instances: RegisteredInstance[]): Promise<void> {
    this.#states.set(arn, "Removing");
    await Promise.all(instances.map(({ instanceId }) => this.#drain(arn, instanceId)));
    if (this.#states.get(arn) === "Removing") this.#states.delete(arn);
  }

  /** Called when the health of a target group may have changed. */
  updateState(arn: string): void {
    if (this.#states.get(arn) !== "Added") return;
    if (this.#targets.health(arn).some(({ state }) => state === "healthy")) this.#states.set(arn, "InService");
  }

  /**
   * Registers an instance with all target groups.
   * @throws AwsError if a target group refuses the instance (E31)
   */
  register(instance: RegisteredInstance): void {
    for (const arn of this.active) this.#targets.register(arn, instance);
  }

  /** Deregisters an instance from all target groups at once. Resolves when the last has drained it (A9). */
  async deregister(instanceId: string): Promise<void> {
    await Promise.all([...this.#states.keys()].map((arn) => this.#drain(arn, instanceId)));
  }

  /**
   * Returns the health of an instance in an `InService` target group that reports it as unhealthy; undefined if none
   * does (A5, A6).
   */
  unhealthyReport(instanceId: string): { arn: string; reason: string; description: string } | undefined {
    for (const [arn, state] of this.#states) {
      if (state !== "InService") continue;
      const target = this.#targets.health(arn).find(({ targetId }) => targetId === instanceId);
      if (target?.state === "unhealthy") return { arn, reason: target.reason, description: target.description };
    }
    return undefined;
  }

  /** Returns the states of one instance that are not healthy, for messages. */
  describeUnhealthy(instanceId: string): string[] {
    return this.active.flatMap((arn) => {
      const name = this.#targets.targetGroup(arn)?.name ?? arn;
      return this.#targets
        .health(arn)
        .filter((target) => target.targetId === instanceId && target.state !== "healthy")
        .map(({ state, reason, description }) =>
          [`target group ${name}: ${state}`, reason, description].filter(Boolean).join(", "),
        );
    });
  }

  /**
   * True unless a target group lists the instance as not healthy. A group that does not list it yet does not count
   * (A16).
   */
  isHealthy(instanceId: string): boolean {
    return this.active.every((arn) =>
      this.#targets.health(arn).every(({ targetId, state }) => targetId !== instanceId || state === "healthy"),
    );
  }

  /** Deregisters and drains an instance. A target group that was deleted meanwhile has nothing to drain. */
  async #drain(arn: string, instanceId: string): Promise<void> {
    if (this.#targets.targetGroup(arn)) await this.#targets.deregister(arn, instanceId);
  }
}
