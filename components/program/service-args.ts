import type * as pulumi from "@pulumi/pulumi";
import type { Edge } from "./edge";
import type { Network } from "./network";

/** What the code of a service may do in AWS: one statement of the policy of its task role. */
export interface StatementArgs {
  /** Actions such as `s3:GetObject`. */
  actions: string[];
  /** ARNs, or `*`. */
  resources: pulumi.Input<string>[];
}

export interface ServiceArgs {
  /** The network that its instances are in. */
  network: Network;
  /**
   * The edges that its settings expose it on, and the internal one if it calls other services. Default: none, as for a
   * worker without calls.
   */
  edges?: readonly Edge[];
  /**
   * Environment variables, besides those of its settings. A release takes the values along that they have at the last
   * `pulumi up` before it is deployed: tasks that run keep theirs. A secret value is refused; name it in the setting
   * `secrets`.
   */
  environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Statements for its task role, besides those of its setting `iam`. They are granted by `pulumi up`, and stay while a
   * colour has a release that was deployed with them.
   */
  iam?: readonly StatementArgs[];
}
