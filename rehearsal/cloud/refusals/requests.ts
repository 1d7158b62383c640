import type { AwsCall } from "../kernel/aws-services";

/** One of the API calls that the provider makes for a resource, and how the arguments become its input. */
export interface RequestForm {
  call: AwsCall;
  /** Operations that make the call; both by default. */
  on?: "create" | "update";
  /** Structure in the input that has the members of arguments which the input itself does not have. */
  below?: string;
  /**
   * The member for an argument whose name differs. An argument without an entry has the member of the same name,
   * whatever its capitals and whether it is singular or plural. Paths have dots: `launchTemplate.id`.
   */
  members?: Readonly<Record<string, string>>;
}

const EC2_TAGS: RequestForm = { call: "ec2:CreateTags", members: { tags: "Tags" } };

/** The calls that the provider makes to create and to change each resource type, by its token. */
export const REQUESTS: Readonly<Record<string, readonly RequestForm[]>> = {
  "aws:acm/certificate:Certificate": [{ call: "acm:RequestCertificate" }],
  "aws:acm/certificateValidation:CertificateValidation": [{ call: "acm:DescribeCertificate" }],
  "aws:autoscaling/group:Group": [
    {
      call: "autoscaling:CreateAutoScalingGroup",
      members: {
        name: "AutoScalingGroupName",
        vpcZoneIdentifiers: "VPCZoneIdentifier",
        protectFromScaleIn: "NewInstancesProtectedFromScaleIn",
        "launchTemplate.id": "LaunchTemplateId",
        "launchTemplate.name": "LaunchTemplateName",
      },
    },
  ],
  "aws:autoscaling/policy:Policy": [{ call: "autoscaling:PutScalingPolicy", members: { name: "PolicyName" } }],
  "aws:autoscaling/schedule:Schedule": [{ call: "autoscaling:PutScheduledUpdateGroupAction" }],
  "aws:cloudwatch/eventRule:EventRule": [{ call: "events:PutRule" }],
  "aws:cloudwatch/eventTarget:EventTarget": [
    { call: "events:PutTargets", members: { targetId: "Targets.Id", arn: "Targets.Arn" } },
  ],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": [{ call: "logs:PutResourcePolicy" }],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [{ call: "monitoring:PutMetricAlarm", members: { name: "AlarmName" } }],
  "aws:cloudwatch/logGroup:LogGroup": [
    { call: "logs:CreateLogGroup", members: { name: "logGroupName" } },
    { call: "logs:PutRetentionPolicy", members: { name: "logGroupName" } },
  ],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [
    { call: "ec2:DescribeSecurityGroups", on: "create", members: { vpcId: "Filters.Values" } },
    EC2_TAGS,
  ],
  "aws:ec2/eip:Eip": [{ call: "ec2:AllocateAddress" }, EC2_TAGS],
  "aws:ec2/flowLog:FlowLog": [
    { call: "ec2:CreateFlowLogs", members: { vpcId: "ResourceIds", iamRoleArn: "DeliverLogsPermissionArn" } },
    EC2_TAGS,
  ],
  "aws:ec2/internetGateway:InternetGateway": [{ call: "ec2:AttachInternetGateway" }, EC2_TAGS],
  "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": [{ call: "ec2:AttachInternetGateway" }],
  "aws:ec2/launchTemplate:LaunchTemplate": [
    ...(["ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"] as const).map((call, index) => ({
      call,
      on: (["create", "update"] as const)[index]!,
      below: "LaunchTemplateData",
      members: {
        name: "LaunchTemplateName",
        description: "VersionDescription",
        vpcSecurityGroupIds: "LaunchTemplateData.SecurityGroupIds",
        // The template's own tags are those of CreateTags.
        tags: "TagSpecifications.Tags",
      },
    })),
    EC2_TAGS,
  ],
  "aws:ec2/natGateway:NatGateway": [{ call: "ec2:CreateNatGateway" }, EC2_TAGS],
  "aws:ec2/route:Route": [{ call: "ec2:CreateRoute" }],
  "aws:ec2/routeTable:RouteTable": [{ call: "ec2:CreateRouteTable" }, EC2_TAGS],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": [{ call: "ec2:AssociateRouteTable" }],
  "aws:ec2/securityGroup:SecurityGroup": [
    { call: "ec2:CreateSecurityGroup", members: { name: "GroupName" } },
    EC2_TAGS,
  ],
  "aws:ec2/securityGroupRule:SecurityGroupRule": [
    {
      call: "ec2:AuthorizeSecurityGroupIngress",
      members: {
        securityGroupId: "GroupId",
        protocol: "IpProtocol",
        cidrBlocks: "IpPermissions.IpRanges",
        ipv6CidrBlocks: "IpPermissions.Ipv6Ranges",
        sourceSecurityGroupId: "IpPermissions.UserIdGroupPairs",
        prefixListIds: "IpPermissions.PrefixListIds",
      },
    },
  ],
  "aws:ec2/subnet:Subnet": [{ call: "ec2:CreateSubnet" }, { call: "ec2:ModifySubnetAttribute" }, EC2_TAGS],
  "aws:ec2/vpc:Vpc": [
    { call: "ec2:CreateVpc", members: { assignGeneratedIpv6CidrBlock: "AmazonProvidedIpv6CidrBlock" } },
    { call: "ec2:ModifyVpcAttribute" },
    EC2_TAGS,
  ],
  "aws:ec2/vpcEndpoint:VpcEndpoint": [{ call: "ec2:CreateVpcEndpoint" }, EC2_TAGS],
  ...Object.fromEntries(
    (["Ingress", "Egress"] as const).map((direction) => [
      `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
      [
        {
          call: `ec2:AuthorizeSecurityGroup${direction}`,
          members: {
            securityGroupId: "GroupId",
            cidrIpv4: "CidrIp",
            cidrIpv6: "IpPermissions.Ipv6Ranges",
            referencedSecurityGroupId: "IpPermissions.UserIdGroupPairs",
            prefixListId: "IpPermissions.PrefixListIds",
          },
        } as const,
        EC2_TAGS,
      ],
    ]),
  ),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": [
    { call: "ecr:PutLifecyclePolicy", members: { repository: "repositoryName", policy: "lifecyclePolicyText" } },
  ],
  "aws:ecr/repository:Repository": [
    {
      call: "ecr:CreateRepository",
      members: { name: "repositoryName", encryptionConfigurations: "encryptionConfiguration" },
    },
  ],
  "aws:ecs/capacityProvider:CapacityProvider": [{ call: "ecs:CreateCapacityProvider" }],
  "aws:ecs/cluster:Cluster": [{ call: "ecs:CreateCluster", members: { name: "clusterName" } }],
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": [
    {
      call: "ecs:PutClusterCapacityProviders",
      members: { clusterName: "cluster", defaultCapacityProviderStrategies: "defaultCapacityProviderStrategy" },
    },
  ],
  "aws:ecs/service:Service": [
    {
      call: "ecs:CreateService",
      members: {
        name: "serviceName",
        capacityProviderStrategies: "capacityProviderStrategy",
        deploymentMinimumHealthyPercent: "deploymentConfiguration.minimumHealthyPercent",
        deploymentMaximumPercent: "deploymentConfiguration.maximumPercent",
      },
    },
  ],
  "aws:scheduler/scheduleGroup:ScheduleGroup": [{ call: "scheduler:CreateScheduleGroup" }],
  "aws:scheduler/schedule:Schedule": [
    { call: "scheduler:CreateSchedule", on: "create" },
    { call: "scheduler:UpdateSchedule", on: "update" },
  ],
  "aws:ecs/taskDefinition:TaskDefinition": [{ call: "ecs:RegisterTaskDefinition" }],
  "aws:iam/instanceProfile:InstanceProfile": [
    { call: "iam:CreateInstanceProfile", members: { name: "InstanceProfileName" } },
    { call: "iam:AddRoleToInstanceProfile", members: { name: "InstanceProfileName", role: "RoleName" } },
  ],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": [
    {
      call: "iam:CreateOpenIDConnectProvider",
      members: { clientIdLists: "ClientIDList", thumbprintLists: "ThumbprintList" },
    },
  ],
  "aws:iam/policy:Policy": [{ call: "iam:CreatePolicy", members: { name: "PolicyName", policy: "PolicyDocument" } }],
  "aws:iam/role:Role": [
    { call: "iam:CreateRole", members: { name: "RoleName", assumeRolePolicy: "AssumeRolePolicyDocument" } },
  ],
  "aws:iam/rolePolicy:RolePolicy": [
    { call: "iam:PutRolePolicy", members: { role: "RoleName", name: "PolicyName", policy: "PolicyDocument" } },
  ],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
    { call: "iam:AttachRolePolicy", members: { role: "RoleName" } },
  ],
  "aws:lambda/function:Function": [
    {
      call: "lambda:CreateFunction",
      members: { name: "FunctionName", code: "Code", memorySize: "MemorySize", reservedConcurrentExecutions: "" },
    },
  ],
  "aws:lambda/invocation:Invocation": [{ call: "lambda:Invoke", on: "create", members: { input: "Payload" } }],
  "aws:lb/listener:Listener": [
    {
      call: "elasticloadbalancing:CreateListener",
      members: {
        certificateArn: "Certificates.CertificateArn",
        "defaultActions.forward": "ForwardConfig",
        "defaultActions.redirect": "RedirectConfig",
        "defaultActions.fixedResponse": "FixedResponseConfig",
      },
    },
  ],
  "aws:lb/listenerCertificate:ListenerCertificate": [
    {
      call: "elasticloadbalancing:AddListenerCertificates",
      members: { certificateArn: "Certificates.CertificateArn" },
    },
  ],
  "aws:lb/listenerRule:ListenerRule": [
    {
      call: "elasticloadbalancing:CreateRule",
      members: {
        "actions.forward": "ForwardConfig",
        "actions.redirect": "RedirectConfig",
        "actions.fixedResponse": "FixedResponseConfig",
        "conditions.hostHeader": "HostHeaderConfig",
        "conditions.pathPattern": "PathPatternConfig",
        "conditions.httpHeader": "HttpHeaderConfig",
      },
    },
  ],
  "aws:lb/loadBalancer:LoadBalancer": [
    { call: "elasticloadbalancing:CreateLoadBalancer", members: { loadBalancerType: "Type" } },
  ],
  "aws:lb/targetGroup:TargetGroup": [
    {
      call: "elasticloadbalancing:CreateTargetGroup",
      members: {
        "healthCheck.enabled": "HealthCheckEnabled",
        healthCheck: "",
        "healthCheck.protocol": "HealthCheckProtocol",
        "healthCheck.port": "HealthCheckPort",
        "healthCheck.path": "HealthCheckPath",
        "healthCheck.matcher": "Matcher.HttpCode",
        "healthCheck.interval": "HealthCheckIntervalSeconds",
        "healthCheck.timeout": "HealthCheckTimeoutSeconds",
        "healthCheck.healthyThreshold": "HealthyThresholdCount",
        "healthCheck.unhealthyThreshold": "UnhealthyThresholdCount",
      },
    },
  ],
  "aws:rds/instance:Instance": [
    {
      call: "rds:CreateDBInstance",
      on: "create",
      members: {
        identifier: "DBInstanceIdentifier",
        instanceClass: "DBInstanceClass",
        multiAz: "MultiAZ",
        caCertIdentifier: "CACertificateIdentifier",
        username: "MasterUsername",
        parameterGroupName: "DBParameterGroupName",
        // The provider gives it as VpcSecurityGroupIds.
        vpcSecurityGroupIds: "VpcSecurityGroupIds",
      },
    },
  ],
  "aws:rds/parameterGroup:ParameterGroup": [
    {
      call: "rds:CreateDBParameterGroup",
      on: "create",
      members: { name: "DBParameterGroupName", family: "DBParameterGroupFamily" },
    },
    {
      call: "rds:ModifyDBParameterGroup",
      members: {
        name: "DBParameterGroupName",
        "parameters.name": "ParameterName",
        "parameters.value": "ParameterValue",
      },
    },
  ],
  "aws:rds/subnetGroup:SubnetGroup": [
    {
      call: "rds:CreateDBSubnetGroup",
      members: { name: "DBSubnetGroupName", description: "DBSubnetGroupDescription" },
    },
  ],
  "aws:route53/record:Record": [
    {
      call: "route53:ChangeResourceRecordSets",
      below: "ChangeBatch.Changes.ResourceRecordSet",
      members: {
        zoneId: "HostedZoneId",
        ttl: "ChangeBatch.Changes.ResourceRecordSet.TTL",
        records: "ChangeBatch.Changes.ResourceRecordSet.ResourceRecords.Value",
        aliases: "ChangeBatch.Changes.ResourceRecordSet.AliasTarget",
        "aliases.name": "DNSName",
        "aliases.zoneId": "HostedZoneId",
      },
    },
  ],
  "aws:route53/zone:Zone": [
    {
      call: "route53:CreateHostedZone",
      members: {
        comment: "HostedZoneConfig.Comment",
        vpcs: "VPC",
        "vpcs.vpcId": "VPCId",
        "vpcs.vpcRegion": "VPCRegion",
      },
    },
    { call: "route53:ChangeTagsForResource", members: { tags: "AddTags" } },
  ],
  "aws:s3/bucket:Bucket": [
    { call: "s3:CreateBucket" },
    { call: "s3:PutBucketTagging", members: { tags: "Tagging.TagSet" } },
  ],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    {
      call: "s3:PutBucketLifecycleConfiguration",
      members: { rules: "LifecycleConfiguration.Rules", "rules.id": "ID" },
    },
  ],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": [
    { call: "s3:PutBucketOwnershipControls", members: { rule: "OwnershipControls.Rules" } },
  ],
  "aws:s3/bucketPolicy:BucketPolicy": [{ call: "s3:PutBucketPolicy" }],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
    { call: "s3:PutPublicAccessBlock", below: "PublicAccessBlockConfiguration" },
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    {
      call: "s3:PutBucketEncryption",
      members: {
        rules: "ServerSideEncryptionConfiguration.Rules",
        "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID",
      },
    },
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [{ call: "s3:PutBucketVersioning" }],
  "aws:secretsmanager/secret:Secret": [{ call: "secretsmanager:CreateSecret", on: "create" }],
  "aws:sqs/queue:Queue": [{ call: "sqs:CreateQueue", members: { name: "QueueName" } }],
  "aws:sqs/queuePolicy:QueuePolicy": [{ call: "sqs:SetQueueAttributes" }],
  "aws:wafv2/webAclAssociation:WebAclAssociation": [{ call: "wafv2:AssociateWebACL" }],
};

/**
 * Arguments that are no member of a call's input, with the reason. The test of the tables fails for an argument that is
 * neither here nor a member.
 */
export const NOT_IN_REQUESTS: Readonly<Record<string, readonly string[]>> = {
  "the beginning of a name, which the provider completes": ["namePrefix", "bucketPrefix", "identifierPrefix"],
  "a switch of the provider alone": [
    "forceDelete",
    "forceDestroy",
    "forceDetachPolicies",
    "ignoreFailedScalingActivities",
    "minElbCapacity",
    "revokeRulesOnDelete",
    "skipDestroy",
    "trackLatest",
    "updateDefaultVersion",
    "applyImmediately",
    "forceOverwriteReplicaSecret",
    "lifecycleScope",
    "terraformKey",
    "triggers",
    "waitForCapacityTimeout",
    "waitForElbCapacity",
    "waitForSteadyState",
    "enabled",
    "allowOverwrite",
    "validationRecordFqdns",
  ],
  "a value of an attribute, which the models have as a text by name; the service's model checks it": [
    "accessLogs",
    "clientKeepAlive",
    "delaySeconds",
    "deregistrationDelay",
    "desyncMitigationMode",
    "dropInvalidHeaderFields",
    "enableDeletionProtection",
    "idleTimeout",
    "loadBalancingAlgorithmType",
    "maxMessageSize",
    "messageRetentionSeconds",
    "receiveWaitTimeSeconds",
    "redrivePolicy",
    "sqsManagedSseEnabled",
    "visibilityTimeoutSeconds",
  ],
  "of the call that deletes it": [
    "deleteAutomatedBackups",
    "finalSnapshotIdentifier",
    "recoveryWindowInDays",
    "skipFinalSnapshot",
  ],
  "rules, routes and policies of their own calls, checked by value-rules.ts and by the services' models": [
    "ingress",
    "egress",
    "routes",
    "self",
    "policy",
    "description",
  ],
  "chosen by the operation or its path": [
    "type",
    "internal",
    "targetType",
    "queueUrl",
    "enableNetworkAddressUsageMetrics",
  ],
};
