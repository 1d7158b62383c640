import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { capacityProviderName } from "../core/names";
import type { Tags } from "../core/tags";
import type { ServiceSettings } from "../settings/settings";

export interface ManagedDrainingArgs {
  cluster: aws.ecs.Cluster;
  instances: aws.autoscaling.Group;
  account: Account;
  kind: ServiceSettings["kind"];
  tags: Tags;
}

/**
 * Lets ECS drain an instance before it stops: its task gets SIGTERM and its stop timeout, and ECS hears of its end.
 * Without that the operating system would shut down, give a container 10 s, and stop the agent first: ECS would list the
 * instance and its task for up to 20 minutes (aws-rules C23). It does so through a capacity provider that nothing else uses:
 * the provider does not scale, and services on the cluster name their launch type.
 *
 * The provider is attached while the group is still empty, and stays for as long as the group exists: nothing else
 * completes the hook that holds a terminating instance.
 *
 * Cost: none.
 */
export class ManagedDraining extends pulumi.ComponentResource {
  /** Instances may boot only when it exists. */
  readonly link: aws.ecs.ClusterCapacityProviders;

  constructor(name: string, args: ManagedDrainingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:draining:Draining", name, {}, opts);

    const provider = new aws.ecs.CapacityProvider(
      `${name}-capacity`,
      {
        name: capacityProviderName(args.account, args.kind, name),
        autoScalingGroupProvider: {
          autoScalingGroupArn: args.instances.arn,
          managedDraining: "ENABLED",
          managedScaling: { status: "DISABLED" },
          managedTerminationProtection: "DISABLED",
        },
        tags: args.tags,
      },
      { parent: this },
    );
    this.link = new aws.ecs.ClusterCapacityProviders(
      `${name}-link`,
      {
        clusterName: args.cluster.name,
        capacityProviders: [provider.name],
        defaultCapacityProviderStrategies: [],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
