import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import { outsideName, tcp } from "../security/outside-rule";
import type { DatabasePlace } from "./place";

interface Connection {
  from: aws.ec2.SecurityGroup;
  to: readonly DatabasePlace[];
  /** The rules' description of one database. */
  what(database: string): string;
  tags: Tags;
}

/**
 * Creates the rules by which members of a security group may connect to databases. Out of the group to existing databases is
 * the caller's: it may let its members out there for other reasons, too. Into an existing one of which only the network is
 * known lets its owner.
 */
export function connect(
  parent: pulumi.Resource,
  prefix: string,
  { from, to, what, tags }: Connection,
): pulumi.Resource[] {
  // Two databases may be in one server, and AWS refuses the same rule twice (aws-rules N9).
  const seen = new Set<string>();
  return to.flatMap(({ name, port, access }) => {
    const rule = { ...tcp(port), description: what(name), tags };
    if ("group" in access) {
      const { group } = access;
      return [
        new aws.vpc.SecurityGroupEgressRule(
          `${prefix}-uses-${name}`,
          { ...rule, securityGroupId: from.id, referencedSecurityGroupId: group.id },
          { parent },
        ),
        new aws.vpc.SecurityGroupIngressRule(
          `${prefix}-uses-${name}`,
          { ...rule, securityGroupId: group.id, referencedSecurityGroupId: from.id },
          { parent },
        ),
      ];
    }
    const { outside } = access;
    const at = outsideName(outside);
    if (outside.securityGroup === undefined || seen.has(at)) return [];
    seen.add(at);
    return [
      new aws.vpc.SecurityGroupIngressRule(
        `${prefix}-uses-${at}`,
        { ...rule, securityGroupId: outside.securityGroup, referencedSecurityGroupId: from.id },
        { parent },
      ),
    ];
  });
}
