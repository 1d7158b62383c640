import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { HOST_PORT, HTTPS } from "../core/ports";
import type { Tags } from "../core/tags";
import type { Exposure } from "../settings/schema/kinds";
import type { EgressRule } from "../settings/schema/service";
import { createOutsideRule, tcp } from "./outside-rule";
import { securityGroupKey } from "./security-group-key";

/** The load balancers of one edge. */
interface EdgeLoadBalancers {
  name: Exposure;
  securityGroupId: pulumi.Input<string>;
}

export interface InstanceSecurityArgs {
  vpcId: pulumi.Input<string>;
  /** The edges that the service is on. */
  edges: readonly EdgeLoadBalancers[];
  /** Services that it may call, with their ports on the internal edge. */
  callees: readonly { name: string; port: number }[];
  /** Places outside the stack that it may connect to. */
  egress: readonly EgressRule[];
  /** Undefined while there is none, and so no service to call. */
  internalEdge: EdgeLoadBalancers | undefined;
  tags: Tags;
}

export interface InstanceSecurity {
  group: aws.ec2.SecurityGroup;
  /** Instances may boot only when these rules exist. */
  rules: pulumi.Resource[];
}

/**
 * Creates the security group of a service's instances. They get requests only from the load balancers of the
 * service's edges. They may connect by HTTPS to everywhere (ECS, ECR, logs, other APIs), to the internal load
 * balancers on the ports of the services that the service calls, to the places in `egress`, and to nothing else.
 */
export function createInstanceSecurity(
  parent: pulumi.Resource,
  name: string,
  args: InstanceSecurityArgs,
): InstanceSecurity {
  const { tags } = args;
  const group = new aws.ec2.SecurityGroup(
    securityGroupKey(`${name}-instances`),
    { vpcId: args.vpcId, description: `Instances of ${name}`, tags },
    { parent },
  );
  const fromEdges = args.edges.flatMap((edge) => createEdgeRules(parent, name, group, edge, tags));
  const toHttps = new aws.vpc.SecurityGroupEgressRule(
    `${name}-to-https`,
    {
      ...tcp(HTTPS),
      securityGroupId: group.id,
      cidrIpv4: "0.0.0.0/0",
      description: "ECS, ECR, logs and other APIs",
      tags,
    },
    { parent },
  );
  const { internalEdge } = args;
  const calls = internalEdge
    ? args.callees.flatMap((callee) => createCallRules(parent, name, group, callee, internalEdge, tags))
    : [];
  const outside = args.egress.map((rule) => createOutsideRule(parent, name, group, rule, tags));
  return { group, rules: [...fromEdges, toHttps, ...calls, ...outside] };
}

function createEdgeRules(
  parent: pulumi.Resource,
  name: string,
  group: aws.ec2.SecurityGroup,
  edge: EdgeLoadBalancers,
  tags: Tags,
): pulumi.Resource[] {
  const port = tcp(HOST_PORT);
  return [
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-${edge.name}`,
      {
        ...port,
        securityGroupId: group.id,
        referencedSecurityGroupId: edge.securityGroupId,
        description: `Requests and health checks of the ${edge.name} edge`,
        tags,
      },
      { parent },
    ),
    // Security groups that the provider creates have no egress rule.
    new aws.vpc.SecurityGroupEgressRule(
      `${edge.name}-to-${name}`,
      {
        ...port,
        securityGroupId: edge.securityGroupId,
        referencedSecurityGroupId: group.id,
        description: `Requests and health checks to ${name}`,
        tags,
      },
      { parent },
    ),
  ];
}

/**
 * Creates the two rules of one call: the caller's instances may connect to the one port that the callee has on the
 * internal edge.
 */
function createCallRules(
  parent: pulumi.Resource,
  name: string,
  group: aws.ec2.SecurityGroup,
  callee: { name: string; port: number },
  internalEdge: EdgeLoadBalancers,
  tags: Tags,
): pulumi.Resource[] {
  const description = `Calls of ${name} to ${callee.name}`;
  return [
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-calls-${callee.name}`,
      {
        ...tcp(callee.port),
        securityGroupId: group.id,
        referencedSecurityGroupId: internalEdge.securityGroupId,
        description,
        tags,
      },
      { parent },
    ),
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-calls-${callee.name}`,
      {
        ...tcp(callee.port),
        securityGroupId: internalEdge.securityGroupId,
        referencedSecurityGroupId: group.id,
        description,
        tags,
      },
      { parent },
    ),
  ];
}
