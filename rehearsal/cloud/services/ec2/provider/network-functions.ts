import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";
import type { Route, RouteTable } from "../model/route-tables";
import { securityGroupOutputs } from "./security-group-outputs";

const filters = z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) })).default([]);
/** The keys that a route has, all of them; those that do not apply are empty. */
const NO_ROUTE = {
  ...{ carrierGatewayId: "", cidrBlock: "", coreNetworkArn: "", destinationPrefixListId: "", egressOnlyGatewayId: "" },
  ...{ gatewayId: "", instanceId: "", ipv6CidrBlock: "", localGatewayId: "", natGatewayId: "", networkInterfaceId: "" },
  ...{ odbNetworkArn: "", transitGatewayId: "", vpcEndpointId: "", vpcPeeringConnectionId: "" },
};

/** The functions by which a program looks at a VPC that it does not declare. Those of one thing find it by its id or a filter. */
export function networkFunctions(network: Network): ProviderFunction[] {
  return [
    zonesFunction(network),
    vpcFunction(network),
    subnetFunction(network),
    securityGroupFunction(network),
    routeTableFunction(network),
    ...gatewayFunctions(network),
  ];
}

/** All that the account can use, in the order of their names; a filter leaves out the others (N14). */
function zonesFunction({ context, zones }: Network): ProviderFunction {
  return defineFunction({
    token: "aws:index/getAvailabilityZones:getAvailabilityZones",
    awsCall: "ec2:DescribeAvailabilityZones",
    args: z.strictObject({ filters }),
    async call({ filters: given }) {
      const type = given.length === 0 ? undefined : wants(given, "zone-type");
      const found = zones.all.filter((zone) => type === undefined || zone.type === type);
      return {
        id: context.region,
        names: found.map(({ name }) => name),
        zoneIds: found.map(({ id }) => id),
        groupNames: [...new Set(found.map(({ group }) => group))],
      };
    },
  });
}

function vpcFunction({ context, vpcs }: Network): ProviderFunction {
  return defineFunction({
    token: "aws:ec2/getVpc:getVpc",
    awsCall: "ec2:DescribeVpcs",
    args: z.strictObject({ id: z.string() }),
    async call({ id }) {
      const vpc = vpcs.find(id) ?? nothing("EC2 VPC");
      return {
        ...{ id, arn: ec2Arn(context, "vpc", id), ownerId: context.accountId, state: "available", default: false },
        cidrBlock: vpc.cidrBlock,
        cidrBlockAssociations: [{ associationId: "", cidrBlock: vpc.cidrBlock, state: "associated" }],
        dhcpOptionsId: vpc.dhcpOptionsId,
        enableDnsHostnames: vpc.enableDnsHostnames,
        enableDnsSupport: vpc.enableDnsSupport,
        enableNetworkAddressUsageMetrics: vpc.enableNetworkAddressUsageMetrics,
        instanceTenancy: vpc.instanceTenancy,
        mainRouteTableId: vpc.mainRouteTableId,
        tags: {},
      };
    },
  });
}

function subnetFunction(network: Network): ProviderFunction {
  const { context, subnets } = network;
  return defineFunction({
    token: "aws:ec2/getSubnet:getSubnet",
    awsCall: "ec2:DescribeSubnets",
    args: z.strictObject({ id: z.string() }),
    async call({ id }) {
      const subnet = subnets.find(id) ?? nothing("EC2 Subnet");
      return {
        ...{ id, arn: ec2Arn(context, "subnet", id), ownerId: context.accountId, state: "available" },
        vpcId: subnet.vpcId,
        cidrBlock: subnet.cidrBlock,
        availabilityZone: subnet.availabilityZone,
        availabilityZoneId: subnet.availabilityZoneId,
        availableIpAddressCount: network.freeAddresses(id),
        mapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
        tags: {},
      };
    },
  });
}

