import { AwsError } from "../kernel/aws-error";
import { parseJson } from "../kernel/parse-json";
import type { Properties } from "../provider/wire";
import { valuesAt } from "./values-at";

/** What another resource is, as far as references to it are checked. */
export interface Referred {
  /** Its network; undefined for a resource that is in none. */
  vpcId?: string | undefined;
}

/** Finds a resource by the value that names it. */
type Finder = (value: string) => Referred | undefined;

type Kind =
  | "autoScalingGroup"
  | "bucket"
  | "capacityProvider"
  | "certificate"
  | "cluster"
  | "elasticAddress"
  | "hostedZone"
  | "instanceProfile"
  | "internetGateway"
  | "launchTemplate"
  | "listener"
  | "loadBalancer"
  | "managedPolicy"
  | "natGateway"
  | "prefixList"
  | "queue"
  | "repository"
  | "role"
  | "roleArn"
  | "routeTable"
  | "securityGroup"
  | "subnet"
  | "targetGroup"
  | "taskDefinition"
  | "vpc";
export type Finders = Readonly<Record<Kind, Finder>>;

/** What the references that are inside of a value are read with. */
export interface Look {
  accountId: string;
  /** Returns the newest version of a launch template, by id or name. */
  template(idOrName: string): { instanceProfile?: string | undefined; securityGroupIds: string[] } | undefined;
}

/** One argument that names another resource. */
export interface Reference {
  /** Path of the argument; through lists, too. */
  argument: string;
  kind: Kind;
  /** AWS's refusal of a value that names nothing. */
  missing: (value: string) => AwsError;
  /**
   * AWS's refusal of a resource in another network than the references before it in the list. A reference without it
   * only has to exist.
   * @param vpcId the network of the references before it
   * @param owner value of the first reference with a network
   */
  elsewhere?: (value: string, vpcId: string, owner: string) => AwsError;
  /** Gives the values out of the argument's own; by default the argument is the value. */
  valuesOf?: (argument: string, look: Look) => string[];
}

const ec2 = {
  vpc: (id: string) => new AwsError("InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`),
  subnet: (id: string) => new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`),
  securityGroup: (id: string) => new AwsError("InvalidGroup.NotFound", `The security group '${id}' does not exist`),
  routeTable: (id: string) => new AwsError("InvalidRouteTableID.NotFound", `The routeTable ID '${id}' does not exist`),
  internetGateway: (id: string) =>
    new AwsError("InvalidInternetGatewayID.NotFound", `The internetGateway ID '${id}' does not exist`),
  natGateway: (id: string) => new AwsError("InvalidNatGatewayID.NotFound", `The natGateway ID '${id}' does not exist`),
  prefixList: (id: string) => new AwsError("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`),
  elasticAddress: (id: string) =>
    new AwsError("InvalidAllocationID.NotFound", `The allocation ID '${id}' does not exist`),
};
/** EC2's words for two resources of different networks. LOGS: aws-load-balancer-controller#1862 */
const otherNetwork = (code: string) => () =>
  new AwsError(code, "You have specified two resources that belong to different networks.");

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

const bucketOf: Reference = { argument: "bucket", kind: "bucket", missing: noBucket };

