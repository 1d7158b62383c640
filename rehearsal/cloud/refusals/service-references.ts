import { parseJson } from "../../../components/core/parse-json";
import { AwsError } from "../kernel/aws-error";
import type { Look, Reference, ReferenceTable } from "./reference";
import { valuesAt } from "./values-at";

const elbVpc = (id: string) => new AwsError("ValidationError", `The VPC ID '${id}' is not found`);
const elbSubnet = (id: string) => new AwsError("SubnetNotFound", `The subnet ID '${id}' does not exist`);
const groupsMissing = (arn: string) => new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
/** LOGS: aws-load-balancer-controller#1045 */
const groupElsewhere = (arn: string, _vpcId: string, loadBalancer: string) =>
  new AwsError(
    "InvalidConfigurationRequest",
    `Target group '${arn}' is in a different VPC than load balancer '${loadBalancer}'`,
  );
const forwards = (actions: string, owner: Reference): Reference[] => [
  owner,
  ...[`${actions}.targetGroupArn`, `${actions}.forward.targetGroups.arn`].map((argument) => ({
    argument,
    kind: "targetGroup" as const,
    missing: groupsMissing,
    elsewhere: groupElsewhere,
  })),
];

const noEntity = (what: string) => (name: string) => new AwsError("NoSuchEntity", `${what} ${name} cannot be found.`);
const noRole = noEntity("The role with name");
const ecsCluster = () => new AwsError("ClusterNotFoundException", "Cluster not found.");
const asg = (message: (value: string) => string) => (value: string) => new AwsError("ValidationError", message(value));
const noBucket = () => new AwsError("NoSuchBucket", "The specified bucket does not exist");

/** The roles of the own account that a policy names as principals. */
function rolesIn(policy: string, { accountId }: Look): string[] {
  const statements = valuesAt(parseJson(policy), "Statement");
  const prefix = `arn:aws:iam::${accountId}:role/`;
  return statements
    .flatMap((statement) => valuesAt(statement, "Principal.AWS"))
    .filter((value): value is string => typeof value === "string" && value.startsWith(prefix));
}

/** WAF's words for a resource and for a web ACL that are not there. */
const notInWaf = () =>
  new AwsError(
    "WAFNonexistentItemException",
    "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
  );

const bucketOf: Reference = { argument: "bucket", kind: "bucket", missing: noBucket };

