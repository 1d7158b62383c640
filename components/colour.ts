import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { Colour as ColourName } from "./colour-name";
import { isGraviton } from "./instance-type";
import type { LiveColour } from "./live";
import type { Roles } from "./roles";
import type { ServiceSettings } from "./settings";
import type { Tags } from "./tags";

/**
 * Port of every instance, in front of the port that the service listens on in its container. It is the same for all services and never changes, so
 * that a new container port comes with a release and touches neither target groups nor security groups.
 */
export const HOST_PORT = 8080;

/** From launch to the first passed check: boot, join the cluster, pull, start, checks. Earlier results of the load balancer do not count. */
const GRACE_SECONDS = 600;
/** The provider's wait for the wanted number of healthy instances. */
const CAPACITY_TIMEOUT = "15m";
/** Between SIGTERM and SIGKILL, when ECS stops a task. */
const STOP_TIMEOUT_SECONDS = 30;
const ROOT_VOLUME_GIB = 30;

export interface ColourArgs {
  account: Account;
  service: string;
  colour: ColourName;
  /** Name of the cluster: fixed, so that the instances' policy can name it. */
  clusterName: string;
  /** What runs. */
  live: LiveColour;
  /**
   * True while instances of this colour run: what they run then stays as it is whatever the settings say, and new settings come with the next release.
   * A changed task would stop before its successor starts, with its target still registered.
   */
  frozen: boolean;
  settings: Pick<ServiceSettings, "port" | "instanceType" | "cpu" | "memory">;
  subnetIds: pulumi.Input<string[]>;
  securityGroupId: pulumi.Input<string>;
  targetGroups: readonly aws.lb.TargetGroup[];
  roles: Roles;
  logGroupName: pulumi.Input<string>;
  /** Instances boot only when these exist. */
  bootAfter: readonly pulumi.Resource[];
  tags: Tags;
}

/**
 * One colour of a service: a cluster of its own, instances from an Auto Scaling group that registers them with the load balancers, and one task on each
 * (a DAEMON service). Size is the one knob: instances = tasks = targets. Before its first release there is neither task definition nor ECS service.
 *
 * Cost a month at size N: N times the instance (t3.small about 20 USD in ap-northeast-1) and its 30 GiB gp3 volume (2.90 USD); nothing at size 0
 * (aws.amazon.com/ec2/pricing, /ebs/pricing).
 */
export class Colour extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly ecsServiceName: pulumi.Output<string> | null;
  readonly taskDefinitionArn: pulumi.Output<string> | null;
  readonly autoScalingGroupName: pulumi.Output<string>;

  constructor(name: string, args: ColourArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:colour:Colour", name, {}, opts);

    const cluster = new aws.ecs.Cluster(
      `${name}-cluster`,
      { name: args.clusterName, tags: args.tags },
      { parent: this },
    );
    const running = args.live.release ? createTasks(this, name, cluster, args.live.release, args) : null;
    const template = createLaunchTemplate(this, name, args);
    const group = createAutoScalingGroup(this, name, template, args, [
      cluster,
      ...(running ? [running.ecsService] : []),
      ...args.bootAfter,
    ]);

    this.clusterName = cluster.name;
    this.ecsServiceName = running?.ecsService.name ?? null;
    this.taskDefinitionArn = running?.taskDefinition.arn ?? null;
    this.autoScalingGroupName = group.name;
    this.registerOutputs({
      clusterName: this.clusterName,
      ecsServiceName: this.ecsServiceName,
      taskDefinitionArn: this.taskDefinitionArn,
      autoScalingGroupName: this.autoScalingGroupName,
    });
  }
}

type LiveRelease = NonNullable<LiveColour["release"]>;

