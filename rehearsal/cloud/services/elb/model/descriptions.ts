import type { Action, LoadBalancer, Rule, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ActionConfig } from "../../../data-plane/load-balancer/types";
import type { LoadBalancerState, RuleState, TargetGroupState } from "./state";

/** The load balancer in the form of DescribeLoadBalancers. */
export function describeLoadBalancer(loadBalancer: LoadBalancerState): LoadBalancer {
  return {
    LoadBalancerArn: loadBalancer.arn,
    LoadBalancerName: loadBalancer.name,
    DNSName: loadBalancer.dnsName,
    CanonicalHostedZoneId: loadBalancer.zoneId,
    CreatedTime: new Date(loadBalancer.createdAtMs),
    Scheme: loadBalancer.internal ? "internal" : "internet-facing",
    VpcId: loadBalancer.vpcId,
    State: { Code: loadBalancer.state },
    Type: "application",
    AvailabilityZones: loadBalancer.nodes.map(({ zone, subnetId }) => ({ ZoneName: zone, SubnetId: subnetId })),
    SecurityGroups: loadBalancer.settings.securityGroups,
    IpAddressType: "ipv4",
  };
}

/** The targets of a group in the form of DescribeTargetHealth. */
export function describeTargets({ targets, port }: TargetGroupState): TargetHealthDescription[] {
  return [...targets.values()].map(({ instance, health: { state, reason, description } }) => ({
    Target: { Id: instance.instanceId, Port: port },
    HealthCheckPort: String(port),
    TargetHealth: {
      State: state,
      ...(reason ? { Reason: reason as NonNullable<TargetHealthDescription["TargetHealth"]>["Reason"] } : {}),
      ...(description ? { Description: description } : {}),
    },
  }));
}

/** The rule in the form of DescribeRules. */
export function describeRule({
  arn,
  priority,
  hostHeaders,
  hostRegexes,
  pathPatterns,
  httpHeaders,
  action,
}: RuleState): Rule {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: [
      ...(hostHeaders.length > 0
        ? [{ Field: "host-header", Values: hostHeaders, HostHeaderConfig: { Values: hostHeaders } }]
        : []),
      ...(hostRegexes.length > 0 ? [{ Field: "host-header", HostHeaderConfig: { RegexValues: hostRegexes } }] : []),
      ...(pathPatterns.length > 0
        ? [{ Field: "path-pattern", Values: pathPatterns, PathPatternConfig: { Values: pathPatterns } }]
        : []),
      ...httpHeaders.map(({ name, values }) => ({
        Field: "http-header",
        HttpHeaderConfig: { HttpHeaderName: name, Values: values },
      })),
    ],
    Actions: [describeAction(action)],
    IsDefault: false,
  };
}

/** A listener's default action as the default rule, which DescribeRules lists last. */
export function describeDefaultRule(listenerArn: string, action: ActionConfig): Rule {
  return {
    RuleArn: `${listenerArn.replace(":listener/", ":listener-rule/")}/default`,
    Priority: "default",
    Conditions: [],
    Actions: [describeAction(action)],
    IsDefault: true,
  };
}

function describeAction(action: ActionConfig): Action {
  switch (action.type) {
    case "forward": {
      const [only, ...more] = action.targetGroups;
      return {
        Type: "forward",
        ...(only && more.length === 0 ? { TargetGroupArn: only.arn } : {}),
        ForwardConfig: {
          TargetGroups: action.targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
          TargetGroupStickinessConfig: { Enabled: false },
        },
      };
    }
    case "redirect":
      return {
        Type: "redirect",
        RedirectConfig: {
          Protocol: action.protocol,
          Host: action.host,
          Port: action.port,
          Path: action.path,
          Query: action.query,
          StatusCode: `HTTP_${action.statusCode}`,
        },
      };
    case "fixed-response":
      return {
        Type: "fixed-response",
        FixedResponseConfig: {
          StatusCode: String(action.statusCode),
          ContentType: action.contentType,
          MessageBody: action.messageBody,
        },
      };
  }
}
