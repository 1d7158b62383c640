import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createCluster } from "./cluster";
import type { ColourArgs, ColourComponentOutputs } from "./colour";
import { createTaskDefinitions, type TaskDefinitions } from "./tasks";

/** What a job's colour has no use for: instances and targets. */
export type JobColourArgs = Omit<
  ColourArgs,
  | "active"
  | "healthyWithinSeconds"
  | "live"
  | "previousSize"
  | "isUnsettled"
  | "last"
  | "subnetIds"
  | "securityGroupId"
  | "targetGroups"
  | "countedTargets"
  | "bootAfter"
> & {
  /** What a run needs until its end. */
  runAfter: readonly pulumi.Resource[];
};

/**
 * One colour of a job: a cluster of its own and the task definitions of its release. Its tasks run on Fargate, so it has
 * no instances: size 1 says that its release may run, and that it stays as it is until the colour is retired.
 *
 * Cost: none. A task costs what Fargate takes for the time that it runs (aws.amazon.com/fargate/pricing).
 */
export class JobColour extends pulumi.ComponentResource {
  readonly cluster: aws.ecs.Cluster;
  /** Null before the job's first release. */
  readonly taskDefinitions: TaskDefinitions | null;
  readonly outputs: ColourComponentOutputs;

  constructor(name: string, args: JobColourArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:colour:JobColour", name, {}, opts);

    const { settings, release, isFrozen, roles, tags } = args;
    // Its deletion waits for runs that go on, which keep what they need until then.
    this.cluster = createCluster(this, name, args, args.runAfter);
    this.taskDefinitions = release
      ? createTaskDefinitions(this, name, {
          family: args.clusterName,
          release,
          isFrozen,
          settings,
          container: { ...args, region: args.account.region },
          roles,
          tags,
        })
      : null;
    this.outputs = {
      cluster: this.cluster.name,
      ecsService: null,
      autoScalingGroup: "",
      taskDefinition: this.taskDefinitions?.taskDefinition.arn ?? null,
      migrationTaskDefinition: this.taskDefinitions?.migrationTaskDefinition?.arn ?? null,
      isDrainedByEcs: false,
      hasFixedSize: false,
      scheduledMinimum: 0,
    };
    this.registerOutputs(this.outputs);
  }
}