function createTasks(parent: Colour, name: string, cluster: aws.ecs.Cluster, release: LiveRelease, args: ColourArgs) {
  const taskDefinition = new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      family: args.clusterName,
      networkMode: "bridge",
      requiresCompatibilities: ["EC2"],
      cpu: `${args.settings.cpu}`,
      memory: `${args.settings.memory}`,
      executionRoleArn: args.roles.executionRoleArn,
      taskRoleArn: args.roles.taskRoleArn,
      containerDefinitions: pulumi.jsonStringify([containerDefinition(release, args)]),
      // The revision before stays, to roll back to: services cannot name a deregistered one.
      skipDestroy: true,
      tags: args.tags,
    },
    { parent, ignoreChanges: args.frozen ? ["containerDefinitions", "cpu", "memory"] : [] },
  );
  const ecsService = new aws.ecs.Service(
    `${name}-service`,
    {
      cluster: cluster.arn,
      taskDefinition: taskDefinition.arn,
      // One task on each instance; a daemon takes neither a count nor a maximum above 100, and says its launch type itself. Targets are registered by
      // the Auto Scaling group.
      schedulingStrategy: "DAEMON",
      launchType: "EC2",
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      tags: args.tags,
    },
    // On the way down the agents have to be allowed to report until the service is gone.
    { parent, dependsOn: args.roles.policies },
  );
  return { taskDefinition, ecsService };
}

function containerDefinition(release: LiveRelease, args: ColourArgs) {
  return {
    name: args.service,
    image: release.image,
    essential: true,
    portMappings: [{ containerPort: args.settings.port, hostPort: HOST_PORT, protocol: "tcp" }],
    environment: [
      { name: "PORT", value: `${args.settings.port}` },
      { name: "RELEASE", value: release.name },
    ],
    readonlyRootFilesystem: true,
    stopTimeout: STOP_TIMEOUT_SECONDS,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": args.logGroupName,
        "awslogs-region": args.account.region,
        "awslogs-stream-prefix": args.colour,
        // A slow log service must not stop the service's own work.
        mode: "non-blocking",
        "max-buffer-size": "25m",
      },
    },
  };
}

function createLaunchTemplate(parent: Colour, name: string, args: ColourArgs): aws.ec2.LaunchTemplate {
  const instanceTags = { ...args.tags, Name: args.clusterName };
  return new aws.ec2.LaunchTemplate(
    `${name}-instance`,
    {
      // Resolved by EC2 at each launch: new instances get the newest image, and the program never sees a change.
      imageId: `resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023${isGraviton(args.settings.instanceType) ? "/arm64" : ""}/recommended/image_id`,
      instanceType: args.settings.instanceType,
      iamInstanceProfile: { arn: args.roles.instanceProfileArn },
      vpcSecurityGroupIds: [args.securityGroupId],
      userData: Buffer.from(userData(args.clusterName)).toString("base64"),
      // Version 2 only, and one hop: containers do not reach the instance's role.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: ROOT_VOLUME_GIB, encrypted: "true", deleteOnTermination: "true" },
        },
      ],
      tagSpecifications: [
        { resourceType: "instance", tags: instanceTags },
        { resourceType: "volume", tags: instanceTags },
      ],
      updateDefaultVersion: true,
      tags: args.tags,
    },
    { parent, ignoreChanges: args.frozen ? ["imageId", "instanceType", "userData", "blockDeviceMappings"] : [] },
  );
}

function userData(clusterName: string): string {
  return [
    "#!/bin/bash",
    "cat >> /etc/ecs/ecs.config <<'EOF'",
    `ECS_CLUSTER=${clusterName}`,
    // Logs are written with the execution role, like images are pulled: the instances' own role is for the agent alone.
    "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true",
    "EOF",
    "",
  ].join("\n");
}

function createAutoScalingGroup(
  parent: Colour,
  name: string,
  template: aws.ec2.LaunchTemplate,
  args: ColourArgs,
  dependsOn: pulumi.Resource[],
): aws.autoscaling.Group {
  const { size } = args.live;
  return new aws.autoscaling.Group(
    `${name}-instances`,
    {
      minSize: size,
      maxSize: size,
      desiredCapacity: size,
      vpcZoneIdentifiers: args.subnetIds,
      launchTemplate: { id: template.id, version: "$Latest" },
      targetGroupArns: args.targetGroups.map((group) => group.arn),
      healthCheckType: "ELB",
      healthCheckGracePeriod: GRACE_SECONDS,
      waitForCapacityTimeout: CAPACITY_TIMEOUT,
      // An instance counts once, when every group that lists it calls it healthy. Left at N for a colour that goes to 0, the wait would never end.
      waitForElbCapacity: size > 0 ? size : undefined,
      // The launch template tags instances and volumes; these are the group's own.
      tags: Object.entries(args.tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
    },
    { parent, dependsOn },
  );
}
