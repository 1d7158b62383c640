import type * as pulumi from "@pulumi/pulumi";

/**
 * The AWS account and the stack in it: where every resource is, and how the names begin that stay the same in every
 * run.
 */
export interface Account {
  /** 12 digits. */
  id: pulumi.Output<string>;
  /** Such as `ap-northeast-1`. */
  region: string;
  /** The partition of AWS, such as `aws`; see `partitionOf`. */
  partition: string;
  project: string;
  stack: string;
}