function securityGroupFunction({ context, securityGroups }: Network): ProviderFunction {
  return defineFunction({
    token: "aws:ec2/getSecurityGroup:getSecurityGroup",
    awsCall: "ec2:DescribeSecurityGroups",
    args: z.strictObject({ id: z.string() }),
    async call({ id }) {
      const group = securityGroups.find(id) ?? nothing("EC2 Security Group");
      return { id, ...securityGroupOutputs(context, group), tags: {} };
    },
  });
}

/** By subnet it finds the table that is associated with the subnet, and not the main one that the subnet has else (N12). */
function routeTableFunction({ context, routeTables }: Network): ProviderFunction {
  return defineFunction({
    token: "aws:ec2/getRouteTable:getRouteTable",
    awsCall: "ec2:DescribeRouteTables",
    args: z.strictObject({ subnetId: z.string().optional(), vpcId: z.string().optional(), filters }),
    async call({ subnetId, vpcId, filters: given }) {
      const table =
        subnetId === undefined
          ? routeTables.inVpc(vpcId ?? "").find(({ main }) => String(main) === wants(given, "association.main"))
          : routeTables.associatedWith(subnetId);
      if (!table) throw new Error("query returned no results. Please change your search criteria and try again");
      return {
        id: table.id,
        arn: ec2Arn(context, "route-table", table.id),
        ownerId: context.accountId,
        routeTableId: table.id,
        vpcId: table.vpcId,
        subnetId: subnetId ?? "",
        gatewayId: "",
        associations: [],
        routes: routesOf(table),
        tags: {},
      };
    },
  });
}

/** As the provider shows them: without the local one and those of endpoints, and without their states (N12). */
function routesOf({ routes }: RouteTable): Record<string, string>[] {
  return routes
    .filter(({ target }) => target !== "local" && !target.startsWith("vpce-"))
    .map(({ destination, target }: Route) => ({
      ...NO_ROUTE,
      cidrBlock: destination,
      [target.startsWith("nat-") ? "natGatewayId" : "gatewayId"]: target,
    }));
}

function gatewayFunctions({ context, internetGateways, natGateways, addresses }: Network): ProviderFunction[] {
  return [
    defineFunction({
      token: "aws:ec2/getInternetGateway:getInternetGateway",
      awsCall: "ec2:DescribeInternetGateways",
      args: z.strictObject({ filters }),
      async call({ filters: given }) {
        const vpcId = wants(given, "attachment.vpc-id");
        const { id } = internetGateways.ofVpc(vpcId) ?? nothing("EC2 Internet Gateway");
        return {
          ...{ id, internetGatewayId: id, arn: ec2Arn(context, "internet-gateway", id), ownerId: context.accountId },
          attachments: [{ state: "available", vpcId }],
          tags: {},
        };
      },
    }),
    defineFunction({
      token: "aws:ec2/getNatGateway:getNatGateway",
      awsCall: "ec2:DescribeNatGateways",
      args: z.strictObject({ id: z.string() }),
      async call({ id }) {
        const gateway = natGateways.find(id) ?? nothing("EC2 NAT Gateway");
        return {
          ...{ id, state: gateway.state, subnetId: gateway.subnetId, vpcId: gateway.vpcId },
          ...{ allocationId: gateway.allocationId, publicIp: gateway.publicIp, connectivityType: "public" },
          associationId: addresses.find(gateway.allocationId)?.association?.id ?? "",
          networkInterfaceId: gateway.networkInterface.id,
          privateIp: gateway.networkInterface.privateIp,
          tags: {},
        };
      },
    }),
  ];
}

/** The one value of a filter that the function knows; another filter is refused. */
function wants(given: z.output<typeof filters>, name: string): string {
  const [filter, ...others] = given;
  if (filter?.name !== name || filter.values.length !== 1 || others.length > 0)
    throw new Error(`the rehearsal cloud knows the filter ${name} with one value only, given ${JSON.stringify(given)}`);
  return filter.values[0]!;
}

/** The provider's words, whichever code AWS gave: InvalidVpcID.NotFound, InvalidSubnetID.NotFound and so on. */
function nothing(what: string): never {
  throw new Error(`no matching ${what} found`);
}
