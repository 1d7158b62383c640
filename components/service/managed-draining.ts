import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../core/physical-name";
import type { Tags } from "../core/tags";

const MAX_NAME = 64;

export interface DrainingArgs {
  cluster: aws.ecs.Cluster;
  instances: aws.autoscaling.Group;
  /** What makes the name unique in the account. */
  identity: readonly string[];
  tags: Tags;
}

/**
 * Lets ECS drain an instance before it goes: its task gets SIGTERM and its stop timeout. Without that the instance's system would stop, which gives a
 * container 10 s. It is a capacity provider that nothing else uses: it does not scale, and services on the cluster say their launch type themselves.
 *
 * Linked while the group is still empty, and for as long as it exists: the hook that holds a leaving instance is completed by this link only.
 *
 * Cost: none.
 */
export class Draining extends pulumi.ComponentResource {
  /** Instances may come only when it exists. */
  readonly link: aws.ecs.ClusterCapacityProviders;

  constructor(name: string, args: DrainingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:draining:Draining", name, {}, opts);

    const provider = new aws.ecs.CapacityProvider(
      `${name}-capacity`,
      {
        // AWS refuses names that begin with aws, ecs or fargate, as a service's may.
        name: physicalName(`worker-${name}`, [...args.identity, name], MAX_NAME),
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
