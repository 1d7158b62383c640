import type * as pulumi from "@pulumi/pulumi";

/** Where everything is, and how names that must be the same in every run begin. */
export interface Account {
  /** 12 digits. */
  id: pulumi.Output<string>;
  /** Such as `ap-northeast-1`. */
  region: string;
  project: string;
  stack: string;
}
