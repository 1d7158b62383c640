import type { ActionConfig, ListenerConfig } from "../../../data-plane/load-balancer/types";
import { AwsError } from "../../../kernel/aws-error";
import { targetGroupsOf } from "./actions";
import type { ElbState, ListenerState, RuleState } from "./state";

/** AWS does not raise this quota (E14). */
const MAX_TARGET_GROUPS_PER_LOAD_BALANCER = 100;

/** The ARN of the load balancer that uses each target group, by the group's ARN. Unused groups are missing (E1). */
export function loadBalancersByTargetGroup(state: ElbState): Map<string, string> {
  const loadBalancers = new Map<string, string>();
  for (const { loadBalancerArn, defaultAction } of state.listeners.values()) {
    for (const group of targetGroupsOf(defaultAction)) loadBalancers.set(group, loadBalancerArn);
  }
  for (const { listenerArn, action } of state.rules.values()) {
    const loadBalancerArn = state.listeners.get(listenerArn)?.loadBalancerArn;
    if (loadBalancerArn === undefined) continue;
    for (const group of targetGroupsOf(action)) loadBalancers.set(group, loadBalancerArn);
  }
  return loadBalancers;
}

/**
 * Checks whether a listener of a load balancer can use the target groups of an action.
 * @param replaced ARN of the listener or rule whose action the new one replaces
 * @throws AwsError TargetGroupNotFound, InvalidLoadBalancerAction (E56), TargetGroupAssociationLimit (E1),
 *   TooManyUniqueTargetGroupsPerLoadBalancer (E14)
 */
export function checkAssociation(
  state: ElbState,
  { loadBalancerArn, protocol }: { loadBalancerArn: string; protocol: ListenerConfig["protocol"] },
  action: ActionConfig,
  replaced?: string,
): void {
  const requested = targetGroupsOf(action);
  for (const arn of requested) {
    const group = state.targetGroups.get(arn);
    if (!group) throw new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
    if (protocol === "HTTP" && group.protocolVersion !== "HTTP1") {
      throw new AwsError(
        "InvalidLoadBalancerAction",
        `Listener protocol 'HTTP' is not supported with a target group with the protocol-version '${group.protocolVersion}'`,
      );
    }
  }
  const loadBalancers = loadBalancersByTargetGroup(state);
  const elsewhere = requested.filter((arn) => (loadBalancers.get(arn) ?? loadBalancerArn) !== loadBalancerArn);
  if (elsewhere.length > 0) {
    throw new AwsError(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${elsewhere.join(", ")}`,
    );
  }
  const others = actionsOf(state, loadBalancerArn).filter(({ owner }) => owner !== replaced);
  const distinct = new Set([...requested, ...others.flatMap((other) => targetGroupsOf(other.action))]);
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

/** The rules of a listener in the order of their evaluation (E15). */
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
