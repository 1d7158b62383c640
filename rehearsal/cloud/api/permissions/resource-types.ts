import { lastPart } from "../../../../components/core/arn";
import { mapValues } from "../../../../components/core/map-values";
import type { Services } from "../../create-services";
import type { CloudContext } from "../../kernel/context";
import type { ResourceType } from "../../provider/resource-type";
import type { Properties } from "../../provider/wire";
import type { RequiredPermission } from "../../services/cloud-service";
import { EC2, LAMBDA, on, onAll, passing, requestTags, SCHEDULER, TASKS } from "./passed-roles";

export type ResourceOperation = "create" | "read" | "update" | "delete";

/**
 * A resource as its operation sees it: its arguments and its outputs, as far as they are known, and its id, except
 * before it is created.
 */
type Resource = Properties & { id?: string };
type Needs = Partial<Record<ResourceOperation, (resource: Resource) => RequiredPermission[]>>;

/**
 * What IAM asks of the calls by which the real provider creates, reads, changes and deletes a resource (its source,
 * and AWS's Service Authorization Reference). Reading is complete for every type, because a preview and the search for
 * drift do it. Changing is complete for what a deploy changes. The other operations are those of an administrator, and
 * are asked for their main action on all resources.
 */
export function typePermissions(context: CloudContext, services: Services): Record<string, Needs> {
  return {
    ...computePermissions(context, services),
    ...networkPermissions(context),
    ...edgePermissions(context),
    ...identityPermissions(services),
    ...storagePermissions(context),
    ...databasePermissions(context),
  };
}

/** What an operation needs of a type: also what reading back needs, which the provider does after each change. */
export function needsOf(
  all: Record<string, Needs>,
  type: ResourceType,
  operation: ResourceOperation,
  resource: Resource,
) {
  const needs = all[type.token] ?? {};
  const { [operation]: main } = type.awsCalls;
  const own = needs[operation]?.(resource) ?? (main === undefined ? [] : onAll(main));
  return operation === "create" || operation === "update" ? [...own, ...(needs.read?.(resource) ?? [])] : own;
}

