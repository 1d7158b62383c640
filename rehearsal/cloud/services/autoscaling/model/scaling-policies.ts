import type { CloudContext } from "../../../kernel/context";
import { CpuMeter } from "./cpu-meter";
import type { Group } from "./group";
import { isLeaving } from "./member";
import { POINTS_KEPT, wantedSize } from "./target-tracking";

/** One point of a metric. AWS seconds. */
const PERIOD_SECONDS = 60;

/** Target tracking of the average CPU of a group's instances; other policies and metrics are not modelled. */
export interface ScalingPolicy {
  arn: string;
  name: string;
  groupName: string;
  targetPercent: number;
  disableScaleIn: boolean;
  /** AWS seconds from InService until an instance's CPU counts. On AWS that is so only for instances that a policy launched, here for all. */
  warmupSeconds: number;
  enabled: boolean;
}

interface Parts {
  context: CloudContext;
  /** @throws AwsError `ValidationError` */
  group(name: string): Group;
  processIds(instanceId: string): number[];
}

/** The scaling policies of all groups, looked at once a minute while there is one. */
export class ScalingPolicies {
  readonly #parts: Parts;
  readonly #policies = new Map<string, { policy: ScalingPolicy; points: number[] }>();
  readonly #closing = new AbortController();
  #isRunning = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Adds a policy, or changes the one of that name.
   *
   * @throws AwsError `ValidationError` without such a group
   */
  put(wanted: Omit<ScalingPolicy, "arn">): ScalingPolicy {
    this.#parts.group(wanted.groupName);
    const key = keyOf(wanted);
    const policy = { ...wanted, arn: this.#policies.get(key)?.policy.arn ?? this.#newArn(wanted) };
    this.#policies.set(key, { policy, points: [] });
    if (!this.#isRunning) void this.#run();
    return policy;
  }

  find(groupName: string, name: string): ScalingPolicy | undefined {
    return this.#policies.get(keyOf({ groupName, name }))?.policy;
  }

  /** Of one group. */
  of(groupName: string): ScalingPolicy[] {
    return [...this.#policies.values()].map(({ policy }) => policy).filter((policy) => policy.groupName === groupName);
  }

  delete(groupName: string, name: string): void {
    this.#policies.delete(keyOf({ groupName, name }));
  }

  /** A group's policies go with it. */
  forgetGroup(groupName: string): void {
    for (const [key, { policy }] of this.#policies) if (policy.groupName === groupName) this.#policies.delete(key);
  }

  close(): void {
    this.#closing.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const meter = new CpuMeter();
    while (this.#policies.size > 0) {
      try {
        await this.#parts.context.clock.sleep(PERIOD_SECONDS, this.#closing.signal);
      } catch {
        return;
      }
      this.#lookAtAll(meter.next());
    }
    this.#isRunning = false;
  }

  /** Of several policies of a group the one that wants most decides, as on AWS. */
  #lookAtAll(busy: (processIds: number[]) => number): void {
    const wanted = new Map<string, { size: number; policy: ScalingPolicy; percent: number }>();
    for (const { policy, points } of this.#policies.values()) {
      if (!policy.enabled) continue;
      const group = this.#parts.group(policy.groupName);
      const size = this.#look(policy, points, group, busy);
      if (size > (wanted.get(group.name)?.size ?? -1)) {
        wanted.set(group.name, { size, policy, percent: points.at(-1) ?? 0 });
      }
    }
    for (const { size, policy, percent } of wanted.values()) this.#scale(policy, size, percent);
  }

  #look(policy: ScalingPolicy, points: number[], group: Group, busy: (processIds: number[]) => number): number {
    const warmSinceMs = Date.now() - this.#parts.context.clock.realMs(policy.warmupSeconds);
    const members = group.members.filter((member) => !isLeaving(member));
    const measured = members.filter(({ inServiceAtMs }) => inServiceAtMs !== undefined && inServiceAtMs <= warmSinceMs);
    if (measured.length === 0) {
      points.length = 0;
      return group.settings.desiredCapacity;
    }
    const percents = measured.map(({ instance }) => busy(this.#parts.processIds(instance.instanceId)));
    points.push(percents.reduce((sum, percent) => sum + percent, 0) / percents.length);
    if (points.length > POINTS_KEPT) points.shift();
    return wantedSize({
      ...policy,
      points,
      desired: group.settings.desiredCapacity,
      measured: measured.length,
      isGrowing: measured.length < members.length || members.length < group.settings.desiredCapacity,
    });
  }

  #scale({ name, groupName, targetPercent }: ScalingPolicy, size: number, percent: number): void {
    const group = this.#parts.group(groupName);
    const { minSize, maxSize, desiredCapacity } = group.settings;
    const next = Math.min(maxSize, Math.max(minSize, size));
    if (next === desiredCapacity) return;
    this.#parts.context.log(
      `Auto Scaling group ${groupName} goes from ${desiredCapacity} to ${next}: CPU ${percent.toFixed(0)} %, target ${targetPercent} %`,
    );
    const alarm = `TargetTracking-${groupName}-${next > desiredCapacity ? "AlarmHigh" : "AlarmLow"}`;
    group.scaleTo(
      next,
      `a monitor alarm ${alarm} in state ALARM triggered policy ${name} changing the desired capacity from ${desiredCapacity} to ${next}`,
    );
  }

  #newArn({ groupName, name }: { groupName: string; name: string }): string {
    const { region, accountId, random } = this.#parts.context;
    const uuid = [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join("-");
    return `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${uuid}:autoScalingGroupName/${groupName}:policyName/${name}`;
  }
}

function keyOf({ groupName, name }: { groupName: string; name: string }): string {
  return `${groupName}/${name}`;
}
