import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import { isGraviton } from "../settings/instance-type";

const ROOT_VOLUME_GIB = 30;

export interface LaunchTemplateArgs {
  clusterName: string;
  instanceType: string;
  /** Whether the CPU of the instances decides how many there are. */
  followsLoad: boolean;
  instanceProfileArn: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  tags: Tags;
}

/**
 * Creates the launch template of a colour's instances: Amazon's newest ECS-optimized image, in the colour's own
 * cluster.
 */
export function createLaunchTemplate(
  name: string,
  args: LaunchTemplateArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  const instanceTags = { ...args.tags, Name: args.clusterName };
  return new aws.ec2.LaunchTemplate(
    name,
    {
      // EC2 resolves it at each launch: new instances get the newest image, and the program never sees a change.
      imageId: `resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023${isGraviton(args.instanceType) ? "/arm64" : ""}/recommended/image_id`,
      instanceType: args.instanceType,
      iamInstanceProfile: { arn: args.instanceProfileArn },
      // Without it EC2 measures the CPU in steps of five minutes, and scaling comes late (aws-rules A28). 7 metrics, 2.10 USD
      // a month for each instance (aws.amazon.com/cloudwatch/pricing).
      monitoring: args.followsLoad ? { enabled: true } : undefined,
      vpcSecurityGroupIds: [args.securityGroupId],
      userData: Buffer.from(userData(args.clusterName)).toString("base64"),
      // IMDSv2 only, and one hop, so that containers cannot get the credentials of the instance's role.
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
    opts,
  );
}

function userData(clusterName: string): string {
  return [
    "#!/bin/bash",
    "cat >> /etc/ecs/ecs.config <<'EOF'",
    `ECS_CLUSTER=${clusterName}`,
    // The execution role writes logs, and pulls images; the instances' role is for the agent alone.
    "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true",
    "EOF",
    "",
  ].join("\n");
}