/** The references of the resource types on top of networks (V7, V8). */
export const SERVICE_REFERENCES: ReferenceTable = {
  "aws:acm/certificateValidation:CertificateValidation": [
    {
      argument: "certificateArn",
      kind: "certificate",
      missing: (arn) => new AwsError("ResourceNotFoundException", `Could not find certificate ${arn}.`),
    },
  ],
  "aws:autoscaling/group:Group": [
    {
      argument: "vpcZoneIdentifiers",
      kind: "subnet",
      // LOGS: terraform-up-and-running-code#67
      missing: asg((id) => `The subnet ID '${id}' does not exist`),
      // SDK-ASG VPCZoneIdentifier; the words are ours.
      elsewhere: (id, vpcId) => asg(() => `The subnet '${id}' is not in the VPC '${vpcId}' of the other subnets`)(id),
    },
    {
      argument: "launchTemplate.id",
      kind: "launchTemplate",
      missing: asg(
        (id) =>
          `You must use a valid fully-formed launch template. The specified launch template, with template ID ${id}, does not exist.`,
      ),
    },
    {
      argument: "launchTemplate.name",
      kind: "launchTemplate",
      missing: asg(
        (name) =>
          `You must use a valid fully-formed launch template. The specified launch template, with template name ${name}, does not exist.`,
      ),
    },
    ...["launchTemplate.id", "launchTemplate.name"].flatMap((argument): Reference[] => [
      {
        argument,
        kind: "securityGroup",
        valuesOf: (template, look) => look.template(template)?.securityGroupIds ?? [],
        missing: asg(
          (id) => `You must use a valid fully-formed launch template. The security group '${id}' does not exist`,
        ),
        // LOGS: aws-ethereum-miner#12
        elsewhere: asg(
          () =>
            "One or more security groups in the launch template are not linked to the VPCs configured in the Auto Scaling group",
        ),
      },
      {
        argument,
        kind: "instanceProfile",
        valuesOf: (template, look) => [look.template(template)?.instanceProfile ?? []].flat(),
        missing: asg(
          (profile) =>
            `You must use a valid fully-formed launch template. Value (${profile.slice(profile.lastIndexOf("/") + 1)}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
        ),
      },
    ]),
    {
      argument: "targetGroupArns",
      kind: "targetGroup",
      missing: asg(
        (arn) => `Provided Target Groups may not be valid. Please ensure they exist and try again. (${arn})`,
      ),
      // A2-A3: same Region, account and VPC. The words after the first two sentences are ours.
      elsewhere: (arn, vpcId) =>
        asg(
          () =>
            `Provided Target Groups may not be valid. Please ensure they exist and try again. (${arn} is not in the VPC '${vpcId}' of the subnets)`,
        )(arn),
    },
  ],
  "aws:autoscaling/policy:Policy": [
    {
      argument: "autoscalingGroupName",
      kind: "autoScalingGroup",
      missing: asg((name) => `Group ${name} not found`),
    },
  ],
  "aws:autoscaling/schedule:Schedule": [
    {
      argument: "autoscalingGroupName",
      kind: "autoScalingGroup",
      missing: asg((name) => `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`),
    },
  ],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": [
    {
      argument: "repository",
      kind: "repository",
      missing: (name) =>
        new AwsError(
          "RepositoryNotFoundException",
          `The repository with name '${name}' does not exist in the registry`,
        ),
    },
  ],
  "aws:ecs/capacityProvider:CapacityProvider": [
    {
      argument: "autoScalingGroupProvider.autoScalingGroupArn",
      kind: "autoScalingGroup",
      missing: (arn) =>
        new AwsError(
          "ClientException",
          `The specified Auto Scaling group ARN '${arn}' is not valid or does not exist.`,
        ),
    },
  ],
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": [
    { argument: "clusterName", kind: "cluster", missing: ecsCluster },
    {
      argument: "capacityProviders",
      kind: "capacityProvider",
      missing: (name) =>
        new AwsError("InvalidParameterException", `The specified capacity provider '${name}' was not found.`),
    },
  ],
  "aws:scheduler/schedule:Schedule": [
    {
      argument: "groupName",
      kind: "scheduleGroup",
      missing: (name) => new AwsError("ResourceNotFoundException", `Schedule group ${name} does not exist.`),
    },
  ],
  "aws:ecs/service:Service": [
    { argument: "cluster", kind: "cluster", missing: ecsCluster },
    {
      argument: "taskDefinition",
      kind: "taskDefinition",
      missing: () => new AwsError("ClientException", "TaskDefinition not found."),
    },
  ],
  "aws:iam/instanceProfile:InstanceProfile": [{ argument: "role", kind: "role", missing: noRole }],
  "aws:iam/rolePolicy:RolePolicy": [{ argument: "role", kind: "role", missing: noRole }],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
    { argument: "role", kind: "role", missing: noRole },
    {
      argument: "policyArn",
      kind: "managedPolicy",
      missing: (arn) => new AwsError("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`),
    },
  ],
  "aws:lambda/function:Function": [
    {
      argument: "vpcConfig.subnetIds",
      kind: "subnet",
      missing: (id) =>
        new AwsError(
          "InvalidParameterValueException",
          `Error occurred while DescribeSubnets. The subnet ID '${id}' does not exist`,
        ),
    },
    {
      argument: "vpcConfig.securityGroupIds",
      kind: "securityGroup",
      missing: (id) =>
        new AwsError(
          "InvalidParameterValueException",
          `Error occurred while DescribeSecurityGroups. The security group '${id}' does not exist`,
        ),
      elsewhere: () =>
        new AwsError(
          "InvalidParameterValueException",
          "The security groups and the subnets of the function are in different networks.",
        ),
    },
  ],
  "aws:lambda/invocation:Invocation": [
    {
      argument: "functionName",
      kind: "function",
      missing: (name) => new AwsError("ResourceNotFoundException", `Function not found: ${name}`),
    },
  ],
  "aws:lb/listener:Listener": [
    ...forwards("defaultActions", {
      argument: "loadBalancerArn",
      kind: "loadBalancer",
      missing: (arn) => new AwsError("LoadBalancerNotFound", `Load balancer '${arn}' not found`),
    }),
    {
      argument: "certificateArn",
      kind: "certificate",
      missing: (arn) => new AwsError("CertificateNotFound", `Certificate '${arn}' not found`),
    },
  ],
  "aws:lb/listenerCertificate:ListenerCertificate": [
    {
      argument: "listenerArn",
      kind: "listener",
      missing: () => new AwsError("ListenerNotFound", "One or more listeners not found"),
    },
    {
      argument: "certificateArn",
      kind: "certificate",
      missing: (arn) => new AwsError("CertificateNotFound", `Certificate '${arn}' not found`),
    },
  ],
  "aws:lb/listenerRule:ListenerRule": forwards("actions", {
    argument: "listenerArn",
    kind: "listener",
    missing: () => new AwsError("ListenerNotFound", "One or more listeners not found"),
  }),
  "aws:lb/loadBalancer:LoadBalancer": [
    { argument: "subnets", kind: "subnet", missing: elbSubnet },
    {
      argument: "securityGroups",
      kind: "securityGroup",
      missing: (id) => new AwsError("InvalidSecurityGroup", `The security group '${id}' does not exist`),
      // LOGS: terraform#30261
      elsewhere: (id, vpcId) =>
        new AwsError("InvalidConfigurationRequest", `Security group "${id}" does not belong to VPC "${vpcId}"`),
    },
    {
      argument: "accessLogs.bucket",
      kind: "bucket",
      missing: (name) =>
        new AwsError(
          "InvalidConfigurationRequest",
          `Access Denied for bucket: ${name}. Please check S3bucket permission`,
        ),
    },
  ],
  "aws:lb/targetGroup:TargetGroup": [{ argument: "vpcId", kind: "vpc", missing: elbVpc }],
  "aws:rds/instance:Instance": [
    {
      argument: "dbSubnetGroupName",
      kind: "databaseSubnetGroup",
      missing: (name) => new AwsError("DBSubnetGroupNotFoundFault", `DBSubnetGroup ${name} doesn't exist.`),
    },
    {
      argument: "vpcSecurityGroupIds",
      kind: "securityGroup",
      missing: (id) => new AwsError("InvalidParameterValue", `Invalid security group , groupId= ${id}, groupName=.`),
      elsewhere: (id, vpcId) =>
        new AwsError(
          "InvalidParameterCombination",
          `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpcId} and the EC2 security group ${id} is not`,
        ),
    },
    {
      argument: "parameterGroupName",
      kind: "databaseParameterGroup",
      missing: (name) => new AwsError("DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`),
    },
  ],
  "aws:rds/subnetGroup:SubnetGroup": [
    {
      argument: "subnetIds",
      kind: "subnet",
      missing: (id) => new AwsError("InvalidSubnet", `Subnet is not valid or does not exist: [ ${id} ]`),
    },
  ],
  "aws:route53/record:Record": [
    {
      argument: "zoneId",
      kind: "hostedZone",
      missing: (id) => new AwsError("NoSuchHostedZone", `No hosted zone found with ID: ${id}`),
    },
  ],
  "aws:route53/zone:Zone": [
    {
      argument: "vpcs.vpcId",
      kind: "vpc",
      missing: (id) =>
        new AwsError("InvalidVPCId", `The VPC: ${id} you provided is not authorized to make the association.`),
    },
  ],
  ...Object.fromEntries(
    [
      "LifecycleConfiguration",
      "OwnershipControls",
      "PublicAccessBlock",
      "ServerSideEncryptionConfiguration",
      "Versioning",
    ].map((name) => [`aws:s3/bucket${name}:Bucket${name}`, [bucketOf]]),
  ),
  "aws:s3/bucketPolicy:BucketPolicy": [
    bucketOf,
    {
      argument: "policy",
      kind: "roleArn",
      valuesOf: rolesIn,
      missing: () => new AwsError("MalformedPolicy", "Invalid principal in policy"),
    },
  ],
  "aws:sqs/queue:Queue": [
    {
      argument: "policy",
      kind: "roleArn",
      valuesOf: rolesIn,
      missing: (arn) =>
        new AwsError("InvalidAttributeValue", `Invalid value for the parameter Policy. (no role ${arn})`),
    },
  ],
  "aws:sqs/queuePolicy:QueuePolicy": [
    {
      argument: "queueUrl",
      kind: "queue",
      missing: () => new AwsError("QueueDoesNotExist", "The specified queue does not exist."),
    },
    {
      argument: "policy",
      kind: "roleArn",
      valuesOf: rolesIn,
      missing: (arn) =>
        new AwsError("InvalidAttributeValue", `Invalid value for the parameter Policy. (no role ${arn})`),
    },
  ],
  "aws:wafv2/webAclAssociation:WebAclAssociation": [
    { argument: "resourceArn", kind: "loadBalancer", missing: notInWaf },
    { argument: "webAclArn", kind: "webAcl", missing: notInWaf },
  ],
};
