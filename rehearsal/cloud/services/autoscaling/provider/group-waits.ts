import type { CloudContext } from "../../../kernel/context";
import { goDuration } from "../../../kernel/go-duration";
import { settled } from "../../../kernel/settled";
import type { Activity } from "../model/activity";
import type { Group } from "../model/group";

/** The counts of the `aws` provider (TFP group.go). */
export interface Capacity {
  /** Members that are healthy and InService. */
  inService: number;
  /** Those of them that every target group which lists them reports as healthy. */
  healthyInLoadBalancers: number;
}

export interface CapacityWait {
  context: CloudContext;
  group: Group;
  /** Returns what is still missing, in the provider's words; undefined if the capacity is satisfied. */
  missing(capacity: Capacity): string | undefined;
  /** The duration as Go prints it, such as `10m0s`, and in AWS seconds. */
  timeout: { text: string; seconds: number };
  ignoreFailedActivities: boolean;
  /** Activities before the call, which cannot fail the wait. */
  earlierActivities: readonly Activity[];
  /** Returns what else is known about an instance that does not serve, one line each. */
  explain(instanceId: string): string[];
  signal: AbortSignal;
}

/** Auto Scaling retries activities with this message (A12): a new profile is not visible everywhere at once (I7). */
const RETRIED_MESSAGE = "Invalid IAM Instance Profile";

function capacityOf(group: Group): Capacity {
  const serving = group.members.filter(
    (member) => member.lifecycleState === "InService" && member.healthStatus === "Healthy",
  );
  const healthy = serving.filter(({ instance }) => group.attachments.isHealthy(instance.instanceId));
  return { inService: serving.length, healthyInLoadBalancers: healthy.length };
}

/**
 * Waits for a group's capacity as the provider does, but checks at each change instead of polling (A14-A18).
 *
 * @returns undefined if satisfied, else the provider's message and what is known about each instance that does not
 *   serve
 */
export async function waitForCapacity(wait: CapacityWait): Promise<string | undefined> {
  const { group, context, signal } = wait;
  let failures: string[] = [];
  const isOver = () => {
    failures = failedActivities(wait);
    return failures.length > 0 || wait.missing(capacityOf(group)) === undefined;
  };
  const limitSeconds = context.clock.startLimit(wait.timeout.seconds);
  const inTime = await settled(context, (listener) => group.onChange(listener), isOver, limitSeconds, signal);
  if (inTime && failures.length === 0) return undefined;
  const reason = inTime ? failures.join("\n") : signal.aborted ? "the engine hung up" : describeTimeout(wait);
  return `waiting for Auto Scaling Group (${group.name}) capacity satisfied: ${reason}`;
}

function failedActivities(wait: CapacityWait): string[] {
  if (wait.ignoreFailedActivities) return [];
  return wait.group.activities.all
    .filter((activity) => activity.status === "Failed" && !wait.earlierActivities.includes(activity))
    .filter(({ statusMessage }) => !statusMessage.includes(RETRIED_MESSAGE))
    .map(({ id, status, statusMessage }) => `scaling activity (${id}): ${status}: ${statusMessage}`);
}

function describeTimeout(wait: CapacityWait): string {
  const missing = wait.missing(capacityOf(wait.group)) ?? "ok";
  const head = `timeout while waiting for state to become 'ok' (last state: '${missing}', timeout: ${wait.timeout.text})`;
  return [head, ...describeCauses(wait)].join("\n");
}

/** Returns one line for each instance that does not serve. */
function describeCauses({ group, explain }: CapacityWait): string[] {
  const members = group.members.flatMap(({ instance, lifecycleState }) => {
    const facts = [...group.attachments.describeUnhealthy(instance.instanceId), ...explain(instance.instanceId)];
    if (lifecycleState === "InService" && facts.length === 0) return [];
    return [`  ${[`${instance.instanceId} is ${lifecycleState}`, ...facts].join("; ")}`];
  });
  const retried = group.activities.all.find(({ status }) => status === "Failed");
  return retried ? [...members, `  last failed activity: ${retried.statusMessage}`] : members;
}

/**
 * Waits until a group has no instances, including those that drain or shut down (A19).
 *
 * @throws Error with the provider's message when the limit (AWS seconds) is over or the engine hangs up
 */
export async function waitUntilEmpty(
  context: CloudContext,
  group: Group,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const isEmpty = () => group.members.length === 0;
  if (await settled(context, (listener) => group.onChange(listener), isEmpty, limitSeconds, signal)) return;
  const why = signal.aborted
    ? "the engine hung up"
    : `timeout while waiting for state to become '0' (last state: '${group.members.length}', timeout: ${goDuration(limitSeconds)})`;
  throw new Error(`waiting for Auto Scaling Group (${group.name}) drain: ${why}${describeMembers(group)}`);
}

/** Returns a line for each instance that is left. */
function describeMembers(group: Group): string {
  return group.members
    .map(({ instance, lifecycleState }) => `\n  ${instance.instanceId} is ${lifecycleState}`)
    .join("");
}
