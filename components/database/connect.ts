import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import { POSTGRES } from "./database";

interface Connection {
  from: aws.ec2.SecurityGroup;
  /** The database's. */
  to: aws.ec2.SecurityGroup;
  what: string;
  tags: Tags;
}

/** Creates the two rules by which members of one security group may connect to a database. */
export function connect(
  parent: pulumi.Resource,
  name: string,
  { from, to, what, tags }: Connection,
): pulumi.Resource[] {
  const rule = { ipProtocol: "tcp", fromPort: POSTGRES, toPort: POSTGRES, description: what, tags };
  return [
    new aws.vpc.SecurityGroupEgressRule(
      name,
      { ...rule, securityGroupId: from.id, referencedSecurityGroupId: to.id },
      { parent },
    ),
    new aws.vpc.SecurityGroupIngressRule(
      name,
      { ...rule, securityGroupId: to.id, referencedSecurityGroupId: from.id },
      { parent },
    ),
  ];
}
