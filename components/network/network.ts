import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import type { Tags } from "../core/tags";
import { UserError } from "../core/user-error";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { NewNetwork, Settings } from "../settings/settings";
import { createFlowLogs } from "./flow-logs";

export interface NetworkArgs {
  account: Account;
  /** What the new VPC is like, or which one exists already. */
  network: Settings["network"];
  /** Names of the zones of a new VPC, in the order of its subnets. */
  availabilityZones: readonly string[];
  /** A VPC of the program, instead of what the settings say. */
  own?: ProgramNetwork | undefined;
  tags: Tags;
}

/** A VPC that the program makes or looks up itself. */
export interface ProgramNetwork {
  /** The VPC. DNS support and DNS hostnames have to be on. */
  vpcId: pulumi.Input<string>;
  /** Two or more subnets in different availability zones, with a route to an internet gateway. */
  publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Two or more subnets in different availability zones, with a route to a NAT gateway. */
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * A VPC of the stack's own, or one that exists already. An existing one stays as it is: nothing is made, tagged or
 * changed in it here, and `pulumi destroy` leaves it.
 *
 * The stack's own is a VPC with a public and a private subnet in each availability zone, an internet gateway, one NAT gateway (or one for
 * each zone) and a gateway endpoint for S3, so that image layers do not pass the NAT gateway. Load balancers are in
 * the public subnets (internal ones in the private subnets), instances in the private ones.
 *
 * Cost a month: each NAT gateway about 45 USD in ap-northeast-1 and its traffic 0.062 USD/GB, each of its public
 * addresses 3.65 USD; the rest is free (aws.amazon.com/vpc/pricing). Flow logs cost what CloudWatch Logs charges for
 * each GB written: 0.76 USD (aws.amazon.com/cloudwatch/pricing, vended logs).
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Where the public load balancers are. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /** Where the instances are, and the internal load balancers. */
  readonly privateSubnetIds: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:network:Network", name, {}, opts);

    const { vpcId, publicSubnetIds, privateSubnetIds } = subnetsOf(this, name, args);
    this.vpcId = vpcId;
    this.publicSubnetIds = publicSubnetIds;
    this.privateSubnetIds = privateSubnetIds;
    this.registerOutputs({ vpcId, publicSubnetIds, privateSubnetIds });
  }
}

function subnetsOf(parent: Network, name: string, { network, own, ...args }: NetworkArgs) {
  if (own)
    return {
      vpcId: pulumi.output(own.vpcId),
      publicSubnetIds: pulumi.output(own.publicSubnetIds),
      privateSubnetIds: pulumi.output(own.privateSubnetIds),
    };
  if (!("vpc" in network)) return createVpc(parent, name, { ...args, network });
  return {
    vpcId: pulumi.output(network.vpc),
    publicSubnetIds: pulumi.output([...network.publicSubnets]),
    privateSubnetIds: pulumi.output([...network.privateSubnets]),
  };
}

function createVpc(parent: Network, name: string, args: NetworkArgs & { network: NewNetwork }) {
  const { availabilityZones } = args;
  if (availabilityZones.length < args.network.zones)
    throw new UserError(
      `${CONFIG_NAMESPACE}:network.zones: given ${args.network.zones}, wanted at most ${availabilityZones.length}: ${args.account.region} gives this account ${availabilityZones.join(", ")}`,
    );
  const vpc = new awsx.ec2.Vpc(
    `${name}-vpc`,
    {
      cidrBlock: args.network.cidr,
      availabilityZoneNames: [...availabilityZones],
      enableDnsHostnames: true,
      enableDnsSupport: true,
      natGateways: {
        strategy:
          args.network.nat === "single" ? awsx.ec2.NatGatewayStrategy.Single : awsx.ec2.NatGatewayStrategy.OnePerAz,
      },
      subnetStrategy: awsx.ec2.SubnetAllocationStrategy.Auto,
      subnetSpecs: [{ type: awsx.ec2.SubnetType.Public }, { type: awsx.ec2.SubnetType.Private }],
      vpcEndpointStrategy: awsx.ec2.VpcEndpointStrategy.Auto,
      vpcEndpointSpecs: [{ serviceName: `com.amazonaws.${args.account.region}.s3`, vpcEndpointType: "Gateway" }],
      tags: args.tags,
    },
    { parent },
  );

  // The group that a VPC comes with lets its members reach each other and everything. Nothing uses it.
  new aws.ec2.DefaultSecurityGroup(`${name}-default-security-group`, { vpcId: vpc.vpcId, tags: args.tags }, { parent });

  const { flowLogs } = args.network;
  if (flowLogs !== "none") createFlowLogs(parent, name, { ...args, vpcId: vpc.vpcId, which: flowLogs });

  return vpc;
}
