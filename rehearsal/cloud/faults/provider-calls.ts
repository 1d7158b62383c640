export type Verb = "create" | "read" | "update" | "delete";
/** Such as `ecs:CreateService`; null where the provider calls nothing. */
export type Calls = Record<Verb, string | null>;

type Operations = [create: string | null, read: string | null, update: string | null, remove: string | null];

/** The main call of each operation of the real provider, by type. The others that it makes (tags, attributes, reading back) are left out. */
export const PROVIDER_CALLS: Readonly<Record<string, Calls>> = {
  ...calls("acm", {
    "acm/certificate:Certificate": [
      "RequestCertificate",
      "DescribeCertificate",
      "UpdateCertificateOptions",
      "DeleteCertificate",
    ],
    "acm/certificateValidation:CertificateValidation": ["DescribeCertificate", "DescribeCertificate", null, null],
  }),
  ...calls("autoscaling", {
    "autoscaling/group:Group": [
      "CreateAutoScalingGroup",
      "DescribeAutoScalingGroups",
      "UpdateAutoScalingGroup",
      "DeleteAutoScalingGroup",
    ],
    "autoscaling/policy:Policy": ["PutScalingPolicy", "DescribePolicies", "PutScalingPolicy", "DeletePolicy"],
  }),
  ...calls("logs", {
    "cloudwatch/logGroup:LogGroup": ["CreateLogGroup", "DescribeLogGroups", "PutRetentionPolicy", "DeleteLogGroup"],
  }),
  ...calls("monitoring", {
    "cloudwatch/metricAlarm:MetricAlarm": ["PutMetricAlarm", "DescribeAlarms", "PutMetricAlarm", "DeleteAlarms"],
  }),
  ...calls("ec2", {
    "ec2/eip:Eip": ["AllocateAddress", "DescribeAddresses", "CreateTags", "ReleaseAddress"],
    "ec2/flowLog:FlowLog": ["CreateFlowLogs", "DescribeFlowLogs", "CreateTags", "DeleteFlowLogs"],
    "ec2/internetGateway:InternetGateway": [
      "CreateInternetGateway",
      "DescribeInternetGateways",
      "CreateTags",
      "DeleteInternetGateway",
    ],
    "ec2/internetGatewayAttachment:InternetGatewayAttachment": [
      "AttachInternetGateway",
      "DescribeInternetGateways",
      null,
      "DetachInternetGateway",
    ],
    "ec2/launchTemplate:LaunchTemplate": [
      "CreateLaunchTemplate",
      "DescribeLaunchTemplates",
      "CreateLaunchTemplateVersion",
      "DeleteLaunchTemplate",
    ],
    "ec2/natGateway:NatGateway": ["CreateNatGateway", "DescribeNatGateways", "CreateTags", "DeleteNatGateway"],
    "ec2/route:Route": ["CreateRoute", "DescribeRouteTables", "ReplaceRoute", "DeleteRoute"],
    "ec2/routeTable:RouteTable": ["CreateRouteTable", "DescribeRouteTables", "CreateTags", "DeleteRouteTable"],
    "ec2/routeTableAssociation:RouteTableAssociation": [
      "AssociateRouteTable",
      "DescribeRouteTables",
      "ReplaceRouteTableAssociation",
      "DisassociateRouteTable",
    ],
    "ec2/securityGroup:SecurityGroup": [
      "CreateSecurityGroup",
      "DescribeSecurityGroups",
      "CreateTags",
      "DeleteSecurityGroup",
    ],
    "ec2/securityGroupRule:SecurityGroupRule": [
      "AuthorizeSecurityGroupIngress",
      "DescribeSecurityGroups",
      "UpdateSecurityGroupRuleDescriptionsIngress",
      "RevokeSecurityGroupIngress",
    ],
    "ec2/subnet:Subnet": ["CreateSubnet", "DescribeSubnets", "ModifySubnetAttribute", "DeleteSubnet"],
    "ec2/vpc:Vpc": ["CreateVpc", "DescribeVpcs", "ModifyVpcAttribute", "DeleteVpc"],
    "ec2/vpcEndpoint:VpcEndpoint": [
      "CreateVpcEndpoint",
      "DescribeVpcEndpoints",
      "ModifyVpcEndpoint",
      "DeleteVpcEndpoints",
    ],
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": [
      "AuthorizeSecurityGroupEgress",
      "DescribeSecurityGroupRules",
      "ModifySecurityGroupRules",
      "RevokeSecurityGroupEgress",
    ],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": [
      "AuthorizeSecurityGroupIngress",
      "DescribeSecurityGroupRules",
      "ModifySecurityGroupRules",
      "RevokeSecurityGroupIngress",
    ],
  }),
  ...calls("ecr", {
    "ecr/lifecyclePolicy:LifecyclePolicy": [
      "PutLifecyclePolicy",
      "GetLifecyclePolicy",
      "PutLifecyclePolicy",
      "DeleteLifecyclePolicy",
    ],
    "ecr/repository:Repository": [
      "CreateRepository",
      "DescribeRepositories",
      "PutImageTagMutability",
      "DeleteRepository",
    ],
  }),
  ...calls("ecs", {
    "ecs/capacityProvider:CapacityProvider": [
      "CreateCapacityProvider",
      "DescribeCapacityProviders",
      "UpdateCapacityProvider",
      "DeleteCapacityProvider",
    ],
    "ecs/cluster:Cluster": ["CreateCluster", "DescribeClusters", "UpdateCluster", "DeleteCluster"],
    "ecs/clusterCapacityProviders:ClusterCapacityProviders": [
      "PutClusterCapacityProviders",
      "DescribeClusters",
      "PutClusterCapacityProviders",
      "PutClusterCapacityProviders",
    ],
    "ecs/service:Service": ["CreateService", "DescribeServices", "UpdateService", "DeleteService"],
    "ecs/taskDefinition:TaskDefinition": [
      "RegisterTaskDefinition",
      "DescribeTaskDefinition",
      "TagResource",
      "DeregisterTaskDefinition",
    ],
  }),
  ...calls("iam", {
    "iam/instanceProfile:InstanceProfile": [
      "CreateInstanceProfile",
      "GetInstanceProfile",
      "TagInstanceProfile",
      "DeleteInstanceProfile",
    ],
    "iam/openIdConnectProvider:OpenIdConnectProvider": [
      "CreateOpenIDConnectProvider",
      "GetOpenIDConnectProvider",
      "UpdateOpenIDConnectProviderThumbprint",
      "DeleteOpenIDConnectProvider",
    ],
    "iam/policy:Policy": ["CreatePolicy", "GetPolicy", "CreatePolicyVersion", "DeletePolicy"],
    "iam/role:Role": ["CreateRole", "GetRole", "UpdateRole", "DeleteRole"],
    "iam/rolePolicy:RolePolicy": ["PutRolePolicy", "GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy"],
    "iam/rolePolicyAttachment:RolePolicyAttachment": [
      "AttachRolePolicy",
      "ListAttachedRolePolicies",
      null,
      "DetachRolePolicy",
    ],
  }),
  ...calls("elasticloadbalancing", {
    "lb/listener:Listener": ["CreateListener", "DescribeListeners", "ModifyListener", "DeleteListener"],
    "lb/listenerRule:ListenerRule": ["CreateRule", "DescribeRules", "ModifyRule", "DeleteRule"],
    "lb/loadBalancer:LoadBalancer": [
      "CreateLoadBalancer",
      "DescribeLoadBalancers",
      "ModifyLoadBalancerAttributes",
      "DeleteLoadBalancer",
    ],
    "lb/targetGroup:TargetGroup": [
      "CreateTargetGroup",
      "DescribeTargetGroups",
      "ModifyTargetGroup",
      "DeleteTargetGroup",
    ],
  }),
  ...calls("route53", {
    "route53/record:Record": [
      "ChangeResourceRecordSets",
      "ListResourceRecordSets",
      "ChangeResourceRecordSets",
      "ChangeResourceRecordSets",
    ],
    "route53/zone:Zone": ["CreateHostedZone", "GetHostedZone", "UpdateHostedZoneComment", "DeleteHostedZone"],
  }),
  ...calls("s3", {
    "s3/bucket:Bucket": ["CreateBucket", "HeadBucket", "PutBucketTagging", "DeleteBucket"],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
      "PutBucketLifecycleConfiguration",
      "GetBucketLifecycleConfiguration",
      "PutBucketLifecycleConfiguration",
      "DeleteBucketLifecycle",
    ],
    "s3/bucketOwnershipControls:BucketOwnershipControls": [
      "PutBucketOwnershipControls",
      "GetBucketOwnershipControls",
      "PutBucketOwnershipControls",
      "DeleteBucketOwnershipControls",
    ],
    "s3/bucketPolicy:BucketPolicy": ["PutBucketPolicy", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"],
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
      "PutPublicAccessBlock",
      "GetPublicAccessBlock",
      "PutPublicAccessBlock",
      "DeletePublicAccessBlock",
    ],
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
      "PutBucketEncryption",
      "GetBucketEncryption",
      "PutBucketEncryption",
      "DeleteBucketEncryption",
    ],
    "s3/bucketVersioning:BucketVersioning": [
      "PutBucketVersioning",
      "GetBucketVersioning",
      "PutBucketVersioning",
      "PutBucketVersioning",
    ],
  }),
  ...calls("sqs", {
    "sqs/queue:Queue": ["CreateQueue", "GetQueueAttributes", "SetQueueAttributes", "DeleteQueue"],
    "sqs/queuePolicy:QueuePolicy": [
      "SetQueueAttributes",
      "GetQueueAttributes",
      "SetQueueAttributes",
      "SetQueueAttributes",
    ],
  }),
};

/** The same for functions; null for those that the provider answers by itself. */
export const FUNCTION_CALLS: Readonly<Record<string, string | null>> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": "ec2:DescribeAvailabilityZones",
  "aws:index/getCallerIdentity:getCallerIdentity": "sts:GetCallerIdentity",
  "aws:index/getPartition:getPartition": null,
  "aws:index/getRegion:getRegion": null,
  "aws:route53/getZone:getZone": "route53:ListHostedZones",
  "aws:secretsmanager/getSecret:getSecret": "secretsmanager:DescribeSecret",
};

/** @param service the name that its requests are signed with */
function calls(service: string, types: Record<string, Operations>): Record<string, Calls> {
  const named = (operation: string | null) => operation && `${service}:${operation}`;
  return Object.fromEntries(
    Object.entries(types).map(([token, [create, read, update, remove]]) => [
      `aws:${token}`,
      { create: named(create), read: named(read), update: named(update), delete: named(remove) },
    ]),
  );
}
