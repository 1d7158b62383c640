import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import type { EgressRule } from "../settings/schema/service";

/** Lets members of a security group out to a place that is not part of this stack: whoever owns it lets them in. */
export function createOutsideRule(
  parent: pulumi.Resource,
  name: string,
  group: aws.ec2.SecurityGroup,
  rule: EgressRule,
  tags: Tags,
): pulumi.Resource {
  const { port, cidr, securityGroup } = rule;
  const peer = (cidr ?? securityGroup)!;
  return new aws.vpc.SecurityGroupEgressRule(
    // The setting was once called `reaches`. Another name would replace the rule while instances use it.
    `${name}-reaches-${outsideName(rule)}`,
    {
      ...tcp(port),
      securityGroupId: group.id,
      ...(cidr === undefined ? { referencedSecurityGroupId: peer } : { cidrIpv4: peer }),
      description: `What ${name} reaches at ${peer}`,
      tags,
    },
    { parent },
  );
}

/** The place in the names of resources: another one for each port and peer. */
export function outsideName({ port, cidr, securityGroup }: EgressRule): string {
  return `${port}-at-${(cidr ?? securityGroup)!.replace("/", "-")}`;
}

export function tcp(port: number) {
  return { ipProtocol: "tcp", fromPort: port, toPort: port };
}
