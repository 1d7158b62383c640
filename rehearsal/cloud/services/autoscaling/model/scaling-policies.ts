import type { CloudContext } from "../../../kernel/context";
import { CpuMeter } from "./cpu-meter";
import type { Group } from "./group";
import { isTerminating, type Member } from "./member";
import { desiredSize, POINTS_KEPT } from "./target-tracking";
import { checkMetric, sharers, type TrackedMetric } from "./tracked-metric";

/** AWS seconds between two data points of the metric. */
const PERIOD_SECONDS = 60;
/**
 * Periods that one point of the CPU stands for where an instance has no detailed monitoring (A28). An alarm goes on with the
 * newest point until the next one (W10, W11).
 */
const BASIC_PERIODS = 5;

/** The CPU utilisation of an instance with these processes, in percent. */
type CpuPercent = (processIds: number[]) => number;

/** The newest points that EC2 has: by the minute, and of the last whole five minutes; undefined before these are over. */
interface MeasuredCpu {
  detailed: CpuPercent;
  basic: CpuPercent | undefined;
}

/**
 * A target tracking policy for the average CPU utilisation of a group, or for the requests that each of its instances
 * gets in a minute. Other policies and metrics are not modelled.
 */
export interface ScalingPolicy extends TrackedMetric {
  arn: string;
  name: string;
  groupName: string;
  /** Target of the metric: a percentage of CPU, or requests a minute for each target. */
  targetValue: number;
  disableScaleIn: boolean;
  /**
   * AWS seconds from InService until an instance counts. On AWS this applies only to instances that a policy launched,
   * here to all.
   */
  warmupSeconds: number;
  enabled: boolean;
}

interface ScalingPoliciesPorts {
  context: CloudContext;
  /** @throws AwsError `ValidationError` */
  group(name: string): Group;
  groups(): readonly Group[];
  processIds(instanceId: string): number[];
  /** The targets of the group's target group with this label; undefined if it is not attached to the group. */
  targets(group: Group, resourceLabel: string): { state: string }[] | undefined;
  /** Requests that the target group got in the newest minute that CloudWatch has. */
  requestCount(resourceLabel: string): number;
}

/** One point of a policy's metric, and the number of instances that it is the average of. */
interface Measured {
  point: number;
  instances: number;
}

/**
 * The scaling policies of all groups. They are evaluated once per AWS minute while there is one. Meanwhile the CPU of all
 * groups is measured: a new policy's alarm evaluates the points that are there already (W10). The requests that were
 * counted before are not modelled: a new policy for them has no points.
 */
export class ScalingPolicies {
  readonly #ports: ScalingPoliciesPorts;
  readonly #policies = new Map<string, { policy: ScalingPolicy; points: number[] }>();
  /** CPU of groups by name, in percent: one point per minute, oldest first. */
  readonly #measured = new Map<string, number[]>();
  readonly #closing = new AbortController();
  #isRunning = false;

  constructor(ports: ScalingPoliciesPorts) {
    this.#ports = ports;
  }

