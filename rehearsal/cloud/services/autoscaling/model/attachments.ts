import type { RegisteredInstance, TargetRegistry } from "../../../kernel/ports";

/** ELB states of an attachment (aws-rules A4); `InService` once any instance has passed, from then on all are judged (A6). */
export type AttachmentState = "Adding" | "Added" | "InService" | "Removing";

/** The target groups of one Auto Scaling group. */
export class Attachments {
  readonly #targets: TargetRegistry;
  readonly #states = new Map<string, AttachmentState>();

  constructor(targets: TargetRegistry) {
    this.#targets = targets;
  }

  get states(): ReadonlyMap<string, AttachmentState> {
    return this.#states;
  }

  /** Those whose members are, or are to be, registered. */
  get active(): string[] {
    return [...this.#states].filter(([, state]) => state !== "Removing").map(([arn]) => arn);
  }

  attach(arn: string, instances: RegisteredInstance[]): void {
    this.#states.set(arn, "Adding");
    for (const instance of instances) this.#targets.register(arn, instance);
    this.#states.set(arn, "Added");
    this.observe(arn);
  }

  /** Resolves when every instance has drained. */
  async detach(arn: string, instances: RegisteredInstance[]): Promise<void> {
    this.#states.set(arn, "Removing");
    await Promise.all(instances.map(({ instanceId }) => this.#drain(arn, instanceId)));
    if (this.#states.get(arn) === "Removing") this.#states.delete(arn);
  }

  /** Called when a target group's health may have changed. */
  observe(arn: string): void {
    if (this.#states.get(arn) !== "Added") return;
    if (this.#targets.health(arn).some(({ state }) => state === "healthy")) this.#states.set(arn, "InService");
  }

  /** @throws AwsError where a target group refuses the instance (E31) */
  register(instance: RegisteredInstance): void {
    for (const arn of this.active) this.#targets.register(arn, instance);
  }

  /** From all groups at once; resolves when the last has drained (A9). */
  async deregister(instanceId: string): Promise<void> {
    await Promise.all([...this.#states.keys()].map((arn) => this.#drain(arn, instanceId)));
  }

  /** What a group that counts says against an instance; undefined if none does (A5, A6). */
  verdictAgainst(instanceId: string): { arn: string; reason: string; description: string } | undefined {
    for (const [arn, state] of this.#states) {
      if (state !== "InService") continue;
      const target = this.#targets.health(arn).find(({ targetId }) => targetId === instanceId);
      if (target?.state === "unhealthy") return { arn, reason: target.reason, description: target.description };
    }
    return undefined;
  }

  /** Every state that is not healthy, of one instance: for messages. */
  complaints(instanceId: string): string[] {
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

  /** True if no group that lists the instance reports it other than healthy; a group that does not list it yet says nothing (A16). */
  callsHealthy(instanceId: string): boolean {
    return this.active.every((arn) =>
      this.#targets.health(arn).every(({ targetId, state }) => targetId !== instanceId || state === "healthy"),
    );
  }

  /** A target group that was deleted meanwhile has nothing left to drain. */
  async #drain(arn: string, instanceId: string): Promise<void> {
    if (this.#targets.targetGroup(arn)) await this.#targets.deregister(arn, instanceId);
  }
}
