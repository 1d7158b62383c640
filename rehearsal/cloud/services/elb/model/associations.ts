import type { ActionConfig } from "../../../data-plane/load-balancer/types";
import { AwsError } from "../../../kernel/aws-error";
import { targetGroupsOf } from "./actions";
import type { ElbState, ListenerState, RuleState } from "./state";

/** E14; AWS does not raise it. */
const MAX_TARGET_GROUPS_PER_LOAD_BALANCER = 100;

/** Every target group that a load balancer's listeners and rules name. */
export function targetGroupsOfLoadBalancer(state: ElbState, loadBalancerArn: string): Set<string> {
  return new Set(actionsOf(state, loadBalancerArn).flatMap(({ action }) => targetGroupsOf(action)));
}

/** The load balancer that names each target group; groups that none names are not in it (E1). */
export function loadBalancersByTargetGroup(state: ElbState): Map<string, string> {
  const users = new Map<string, string>();
  for (const { loadBalancerArn, defaultAction } of state.listeners.values()) {
    for (const group of targetGroupsOf(defaultAction)) users.set(group, loadBalancerArn);
  }
  for (const { listenerArn, action } of state.rules.values()) {
    const loadBalancerArn = state.listeners.get(listenerArn)?.loadBalancerArn;
    if (loadBalancerArn === undefined) continue;
    for (const group of targetGroupsOf(action)) users.set(group, loadBalancerArn);
  }
  return users;
}

/**
 * Whether a load balancer may name the action's groups.
 * @param replaced ARN of the listener or rule whose action it replaces
 * @throws AwsError TargetGroupNotFound, TargetGroupAssociationLimit (E1), TooManyUniqueTargetGroupsPerLoadBalancer (E14)
 */
export function checkAssociation(
  state: ElbState,
  loadBalancerArn: string,
  action: ActionConfig,
  replaced?: string,
): void {
  const wanted = targetGroupsOf(action);
  for (const arn of wanted) {
    if (!state.targetGroups.has(arn)) throw new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
  }
  const users = loadBalancersByTargetGroup(state);
  const elsewhere = wanted.filter((arn) => (users.get(arn) ?? loadBalancerArn) !== loadBalancerArn);
  if (elsewhere.length > 0) {
    throw new AwsError(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${elsewhere.join(", ")}`,
    );
  }
  const others = actionsOf(state, loadBalancerArn).filter(({ owner }) => owner !== replaced);
  const distinct = new Set([...wanted, ...others.flatMap((other) => targetGroupsOf(other.action))]);
  if (distinct.size > MAX_TARGET_GROUPS_PER_LOAD_BALANCER) {
    throw new AwsError(
      "TooManyUniqueTargetGroupsPerLoadBalancer",
      "You've reached the limit on the number of unique target groups per load balancer across all listeners",
    );
  }
}

export function listenersOf(state: ElbState, loadBalancerArn: string): ListenerState[] {
  return [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn);
}

/** In the order in which they are asked (E15). */
export function rulesOf(state: ElbState, listenerArn: string): RuleState[] {
  const rules = [...state.rules.values()].filter((rule) => rule.listenerArn === listenerArn);
  return rules.sort((one, two) => one.priority - two.priority);
}

function actionsOf(state: ElbState, loadBalancerArn: string): { owner: string; action: ActionConfig }[] {
  return listenersOf(state, loadBalancerArn).flatMap((listener) => [
    { owner: listener.arn, action: listener.defaultAction },
    ...rulesOf(state, listener.arn).map((rule) => ({ owner: rule.arn, action: rule.action })),
  ]);
}
