import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import type { Colour as ColourName } from "../core/colour-name";
import type { Tags } from "../core/tags";
import type { LiveColour } from "../live/live";
import type { ColourOutputs, Wrapped } from "../live/outputs";
import type { Release } from "../live/release";
import type { ReleaseSettings } from "../live/release-settings";
import type { Roles } from "../security/roles";
import { isElastic } from "../settings/elastic";
import type { Settings } from "../settings/settings";
import { createCluster } from "./cluster";
import { deleteTimeout } from "./delete-timeout";
import type { Environment } from "./environment";
import {
  type CountedTargets,
  createInstances,
  createScaling,
  createScheduledEnd,
  createScheduledMinimums,
  groupNumbers,
} from "./instances";
import { createLaunchTemplate } from "./launch-template";
import { ManagedDraining } from "./managed-draining";
import { createTasks } from "./tasks";

export interface ColourArgs {
  account: Account;
  service: string;
  colour: ColourName;
  /** Name of the cluster: fixed, so that the instances' policy can name it. */
  clusterName: string;
  /** True if production traffic (or a worker's jobs) goes to this colour. */
  active: boolean;
  /** Live state of the colour. */
  live: LiveColour;
  /** What its task definitions are of (`taskSource`); null before the service's first release. */
  release: Release | null;
  /** True keeps its task definitions as they are: instances run this release. */
  isFrozen: boolean;
  /**
   * Live size after the last run. While instances run, what they run stays as it is, whatever the settings say, and
   * new settings come with the next release: a changed task would stop before its successor starts, with its target
   * still registered.
   */
  previousSize: number;
  /** True if the colour, which is idle, may have another size than that. */
  isUnsettled: boolean;
  /** Outputs of the colour after the last run; undefined before the first. */
  last: Pick<ColourOutputs, "isDrainedByEcs" | "hasFixedSize" | "scheduledMinimum"> | undefined;
  settings: ReleaseSettings;
  containerInsights: Settings["containerInsights"];
  environment: Environment;
  /** Where ECS reads the values of the secrets, by variable name. */
  secrets: Environment;
  /** The same of each sidecar, by its name. */
  sidecarSecrets: Readonly<Record<string, Environment>>;
  subnetIds: pulumi.Input<string[]>;
  securityGroupId: pulumi.Input<string>;
  /** Target groups on all edges; none for a worker. */
  targetGroups: readonly aws.lb.TargetGroup[];
  /** The target groups among these that production's requests come through while the colour is active. */
  countedTargets: readonly CountedTargets[];
  roles: Roles;
  logGroupName: pulumi.Input<string>;
  /** Where sessions of ECS Exec are logged; undefined if neither colour's release has it. */
  execLogGroupName: pulumi.Input<string> | undefined;
  /** Whether its cluster was given such a log group before. */
  hadExec: boolean;
  /** How long a deploy waits for new instances. */
  healthyWithinSeconds: number;
  /** Instances boot only when these exist. */
  bootAfter: readonly pulumi.Resource[];
  tags: Tags;
}

/** What a colour says of itself: without what belongs to `Routing`, the target groups and their health path. */
export type ColourComponentOutputs = {
  [K in Exclude<keyof ColourOutputs, "targetGroups" | "healthCheckPath">]: Wrapped<ColourOutputs[K]>;
};

/**
 * One colour of an api or a worker: a cluster of its own, instances from an Auto Scaling group that registers them with the
 * load balancers, and one task on each. Before the service's first release it has neither a task definition nor an ECS service; both
 * colours get theirs with it. ECS drains the instances before they stop.
 *
 * Cost a month at size N: N times the instance (t3.small about 20 USD in ap-northeast-1) and its 30 GiB gp3 volume
 * (2.90 USD), and 2.10 USD for metrics by the minute where the size follows the load; nothing at size 0 (aws.amazon.com/ec2/pricing, /ebs/pricing).
 */
export class Colour extends pulumi.ComponentResource {
  /** A service's records are created after these instances, and deleted before them. */
  readonly instances: aws.autoscaling.Group;
  readonly outputs: ColourComponentOutputs;