/** Every argument that names another resource (V7, V8), by the token of its resource type, in the order of AWS's checks. */
export const REFERENCES: Readonly<Record<string, readonly Reference[]>> = {
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
  "aws:ec2/flowLog:FlowLog": [
    { argument: "vpcId", kind: "vpc", missing: ec2.vpc },
    {
      argument: "iamRoleArn",
      kind: "roleArn",
      missing: (arn) => new AwsError("InvalidParameter", `Unable to assume given IAM role: '${arn}'`),
    },
  ],
  "aws:ec2/internetGateway:InternetGateway": [{ argument: "vpcId", kind: "vpc", missing: ec2.vpc }],
  "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": [
    { argument: "internetGatewayId", kind: "internetGateway", missing: ec2.internetGateway },
    { argument: "vpcId", kind: "vpc", missing: ec2.vpc },
  ],
  "aws:ec2/natGateway:NatGateway": [
    { argument: "subnetId", kind: "subnet", missing: ec2.subnet },
    { argument: "allocationId", kind: "elasticAddress", missing: ec2.elasticAddress },
  ],
  "aws:ec2/route:Route": [
    { argument: "routeTableId", kind: "routeTable", missing: ec2.routeTable },
    {
      argument: "gatewayId",
      kind: "internetGateway",
      missing: ec2.internetGateway,
      elsewhere: (id, vpcId) =>
        new AwsError(
          "InvalidParameterValue",
          `route table and network gateway ${id} belong to different networks (${vpcId})`,
        ),
    },
    {
      argument: "natGatewayId",
      kind: "natGateway",
      missing: ec2.natGateway,
      elsewhere: (id, vpcId) =>
        new AwsError(
          "InvalidParameterValue",
          `route table and network gateway ${id} belong to different networks (${vpcId})`,
        ),
    },
  ],
  "aws:ec2/routeTable:RouteTable": [
    { argument: "vpcId", kind: "vpc", missing: ec2.vpc },
    { argument: "routes.gatewayId", kind: "internetGateway", missing: ec2.internetGateway },
    { argument: "routes.natGatewayId", kind: "natGateway", missing: ec2.natGateway },
  ],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": [
    { argument: "routeTableId", kind: "routeTable", missing: ec2.routeTable },
    {
      argument: "subnetId",
      kind: "subnet",
      missing: ec2.subnet,
      elsewhere: (id) =>
        new AwsError("InvalidParameterValue", `Route table and subnet ${id} belong to different networks`),
    },
  ],
  "aws:ec2/securityGroup:SecurityGroup": [
    { argument: "vpcId", kind: "vpc", missing: ec2.vpc },
    ...["ingress", "egress"].flatMap((direction) => [
      {
        argument: `${direction}.securityGroups`,
        kind: "securityGroup" as const,
        missing: ec2.securityGroup,
        elsewhere: otherNetwork("InvalidGroup.NotFound"),
      },
      { argument: `${direction}.prefixListIds`, kind: "prefixList" as const, missing: ec2.prefixList },
    ]),
  ],
  "aws:ec2/securityGroupRule:SecurityGroupRule": [
    { argument: "securityGroupId", kind: "securityGroup", missing: ec2.securityGroup },
    {
      argument: "sourceSecurityGroupId",
      kind: "securityGroup",
      missing: ec2.securityGroup,
      elsewhere: otherNetwork("InvalidGroup.NotFound"),
    },
    { argument: "prefixListIds", kind: "prefixList", missing: ec2.prefixList },
  ],
  ...Object.fromEntries(
    ["Ingress", "Egress"].map((direction) => [
      `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
      [
        { argument: "securityGroupId", kind: "securityGroup" as const, missing: ec2.securityGroup },
        {
          argument: "referencedSecurityGroupId",
          kind: "securityGroup" as const,
          missing: ec2.securityGroup,
          elsewhere: otherNetwork("InvalidGroup.NotFound"),
        },
        { argument: "prefixListId", kind: "prefixList" as const, missing: ec2.prefixList },
      ],
    ]),
  ),
  "aws:ec2/subnet:Subnet": [{ argument: "vpcId", kind: "vpc", missing: ec2.vpc }],
  "aws:ec2/vpcEndpoint:VpcEndpoint": [
    {
      argument: "vpcId",
      kind: "vpc",
      missing: (id) => new AwsError("InvalidVpcId.NotFound", `The Vpc Id ${id} does not exist`),
    },
    {
      argument: "routeTableIds",
      kind: "routeTable",
      missing: (id) => new AwsError("InvalidRouteTableId.NotFound", `The routeTable ID '${id}' does not exist`),
      elsewhere: (id, vpcId) =>
        new AwsError("InvalidParameter", `Route table ${id} belongs to a different network than ${vpcId}`),
    },
    {
      argument: "subnetIds",
      kind: "subnet",
      missing: (id) => new AwsError("InvalidSubnetId.NotFound", `The subnet ID '${id}' does not exist`),
      elsewhere: (id, vpcId) =>
        new AwsError("InvalidParameter", `Subnet ${id} belongs to a different network than ${vpcId}`),
    },
    {
      argument: "securityGroupIds",
      kind: "securityGroup",
      missing: (id) => new AwsError("InvalidSecurityGroupId.NotFound", `The security group '${id}' does not exist`),
      elsewhere: (id, vpcId) =>
        new AwsError("InvalidParameter", `Security group ${id} belongs to a different network than ${vpcId}`),
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
};

/**
 * Arguments that name other resources and that AWS does not look up when it takes them, with what happens instead.
 */
export const LATER_REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:ec2/flowLog:FlowLog": {
    logDestination: "AWS shows `Access error` as the flow log's status",
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    imageId: "asked for by Auto Scaling, when a group names the template",
    iamInstanceProfile: "asked for by Auto Scaling, when a group names the template",
    vpcSecurityGroupIds: "asked for by Auto Scaling, when a group names the template",
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    executionRoleArn: "each task stops: ECS was unable to assume the role (C15, I5)",
    taskRoleArn: "each task stops: ECS was unable to assume the role (C15, I5)",
  },
  "aws:route53/record:Record": { aliases: "Route 53 refuses the change: the target was not found (R1)" },
};

/**
 * Checks that what the arguments name exists, and is in one network where AWS asks for it.
 * @param changed the arguments to look at; all of them for a new resource
 * @throws AwsError for the first reference that AWS refuses
 */
export function checkReferences(
  token: string,
  inputs: Properties,
  changed: readonly string[],
  finders: Finders,
  look: Look,
): void {
  let network: { vpcId: string; owner: string } | undefined;
  for (const { argument, kind, missing, elsewhere, valuesOf } of REFERENCES[token] ?? []) {
    const isChanged = changed.includes(argument.split(".")[0]!);
    const given = valuesAt(inputs, argument).filter(
      (value): value is string => typeof value === "string" && value !== "",
    );
    for (const value of valuesOf ? given.flatMap((one) => valuesOf(one, look)) : given) {
      const found = finders[kind](value);
      if (!found) {
        if (isChanged) throw missing(value);
        continue;
      }
      if (found.vpcId === undefined) continue;
      if (network && elsewhere && network.vpcId !== found.vpcId) throw elsewhere(value, network.vpcId, network.owner);
      network ??= { vpcId: found.vpcId, owner: value };
    }
  }
}
