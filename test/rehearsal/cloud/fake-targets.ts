import type { RegisteredInstance, TargetRegistry } from "../../../rehearsal/cloud/kernel/ports";

type Health = ReturnType<TargetRegistry["health"]>[number];
const INITIAL = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};
const HEALTHY = { state: "healthy", reason: "", description: "" };
export const REFUSED = { state: "unhealthy", reason: "Target.FailedHealthChecks", description: "Health checks failed" };

/**
 * Target groups without load balancers: a target is healthy as long as something listens for its instance's host port, unless the test says otherwise.
 * It cannot prove anything about health checks or draining: those have tests of their own.
 */
export class FakeTargets implements TargetRegistry {
  readonly #groups = new Map<string, Map<string, Health>>();
  readonly #listeners = new Set<(arn: string) => void>();
  readonly endpoints = new Map<string, { address: string; port: number }>();
  /** Every call in order, such as `register blue i-1`. */
  readonly calls: string[] = [];
  vpcId = "vpc-1";
  /** What draining waits for. */
  drained: Promise<void> = Promise.resolve();

  constructor(readonly arns: string[]) {
    for (const arn of arns) this.#groups.set(arn, new Map());
  }

  targetGroup(arn: string) {
    return this.#groups.has(arn)
      ? { arn, name: arn, port: 8080, vpcId: this.vpcId, targetType: "instance" }
      : undefined;
  }

  register(arn: string, { instanceId }: RegisteredInstance): void {
    this.calls.push(`register ${arn} ${instanceId}`);
    const health = this.endpoints.has(`${instanceId}:8080`) ? HEALTHY : INITIAL;
    this.#groups.get(arn)!.set(instanceId, { targetId: instanceId, ...health });
    this.#notify(arn);
  }

  async deregister(arn: string, instanceId: string): Promise<void> {
    this.calls.push(`deregister ${arn} ${instanceId}`);
    const targets = this.#groups.get(arn)!;
    if (!targets.has(instanceId)) return;
    this.say(arn, instanceId, { state: "draining", reason: "Target.DeregistrationInProgress", description: "" });
    await this.drained;
    targets.delete(instanceId);
    this.#notify(arn);
  }

  health(arn: string): Health[] {
    return [...(this.#groups.get(arn)?.values() ?? [])];
  }

  onHealth(listener: (arn: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setEndpoint(instanceId: string, hostPort: number, endpoint: { address: string; port: number } | null): void {
    const key = `${instanceId}:${hostPort}`;
    if (endpoint) this.endpoints.set(key, endpoint);
    else this.endpoints.delete(key);
    for (const [arn, targets] of this.#groups) {
      if (targets.has(instanceId)) this.say(arn, instanceId, endpoint ? HEALTHY : REFUSED);
    }
  }

  /** Sets the health of one target. */
  say(arn: string, instanceId: string, health: Omit<Health, "targetId">): void {
    this.#groups.get(arn)!.set(instanceId, { targetId: instanceId, ...health });
    this.#notify(arn);
  }

  #notify(arn: string): void {
    for (const listener of this.#listeners) listener(arn);
  }
}