  constructor(name: string, args: ColourArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:colour:Colour", name, {}, opts);

    const { settings, live, release, isFrozen, previousSize, isUnsettled, last, roles, tags } = args;
    const isDrained = isDrainedByEcs(args);
    const hadFixedSize = last?.hasFixedSize === true;
    const numbers = groupNumbers({
      ...{ size: live.size, previousSize, isUnsettled, hadFixedSize, range: settings.size },
      lastScheduled: last?.scheduledMinimum ?? 0,
    });
    const customTimeouts = { delete: deleteTimeout(settings) };
    const cluster = createCluster(this, name, args);
    const tasks = release
      ? createTasks(this, name, {
          cluster,
          family: args.clusterName,
          release,
          isFrozen,
          settings,
          customTimeouts,
          container: { ...args, region: args.account.region },
          roles,
          tags,
        })
      : null;
    const launchTemplate = createLaunchTemplate(
      `${name}-instance`,
      {
        clusterName: args.clusterName,
        instanceType: settings.instanceType,
        followsLoad: isElastic(settings.size),
        instanceProfileArn: roles.instanceProfileArn!,
        securityGroupId: args.securityGroupId,
        tags,
      },
      { parent: this, ignoreChanges: keptOfTemplate(previousSize, live.size) },
    );
    this.instances = createInstances(
      `${name}-instances`,
      {
        numbers,
        launchTemplate,
        subnetIds: args.subnetIds,
        targetGroups: args.targetGroups,
        isDrainedByEcs: isDrained,
        healthyWithinSeconds: args.healthyWithinSeconds,
        tags,
      },
      { parent: this, customTimeouts, dependsOn: [cluster, ...(tasks ? [tasks.ecsService] : []), ...args.bootAfter] },
    );
    if (isDrained) {
      new ManagedDraining(
        name,
        { cluster, instances: this.instances, kind: settings.kind, account: args.account, tags },
        { parent: this },
      );
    }
    if (args.active && live.size > 0 && isElastic(settings.size)) {
      createScaling(name, this.instances, settings.size, args.countedTargets, { parent: this });
    }
    // The idle colour follows it as well: it has to be as large as the active one, and to stay so for a rollback. One that
    // is kept warm stays as large as it is: after its end a minimum would be above the maximum, which is 0 (aws-rules A31).
    if (live.until !== undefined) createScheduledEnd(name, this.instances, live.until, { parent: this });
    else if (live.size > 0) createScheduledMinimums(name, this.instances, settings.size, { parent: this });

    this.outputs = {
      cluster: cluster.name,
      ecsService: tasks?.ecsService.name ?? null,
      autoScalingGroup: this.instances.name,
      taskDefinition: tasks?.taskDefinition.arn ?? null,
      migrationTaskDefinition: tasks?.migrationTaskDefinition?.arn ?? null,
      isDrainedByEcs: isDrained,
      hasFixedSize: numbers.hasFixedSize,
      scheduledMinimum: numbers.scheduledMinimum,
    };
    this.registerOutputs(this.outputs);
  }
}

/**
 * Whether ECS drains the colour's instances. A capacity provider is linked only while the group is empty: instances that
 * joined the cluster before would wait for an hour at their end (aws-rules C25, C28). A colour that an older version of
 * this program left running gets it once it is at 0.
 */
function isDrainedByEcs({ settings, last, live, previousSize }: ColourArgs): boolean {
  if (settings.kind === "worker" || last === undefined) return true;
  return last.isDrainedByEcs === true || (live.size === 0 && previousSize === 0);
}

/**
 * Returns the properties of a launch template that stay as they are: of a colour that runs all that its instances have from it. How often the CPU is
 * measured follows the settings of now, not the release, so it changes when the colour is warmed: after a retire nothing is left to change.
 */
function keptOfTemplate(previousSize: number, size: number): string[] {
  if (previousSize > 0) return ["imageId", "instanceType", "userData", "blockDeviceMappings", "monitoring"];
  return size > 0 ? [] : ["monitoring"];
}
