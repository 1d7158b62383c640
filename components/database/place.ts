import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EgressRule } from "../settings/schema/service";

/** What others need to know of a database, the stack's own or one that existed before, to connect to it. */
export interface DatabasePlace {
  /** Its name in the settings. */
  name: string;
  /** Its name in the server. */
  database: string;
  host: pulumi.Input<string>;
  port: number;
  /** The stack's own security group for it, or where an existing one is. */
  access: { group: aws.ec2.SecurityGroup } | { outside: EgressRule };
  /** ARN of the secret with the master user's password. */
  masterSecretArn: pulumi.Input<string>;
  /** The key of AWS KMS that the secret is encrypted with; undefined for AWS's own. */
  masterKey?: string | undefined;
  /** Certificates that the server's is signed with, as PEM; undefined for those of RDS. */
  certificates?: string | undefined;
  /** Another one is another server with other users, such as after a restore. */
  identity: pulumi.Input<string>;
  /** Users are made after these. */
  ready: pulumi.Resource[];
}

/** The existing database, if it is one. */
export function outsideOf({ access }: DatabasePlace): EgressRule | undefined {
  return "outside" in access ? access.outside : undefined;
}