  /**
   * Adds a policy, or changes the one of that name.
   *
   * @throws AwsError `ValidationError` if the group does not exist, or for its metric (A27)
   */
  put(settings: Omit<ScalingPolicy, "arn">): ScalingPolicy {
    const group = this.#ports.group(settings.groupName);
    checkMetric(settings, (label) => this.#ports.targets(group, label) !== undefined);
    const key = keyOf(settings);
    const policy = { ...settings, arn: this.#policies.get(key)?.policy.arn ?? this.#newArn(settings) };
    const past = policy.resourceLabel === undefined ? this.#measured.get(group.name) : undefined;
    this.#policies.set(key, { policy, points: [...(past ?? [])] });
    if (!this.#isRunning) void this.#run();
    return policy;
  }

  find(groupName: string, name: string): ScalingPolicy | undefined {
    return this.#policies.get(keyOf({ groupName, name }))?.policy;
  }

  /** Returns the policies of one group. */
  of(groupName: string): ScalingPolicy[] {
    return [...this.#policies.values()].map(({ policy }) => policy).filter((policy) => policy.groupName === groupName);
  }

  delete(groupName: string, name: string): void {
    this.#policies.delete(keyOf({ groupName, name }));
  }

  /** Deletes the policies of a deleted group. */
  deleteOfGroup(groupName: string): void {
    for (const [key, { policy }] of this.#policies) if (policy.groupName === groupName) this.#policies.delete(key);
  }

  close(): void {
    this.#closing.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const meter = new CpuMeter();
    const basicMeter = new CpuMeter();
    let basic: CpuPercent | undefined;
    for (let periods = 1; this.#policies.size > 0; periods += 1) {
      try {
        await this.#ports.context.clock.sleep(PERIOD_SECONDS, this.#closing.signal);
      } catch {
        return;
      }
      if (periods % BASIC_PERIODS === 0) basic = basicMeter.read();
      const cpu = { detailed: meter.read(), basic };
      this.#evaluateAll(cpu);
      this.#measureAll(cpu);
    }
    this.#measured.clear();
    this.#isRunning = false;
  }

  #measureAll(cpu: MeasuredCpu): void {
    const all = this.#ports.groups().flatMap((group) => {
      const warm = group.members.filter((one) => one.inServiceAtMs !== undefined && !isTerminating(one));
      const measured = this.#measure({ resourceLabel: undefined }, group, warm, cpu);
      if (measured === undefined) return [];
      const points = [...(this.#measured.get(group.name) ?? []), measured.point];
      return [[group.name, points.slice(-POINTS_KEPT)] as const];
    });
    this.#measured.clear();
    for (const [name, points] of all) this.#measured.set(name, points);
  }

  /** Evaluates all policies. If a group has several, the one with the largest size decides (A28). */
  #evaluateAll(cpu: MeasuredCpu): void {
    const largest = new Map<string, { size: number; policy: ScalingPolicy; point: number }>();
    for (const { policy, points } of this.#policies.values()) {
      if (!policy.enabled) continue;
      const group = this.#ports.group(policy.groupName);
      const size = this.#evaluate(policy, points, group, cpu);
      if (size > (largest.get(group.name)?.size ?? -1)) {
        largest.set(group.name, { size, policy, point: points.at(-1) ?? 0 });
      }
    }
    for (const { size, policy, point } of largest.values()) this.#scale(policy, size, point);
  }

  #evaluate(policy: ScalingPolicy, points: number[], group: Group, cpu: MeasuredCpu): number {
    const warmSinceMs = Date.now() - this.#ports.context.clock.realMs(policy.warmupSeconds);
    const members = group.members.filter((member) => !isTerminating(member));
    const warm = members.filter(({ inServiceAtMs }) => inServiceAtMs !== undefined && inServiceAtMs <= warmSinceMs);
    const measured = this.#measure(policy, group, warm, cpu);
    if (measured === undefined) {
      points.length = 0;
      return group.settings.desiredCapacity;
    }
    points.push(measured.point);
    if (points.length > POINTS_KEPT) points.shift();
    return desiredSize({
      ...policy,
      points,
      desired: group.settings.desiredCapacity,
      measured: measured.instances,
      isGrowing: warm.length < members.length || members.length < group.settings.desiredCapacity,
    });
  }

  /**
   * Measures the CPU of the instances that are warm, or the requests of a target group, which counts every healthy
   * target (A28). Undefined if there is nothing to measure.
   */
  #measure(
    { resourceLabel }: Pick<ScalingPolicy, "resourceLabel">,
    group: Group,
    warm: readonly Member[],
    cpu: MeasuredCpu,
  ): Measured | undefined {
    if (warm.length === 0) return undefined;
    if (resourceLabel === undefined) {
      const isDetailed = warm.every(({ instance }) => instance.hasDetailedMonitoring);
      const cpuPercent = isDetailed ? cpu.detailed : cpu.basic;
      if (cpuPercent === undefined) return undefined;
      const percents = warm.map(({ instance }) => cpuPercent(this.#ports.processIds(instance.instanceId)));
      const sum = percents.reduce((total, percent) => total + percent, 0);
      return { point: sum / percents.length, instances: percents.length };
    }
    const instances = sharers(this.#ports.targets(group, resourceLabel) ?? []);
    return instances === 0 ? undefined : { point: this.#ports.requestCount(resourceLabel) / instances, instances };
  }

  #scale({ name, groupName, resourceLabel, targetValue }: ScalingPolicy, size: number, point: number): void {
    const group = this.#ports.group(groupName);
    const { minSize, maxSize, desiredCapacity } = group.settings;
    const next = Math.min(maxSize, Math.max(minSize, size));
    if (next === desiredCapacity) return;
    const why =
      resourceLabel === undefined
        ? `CPU ${point.toFixed(0)} %, target ${targetValue} %`
        : `${point.toFixed(0)} requests a minute per target, target ${targetValue}`;
    this.#ports.context.log(`Auto Scaling group ${groupName} goes from ${desiredCapacity} to ${next}: ${why}`);
    const alarm = `TargetTracking-${groupName}-${next > desiredCapacity ? "AlarmHigh" : "AlarmLow"}`;
    group.resize(
      { desiredCapacity: next },
      `a monitor alarm ${alarm} in state ALARM triggered policy ${name} changing the desired capacity from ${desiredCapacity} to ${next}`,
    );
  }

  #newArn({ groupName, name }: { groupName: string; name: string }): string {
    const { region, accountId, random } = this.#ports.context;
    const uuid = random.uuid();
    return `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${uuid}:autoScalingGroupName/${groupName}:policyName/${name}`;
  }
}

function keyOf({ groupName, name }: { groupName: string; name: string }): string {
  return `${groupName}/${name}`;
}
