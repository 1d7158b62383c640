import { AwsError } from "../kernel/aws-error";
import type { ReferenceTable } from "./reference";

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

/** Returns EC2's refusal of a route to a gateway of another VPC than its route table's. */
const gatewayElsewhere = (id: string, vpcId: string) =>
  new AwsError(
    "InvalidParameterValue",
    `route table and network gateway ${id} belong to different networks (${vpcId})`,
  );

/** The references of the resource types of networks (V7). */
export const NETWORK_REFERENCES: ReferenceTable = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [{ argument: "vpcId", kind: "vpc", missing: ec2.vpc }],
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
      elsewhere: gatewayElsewhere,
    },
    {
      argument: "natGatewayId",
      kind: "natGateway",
      missing: ec2.natGateway,
      elsewhere: gatewayElsewhere,
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
};
