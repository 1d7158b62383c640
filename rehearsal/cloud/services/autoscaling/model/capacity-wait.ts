import type { CloudContext } from "../../../kernel/context";
import { settled } from "../../../kernel/settled";
import type { Activity } from "./activity";
import type { Group } from "./group";

/** What the `aws` provider counts (TFP group.go): members that are healthy and InService, and those that every listing target group calls healthy. */
export interface Capacity {
  inService: number;
  healthyInLoadBalancers: number;
}

export interface CapacityWait {
  context: CloudContext;
  group: Group;
  /** What is still missing, in the provider's words; undefined when satisfied. */
  missing(capacity: Capacity): string | undefined;
  /** As the program wrote it, such as `10m`; and in AWS seconds. */
  timeout: { text: string; seconds: number };
  ignoreFailedActivities: boolean;
  /** What had happened before the call: it cannot fail the wait. */
  earlierActivities: readonly Activity[];
  /** What else is known about an instance that does not serve, one line each. */
  explain(instanceId: string): string[];
  signal: AbortSignal;
}

/** Activities with this message are tried again (A12): a new profile takes a while to be seen everywhere (I7). */
const RETRIED_MESSAGE = "Invalid IAM Instance Profile";

function capacityOf(group: Group): Capacity {
  const serving = group.members.filter(
    (member) => member.lifecycleState === "InService" && member.healthStatus === "Healthy",
  );
  const healthy = serving.filter(({ instance }) => group.attachments.callsHealthy(instance.instanceId));
  return { inService: serving.length, healthyInLoadBalancers: healthy.length };
}

/**
 * The provider's wait, but told of each change instead of asking (A14-A18).
 *
 * @returns undefined when satisfied, else the provider's message followed by what is known of each instance that does not serve
 */
export async function waitForCapacity(wait: CapacityWait): Promise<string | undefined> {
  const { group, context, signal } = wait;
  let failures: string[] = [];
  const isOver = () => {
    failures = failedActivities(wait);
    return failures.length > 0 || wait.missing(capacityOf(group)) === undefined;
  };
  const inTime = await settled(context, (listener) => group.onChange(listener), isOver, wait.timeout.seconds, signal);
  if (inTime && failures.length === 0) return undefined;
  const why = inTime ? failures.join("\n") : signal.aborted ? "the engine hung up" : timedOut(wait);
  return `waiting for Auto Scaling Group (${group.name}) capacity satisfied: ${why}`;
}

function failedActivities(wait: CapacityWait): string[] {
  if (wait.ignoreFailedActivities) return [];
  return wait.group.activities.all
    .filter((activity) => activity.status === "Failed" && !wait.earlierActivities.includes(activity))
    .filter(({ statusMessage }) => !statusMessage.includes(RETRIED_MESSAGE))
    .map(({ id, status, statusMessage }) => `scaling activity (${id}): ${status}: ${statusMessage}`);
}

function timedOut(wait: CapacityWait): string {
  const missing = wait.missing(capacityOf(wait.group)) ?? "ok";
  const head = `timeout while waiting for state to become 'ok' (last state: '${missing}', timeout: ${wait.timeout.text})`;
  return [head, ...causes(wait)].join("\n");
}

/** Where to look: one line for each instance that does not serve. */
function causes({ group, explain }: CapacityWait): string[] {
  const members = group.members.flatMap(({ instance, lifecycleState }) => {
    const facts = [...group.attachments.complaints(instance.instanceId), ...explain(instance.instanceId)];
    if (lifecycleState === "InService" && facts.length === 0) return [];
    return [`  ${[`${instance.instanceId} is ${lifecycleState}`, ...facts].join("; ")}`];
  });
  const retried = group.activities.all.find(({ status }) => status === "Failed");
  return retried ? [...members, `  last failed activity: ${retried.statusMessage}`] : members;
}