/** What IAM asks of the provider's functions, by token. */
export function functionPermissions(
  { region, accountId }: CloudContext,
  { ecr, route53, sqs }: Services,
): Record<string, (args: Properties) => RequiredPermission[]> {
  const zonesOf = (id: unknown, name: unknown) =>
    id === undefined ? route53.model.findByName(String(name)) : [route53.model.find(String(id)) ?? []].flat();
  return {
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => onAll("ec2:DescribeAvailabilityZones"),
    ...mapValues(
      {
        "aws:ec2/getVpc:getVpc": ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeRouteTables"],
        "aws:ec2/getSubnet:getSubnet": ["ec2:DescribeSubnets"],
        "aws:ec2/getSecurityGroup:getSecurityGroup": ["ec2:DescribeSecurityGroups"],
        "aws:ec2/getRouteTable:getRouteTable": ["ec2:DescribeRouteTables"],
        "aws:ec2/getInternetGateway:getInternetGateway": ["ec2:DescribeInternetGateways"],
        "aws:ec2/getNatGateway:getNatGateway": ["ec2:DescribeNatGateways"],
      },
      (actions) => () => onAll(...actions),
    ),
    "aws:autoscaling/getGroup:getGroup": () => onAll("autoscaling:DescribeAutoScalingGroups"),
    "aws:route53/getZone:getZone": ({ zoneId, name }) => [
      ...onAll("route53:ListHostedZones"),
      ...zonesOf(zoneId, name).flatMap(({ arn }) => on(arn, "route53:GetHostedZone", "route53:ListTagsForResource")),
    ],
    // The provider also reads the images of one that is there, for the tags of the newest.
    "aws:ecr/getRepository:getRepository": ({ name }) =>
      on(
        `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
        ...["ecr:DescribeRepositories", "ecr:ListTagsForResource"],
        ...(ecr.model.findRepository(String(name)) ? ["ecr:DescribeImages"] : []),
      ),
    "aws:ecs/getCluster:getCluster": ({ clusterName }) =>
      on(`arn:aws:ecs:${region}:${accountId}:cluster/${clusterName}`, "ecs:DescribeClusters"),
    "aws:sqs/getQueue:getQueue": ({ name }) =>
      on(
        `arn:aws:sqs:${region}:${accountId}:${name}`,
        "sqs:GetQueueUrl",
        ...(sqs.model.find(String(name)) ? ["sqs:GetQueueAttributes", "sqs:ListQueueTags"] : []),
      ),
    "aws:ssm/getParameter:getParameter": ({ name }) =>
      on(`arn:aws:ssm:${region}:${accountId}:parameter/${String(name).replace(/^\//, "")}`, "ssm:GetParameter"),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": ({ secretId }) =>
      on(
        `arn:aws:secretsmanager:${region}:${accountId}:secret:${String(secretId)}-AbCdEf`,
        "secretsmanager:GetSecretValue",
      ),
    "aws:secretsmanager/getSecret:getSecret": ({ name, arn }) =>
      on(
        String(arn ?? `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-AbCdEf`),
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
      ),
  };
}

function computePermissions(context: CloudContext, services: Services): Record<string, Needs> {
  const { region, accountId } = context;
  const { autoScaling, ec2, iam } = services;
  const ecsArn = (resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`;
  const groupArn = (name: unknown) => autoScaling.model.get(String(name)).arn;
  const templateOf = (given: { id?: string; name?: string }) =>
    ec2.model.launchTemplates.all.find(({ id, name }) =>
      given.id === undefined ? name === given.name : id === given.id,
    );
  /** Auto Scaling checks with the caller's permissions whether the group may launch what its template says. */
  const launching = ({ launchTemplate, vpcZoneIdentifiers = [] }: Resource): RequiredPermission[] => {
    const given = launchTemplate as { id?: string; name?: string; version?: string };
    const template = templateOf(given);
    // Without a template there is nothing to launch; Auto Scaling refuses the group.
    if (!template) return [];
    const { id, arn } = template;
    const data = ec2.model.launchTemplates.resolve(id, given.version ?? "$Default");
    const own = (resource: string) => `arn:aws:ec2:${region}:${accountId}:${resource}`;
    const launched = [
      ...["instance/*", "network-interface/*", "volume/*", `launch-template/${id}`].map(own),
      ...(vpcZoneIdentifiers as string[]).map((subnet) => own(`subnet/${subnet}`)),
      ...data.securityGroupIds.map((group) => own(`security-group/${group}`)),
      `arn:aws:ec2:${region}::image/*`,
    ];
    const keys = { "ec2:launchtemplate": arn };
    const profile = data.instanceProfile === undefined ? undefined : iam.model.roleOfProfile(data.instanceProfile);
    return [
      ...launched.map((resource) => ({ action: "ec2:RunInstances", resource, context: keys })),
      ...["instance/*", "volume/*"].map((resource) => ({
        action: "ec2:CreateTags",
        resource: own(resource),
        context: { "ec2:createaction": "RunInstances" },
      })),
      ...(data.imageId?.startsWith("resolve:ssm:")
        ? on(`arn:aws:ssm:${region}::parameter${data.imageId.slice("resolve:ssm:".length)}`, "ssm:GetParameters")
        : []),
      ...passing(EC2, profile && iam.model.roles.get(profile).arn),
    ];
  };
  const serviceArn = ({ id, cluster, name }: Resource) =>
    id?.startsWith("arn:") ? id : ecsArn(`service/${lastPart(String(cluster))}/${name}`);
  const scheduleArn = ({ id, groupName, name }: Resource) =>
    `arn:aws:scheduler:${region}:${accountId}:schedule/${id ?? `${groupName}/${name}`}`;
  /** What belongs to an Auto Scaling group is gone with it: then nothing is called. */
  const ofGroup = (actions: { put: string; read: string; delete: string }): Needs => {
    const put = ({ autoscalingGroupName }: Resource) => on(groupArn(autoscalingGroupName), actions.put);
    return {
      create: put,
      read: () => onAll(actions.read),
      update: put,
      delete: ({ autoscalingGroupName }) =>
        autoScaling.model.find(String(autoscalingGroupName)) ? on(groupArn(autoscalingGroupName), actions.delete) : [],
    };
  };
  return {
    "aws:autoscaling/group:Group": {
      create: (group) => [...onAll("autoscaling:CreateAutoScalingGroup"), ...launching(group)],
      read: () => onAll("autoscaling:DescribeAutoScalingGroups"),
      update: (group) => [
        ...on(groupArn(group.id), "autoscaling:UpdateAutoScalingGroup"),
        ...launching(group),
        ...onAll("elasticloadbalancing:DescribeTargetHealth", "autoscaling:DescribeScalingActivities"),
      ],
    },
    "aws:autoscaling/policy:Policy": ofGroup({
      put: "autoscaling:PutScalingPolicy",
      read: "autoscaling:DescribePolicies",
      delete: "autoscaling:DeletePolicy",
    }),
    "aws:autoscaling/schedule:Schedule": ofGroup({
      put: "autoscaling:PutScheduledUpdateGroupAction",
      read: "autoscaling:DescribeScheduledActions",
      delete: "autoscaling:DeleteScheduledAction",
    }),
    "aws:ec2/launchTemplate:LaunchTemplate": {
      read: () => onAll("ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"),
      update: ({ id }) =>
        on(ec2.model.launchTemplates.get(id!).arn, "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
    },
    "aws:ecs/cluster:Cluster": { read: () => onAll("ecs:DescribeClusters") },
    "aws:ecs/capacityProvider:CapacityProvider": { read: () => onAll("ecs:DescribeCapacityProviders") },
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": { read: () => onAll("ecs:DescribeClusters") },
    "aws:ecs/taskDefinition:TaskDefinition": {
      create: ({ family, taskRoleArn, executionRoleArn, tags }) => {
        const resource = ecsArn(`task-definition/${family}:*`);
        const given = requestTags(tags as Record<string, string> | undefined);
        return [
          { action: "ecs:RegisterTaskDefinition", resource, context: given },
          { action: "ecs:TagResource", resource, context: { ...given, "ecs:createaction": "RegisterTaskDefinition" } },
          ...passing(TASKS, taskRoleArn, executionRoleArn),
        ];
      },
      read: () => onAll("ecs:DescribeTaskDefinition"),
      update: ({ arn, family }) => on(String(arn ?? ecsArn(`task-definition/${family}:*`)), "ecs:TagResource"),
      delete: ({ skipDestroy }) => (skipDestroy === true ? [] : onAll("ecs:DeregisterTaskDefinition")),
    },
    "aws:ecs/service:Service": {
      create: (service) => [
        ...on(serviceArn(service), "ecs:CreateService"),
        { action: "ecs:TagResource", resource: serviceArn(service), context: { "ecs:createaction": "CreateService" } },
      ],
      read: () => onAll("ecs:DescribeServices"),
      update: (service) => on(serviceArn(service), "ecs:UpdateService"),
      delete: (service) => [...on(serviceArn(service), "ecs:DeleteService"), ...onAll("ecs:DescribeServices")],
    },
    "aws:cloudwatch/eventRule:EventRule": {
      read: ({ id, name }) =>
        on(
          `arn:aws:events:${region}:${accountId}:rule/${id ?? name}`,
          "events:DescribeRule",
          "events:ListTagsForResource",
        ),
    },
    "aws:cloudwatch/eventTarget:EventTarget": {
      read: ({ rule }) => on(`arn:aws:events:${region}:${accountId}:rule/${rule}`, "events:ListTargetsByRule"),
    },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": { read: () => onAll("logs:DescribeResourcePolicies") },
    // CloudWatch signs as "monitoring", and its actions are named "cloudwatch".
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
      create: () => onAll("cloudwatch:PutMetricAlarm"),
      read: ({ id, name }) => [
        ...onAll("cloudwatch:DescribeAlarms"),
        ...on(`arn:aws:cloudwatch:${region}:${accountId}:alarm:${id ?? name}`, "cloudwatch:ListTagsForResource"),
      ],
      update: () => onAll("cloudwatch:PutMetricAlarm"),
      delete: () => onAll("cloudwatch:DeleteAlarms"),
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
      read: ({ id, name }) =>
        on(
          `arn:aws:scheduler:${region}:${accountId}:schedule-group/${id ?? name}`,
          "scheduler:GetScheduleGroup",
          "scheduler:ListTagsForResource",
        ),
    },
    "aws:scheduler/schedule:Schedule": {
      read: (schedule) => on(scheduleArn(schedule), "scheduler:GetSchedule"),
      update: (schedule) => [
        ...on(scheduleArn(schedule), "scheduler:UpdateSchedule"),
        ...passing(SCHEDULER, (schedule.target as { roleArn?: string } | undefined)?.roleArn),
      ],
    },
    "aws:ecr/repository:Repository": {
      read: ({ name }) =>
        on(
          `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
          "ecr:DescribeRepositories",
          "ecr:ListTagsForResource",
        ),
    },
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
      read: ({ repository }) =>
        on(`arn:aws:ecr:${region}:${accountId}:repository/${repository}`, "ecr:GetLifecyclePolicy"),
    },
    "aws:cloudwatch/logGroup:LogGroup": {
      read: ({ id, name }) => [
        ...onAll("logs:DescribeLogGroups"),
        ...on(`arn:aws:logs:${region}:${accountId}:log-group:${id ?? name}`, "logs:ListTagsForResource"),
      ],
    },
  };
}

function networkPermissions({ region, accountId }: CloudContext): Record<string, Needs> {
  const reading = (...actions: string[]): Needs => ({ read: () => onAll(...actions.map((action) => `ec2:${action}`)) });
  const revoking = (direction: string): Needs => ({
    ...reading("DescribeSecurityGroupRules"),
    delete: ({ securityGroupId }) =>
      on(`arn:aws:ec2:${region}:${accountId}:security-group/${securityGroupId}`, `ec2:RevokeSecurityGroup${direction}`),
  });
  return {
    "aws:ec2/vpc:Vpc": reading(
      "DescribeVpcs",
      "DescribeVpcAttribute",
      "DescribeNetworkAcls",
      "DescribeRouteTables",
      "DescribeSecurityGroups",
    ),
    "aws:ec2/subnet:Subnet": reading("DescribeSubnets"),
    "aws:ec2/routeTable:RouteTable": reading("DescribeRouteTables"),
    "aws:ec2/route:Route": reading("DescribeRouteTables"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": reading("DescribeRouteTables"),
    "aws:ec2/internetGateway:InternetGateway": reading("DescribeInternetGateways"),
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": reading("DescribeInternetGateways"),
    "aws:ec2/natGateway:NatGateway": reading("DescribeNatGateways"),
    "aws:ec2/eip:Eip": reading("DescribeAddresses", "DescribeAddressesAttribute"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": reading("DescribeVpcEndpoints", "DescribePrefixLists"),
    "aws:ec2/flowLog:FlowLog": reading("DescribeFlowLogs"),
    "aws:ec2/securityGroup:SecurityGroup": reading("DescribeSecurityGroups"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": reading("DescribeSecurityGroups"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": revoking("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": revoking("Egress"),
  };
}

function edgePermissions(context: CloudContext): Record<string, Needs> {
  const elb =
    (...kinds: string[]) =>
    () =>
      onAll(...kinds.map((kind) => `elasticloadbalancing:Describe${kind}`));
  const zoneArn = (id: unknown) => `arn:aws:route53:::hostedzone/${id}`;
  const changing =
    (action: (record: Resource) => string) =>
    (record: Resource): RequiredPermission[] => [
      {
        action: "route53:ChangeResourceRecordSets",
        resource: zoneArn(record.zoneId),
        context: {
          "route53:changeresourcerecordsetsactions": [action(record)],
          "route53:changeresourcerecordsetsrecordtypes": [String(record.type)],
          "route53:changeresourcerecordsetsnormalizedrecordnames": [
            String(record.fqdn ?? record.name)
              .toLowerCase()
              .replace(/\.$/, ""),
          ],
        },
      },
      ...on("arn:aws:route53:::change/*", "route53:GetChange"),
    ];
  return {
    "aws:lb/loadBalancer:LoadBalancer": {
      read: elb("LoadBalancers", "LoadBalancerAttributes", "CapacityReservation", "Tags"),
    },
    "aws:lb/targetGroup:TargetGroup": {
      read: elb("TargetGroups", "TargetGroupAttributes", "Tags"),
      // The provider's other calls are for attributes and tags, which a deploy does not change.
      update: ({ id }) => on(id!, "elasticloadbalancing:ModifyTargetGroup"),
    },
    "aws:lb/listener:Listener": { read: elb("Listeners", "ListenerAttributes", "Tags") },
    "aws:lb/listenerCertificate:ListenerCertificate": { read: elb("ListenerCertificates") },
    "aws:lb/listenerRule:ListenerRule": {
      read: elb("Rules", "Tags"),
      update: ({ id }) => on(id!, "elasticloadbalancing:ModifyRule"),
    },
    "aws:acm/certificate:Certificate": {
      read: ({ id }) => (id === undefined ? [] : on(id, "acm:DescribeCertificate", "acm:ListTagsForCertificate")),
    },
    "aws:acm/certificateValidation:CertificateValidation": {
      read: ({ certificateArn }) => on(String(certificateArn), "acm:DescribeCertificate"),
    },
    "aws:route53/zone:Zone": {
      read: ({ id = "*" }) =>
        on(zoneArn(id), "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"),
    },
    "aws:route53/record:Record": {
      create: changing(({ allowOverwrite }) => (allowOverwrite ? "UPSERT" : "CREATE")),
      read: ({ zoneId }) => on(zoneArn(zoneId), "route53:GetHostedZone", "route53:ListResourceRecordSets"),
      update: changing(() => "UPSERT"),
      delete: changing(() => "DELETE"),
    },
    "aws:sqs/queue:Queue": {
      read: ({ name }) => on(queueArn(context, name), "sqs:GetQueueAttributes", "sqs:ListQueueTags"),
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
      read: ({ queueUrl }) => on(queueArn(context, lastPart(String(queueUrl))), "sqs:GetQueueAttributes"),
    },
  };
}

function identityPermissions({ iam }: Services): Record<string, Needs> {
  const roleArn = (name: unknown) => iam.model.roles.get(String(name)).arn;
  const exists = (name: unknown) => iam.model.roles.find(String(name)) !== undefined;
  return {
    "aws:iam/role:Role": {
      read: ({ id }) =>
        id === undefined || !exists(id)
          ? []
          : on(roleArn(id), "iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"),
    },
    "aws:iam/rolePolicy:RolePolicy": {
      read: ({ role }) => (exists(role) ? on(roleArn(role), "iam:GetRolePolicy") : []),
      delete: ({ role }) => (exists(role) ? on(roleArn(role), "iam:DeleteRolePolicy") : []),
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
      read: ({ role }) => (exists(role) ? on(roleArn(role), "iam:ListAttachedRolePolicies") : []),
    },
    "aws:iam/policy:Policy": {
      read: ({ id }) => (id === undefined ? [] : on(id, "iam:GetPolicy", "iam:GetPolicyVersion")),
    },
    "aws:iam/instanceProfile:InstanceProfile": {
      create: ({ role }) => [
        ...onAll("iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"),
        ...(exists(role) ? passing(EC2, roleArn(role)) : []),
      ],
      read: ({ id }) => {
        const profile = id === undefined ? undefined : iam.model.instanceProfiles.find(id);
        return profile ? on(profile.arn, "iam:GetInstanceProfile") : [];
      },
    },
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
      read: ({ id }) => (id === undefined ? [] : on(id, "iam:GetOpenIDConnectProvider")),
    },
  };
}

/** What the provider reads of a bucket; a setting of it has an action of its own. */
const BUCKET_READS = [
  ...["ListBucket", "ListTagsForResource", "GetBucketAcl", "GetBucketCORS", "GetBucketLocation", "GetBucketLogging"],
  ...["GetBucketObjectLockConfiguration", "GetBucketPolicy", "GetBucketRequestPayment", "GetBucketTagging"],
  ...["GetBucketVersioning", "GetBucketWebsite", "GetAccelerateConfiguration", "GetEncryptionConfiguration"],
  ...["GetLifecycleConfiguration", "GetReplicationConfiguration"],
];

function databasePermissions({ region, accountId }: CloudContext): Record<string, Needs> {
  const rds = (resource: string, ...actions: string[]) =>
    on(`arn:aws:rds:${region}:${accountId}:${resource}`, ...actions.map((action) => `rds:${action}`));
  const functionArn = (name: unknown) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return {
    "aws:rds/instance:Instance": {
      read: ({ identifier }) => rds(`db:${identifier}`, "DescribeDBInstances", "ListTagsForResource"),
    },
    "aws:rds/subnetGroup:SubnetGroup": {
      read: ({ id, name }) => rds(`subgrp:${id ?? name}`, "DescribeDBSubnetGroups", "ListTagsForResource"),
    },
    "aws:rds/parameterGroup:ParameterGroup": {
      read: ({ id, name }) =>
        rds(`pg:${id ?? name}`, "DescribeDBParameterGroups", "DescribeDBParameters", "ListTagsForResource"),
    },
    "aws:lambda/function:Function": {
      create: ({ name, role }) => [
        ...on(functionArn(name), "lambda:CreateFunction", "lambda:TagResource"),
        ...passing(LAMBDA, role),
      ],
      read: ({ id, name }) =>
        on(
          functionArn(id ?? name),
          ...["lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:ListVersionsByFunction"],
        ),
      update: ({ name }) =>
        on(functionArn(name), "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:TagResource"),
    },
    "aws:lambda/invocation:Invocation": {
      create: ({ functionName }) => on(functionArn(functionName), "lambda:InvokeFunction"),
    },
    "aws:secretsmanager/secret:Secret": {
      read: ({ id, name }) =>
        on(
          String(id ?? `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-AbCdEf`),
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy",
        ),
    },
  };
}

function storagePermissions(_: CloudContext): Record<string, Needs> {
  const reading = (...actions: string[]): Needs => ({
    read: ({ id, bucket }) => on(`arn:aws:s3:::${id ?? bucket}`, ...actions.map((action) => `s3:${action}`)),
  });
  return {
    "aws:s3/bucket:Bucket": reading(...BUCKET_READS),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": reading("GetBucketPublicAccessBlock"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
      reading("GetEncryptionConfiguration"),
    "aws:s3/bucketPolicy:BucketPolicy": reading("GetBucketPolicy"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": reading("GetLifecycleConfiguration"),
    "aws:s3/bucketVersioning:BucketVersioning": reading("GetBucketVersioning"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": reading("GetBucketOwnershipControls"),
  };
}

function queueArn({ region, accountId }: CloudContext, name: unknown): string {
  return `arn:aws:sqs:${region}:${accountId}:${name}`;
}
