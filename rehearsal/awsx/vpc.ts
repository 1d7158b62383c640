import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { autoLayout } from "./subnet-layout";
import type { VpcArgs } from "./vpc-args";

type SubnetType = VpcArgs["subnetSpecs"][number]["type"];
const CREATION_ORDER: readonly SubnetType[] = ["Public", "Private", "Isolated"];
const ANYWHERE = "0.0.0.0/0";

/**
 * A stand-in for awsx's component of the same type. It has the same `aws` children with the same names and parents, so
 * that a stack has the same resources as with the real component. It models only what this project's program uses.
 */
export class Vpc extends pulumi.ComponentResource {
  readonly #subnets: Record<SubnetType, aws.ec2.Subnet[]> = { Public: [], Private: [], Isolated: [] };
  readonly #allSubnets: aws.ec2.Subnet[] = [];
  readonly #routeTables: aws.ec2.RouteTable[] = [];
  readonly #routeTableAssociations: aws.ec2.RouteTableAssociation[] = [];
  readonly #routes: aws.ec2.Route[] = [];
  readonly #natGateways: aws.ec2.NatGateway[] = [];
  readonly #eips: aws.ec2.Eip[] = [];

  constructor(
    private readonly vpcName: string,
    private readonly args: VpcArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("awsx:ec2:Vpc", vpcName, {}, opts);
  }

  /** Creates the children. @returns the outputs that the SDK's class declares, filled or empty */
  build(): Record<string, unknown> {
    const sharedTags = { Name: this.vpcName, ...this.args.tags };
    const vpc = new aws.ec2.Vpc(
      this.vpcName,
      {
        cidrBlock: this.args.cidrBlock,
        enableDnsHostnames: this.args.enableDnsHostnames,
        enableDnsSupport: this.args.enableDnsSupport,
        tags: sharedTags,
      },
      { parent: this },
    );
    const internetGateway = new aws.ec2.InternetGateway(
      this.vpcName,
      { vpcId: vpc.id, tags: sharedTags },
      { parent: vpc, dependsOn: [vpc] },
    );
    this.#buildSubnets(vpc, internetGateway, this.args.availabilityZoneNames);
    const vpcEndpoints = this.args.vpcEndpointSpecs.map(
      (spec) =>
        new aws.ec2.VpcEndpoint(
          spec.serviceName,
          {
            vpcId: vpc.id,
            serviceName: spec.serviceName,
            vpcEndpointType: spec.vpcEndpointType,
            routeTableIds: this.#routeTables.map((table) => table.id),
            tags: sharedTags,
          },
          { parent: vpc, dependsOn: [vpc] },
        ),
    );
    const outputs = {
      vpc,
      vpcId: vpc.id,
      internetGateway,
      vpcEndpoints,
      subnets: this.#allSubnets,
      publicSubnets: this.#subnets.Public,
      privateSubnets: this.#subnets.Private,
      isolatedSubnets: this.#subnets.Isolated,
      publicSubnetIds: this.#subnets.Public.map((subnet) => subnet.id),
      privateSubnetIds: this.#subnets.Private.map((subnet) => subnet.id),
      isolatedSubnetIds: this.#subnets.Isolated.map((subnet) => subnet.id),
      routeTables: this.#routeTables,
      routeTableAssociations: this.#routeTableAssociations,
      routes: this.#routes,
      natGateways: this.#natGateways,
      eips: this.#eips,
      subnetLayout: this.args.subnetSpecs.map(({ type }) => ({ type })),
    };
    this.registerOutputs(outputs);
    return outputs;
  }

  #buildSubnets(vpc: aws.ec2.Vpc, internetGateway: aws.ec2.InternetGateway, zones: string[]): void {
    const { cidrBlock, subnetSpecs } = this.args;
    const blocks = autoLayout(cidrBlock, zones.length, subnetSpecs.length);
    zones.forEach((zone, zoneIndex) => {
      // Public subnets come first: private ones route through their NAT gateways.
      for (const type of CREATION_ORDER) {
        const specIndex = subnetSpecs.findIndex((spec) => spec.type === type);
        if (specIndex < 0) continue;
        const name = `${this.vpcName}-${type.toLowerCase()}-${zoneIndex + 1}`;
        this.#buildSubnet(name, type, vpc, internetGateway, zone, zoneIndex, blocks[zoneIndex]![specIndex]!);
      }
    });
  }

  #buildSubnet(
    name: string,
    type: SubnetType,
    vpc: aws.ec2.Vpc,
    internetGateway: aws.ec2.InternetGateway,
    zone: string,
    zoneIndex: number,
    block: string,
  ): void {
    const tags = { ...this.args.tags, Name: name, SubnetType: type };
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        mapPublicIpOnLaunch: type === "Public",
        cidrBlock: block,
        assignIpv6AddressOnCreation: false,
        tags,
      },
      { parent: vpc, dependsOn: [vpc] },
    );
    this.#allSubnets.push(subnet);
    this.#subnets[type].push(subnet);
    const routeTable = new aws.ec2.RouteTable(name, { vpcId: vpc.id, tags }, { parent: subnet, dependsOn: [subnet] });
    this.#routeTables.push(routeTable);
    const underTable = { parent: routeTable, dependsOn: [routeTable] };
    this.#routeTableAssociations.push(
      new aws.ec2.RouteTableAssociation(name, { routeTableId: routeTable.id, subnetId: subnet.id }, underTable),
    );
    if (type === "Public") this.#buildNatGateway(subnet, zoneIndex);
    const gateway = this.#gatewayOf(type, internetGateway, zoneIndex);
    if (!gateway) return;
    this.#routes.push(
      new aws.ec2.Route(name, { routeTableId: routeTable.id, destinationCidrBlock: ANYWHERE, ...gateway }, underTable),
    );
  }

  #buildNatGateway(subnet: aws.ec2.Subnet, zoneIndex: number): void {
    const { strategy } = this.args.natGateways;
    if (strategy === "None" || (strategy === "Single" && zoneIndex > 0)) return;
    const name = `${this.vpcName}-${zoneIndex + 1}`;
    const tags = { ...this.args.tags, Name: name };
    const underSubnet = { parent: subnet, dependsOn: [subnet] };
    const eip = new aws.ec2.Eip(name, { tags }, underSubnet);
    this.#eips.push(eip);
    this.#natGateways.push(
      new aws.ec2.NatGateway(name, { subnetId: subnet.id, allocationId: eip.allocationId, tags }, underSubnet),
    );
  }

  #gatewayOf(type: SubnetType, internetGateway: aws.ec2.InternetGateway, zoneIndex: number) {
    if (type === "Public") return { gatewayId: internetGateway.id };
    const nat = this.#natGateways[this.args.natGateways.strategy === "Single" ? 0 : zoneIndex];
    return type === "Private" && nat ? { natGatewayId: nat.id } : undefined;
  }
}
