import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";
import type { Subnet } from "../model/subnets";
import { cidrArgument } from "./cidr-argument";

/** AWS seconds for which the provider retries after `DependencyViolation`: interfaces of load balancers may remain. */
const DELETE_LIMIT_SECONDS = 1200;

export function subnetType(network: Network): ResourceType {
  const { context, subnets } = network;
  const outputs = (subnet: Subnet) => ({
    arn: ec2Arn(context, "subnet", subnet.id),
    vpcId: subnet.vpcId,
    cidrBlock: subnet.cidrBlock,
    availabilityZone: subnet.availabilityZone,
    availabilityZoneId: subnet.availabilityZoneId,
    mapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    ownerId: context.accountId,
    ipv6CidrBlockAssociationId: "",
    privateDnsHostnameTypeOnLaunch: "ip-name",
  });
  return defineResource({
    token: "aws:ec2/subnet:Subnet",
    awsCalls: {
      create: "ec2:CreateSubnet",
      read: "ec2:DescribeSubnets",
      update: "ec2:ModifySubnetAttribute",
      delete: "ec2:DeleteSubnet",
    },
    inputs: z.object({
      vpcId: z.string(),
      cidrBlock: cidrArgument,
      availabilityZone: z.string().optional(),
      mapPublicIpOnLaunch: z.boolean().default(false),
      assignIpv6AddressOnCreation: z.literal(false).default(false),
      tags,
    }),
    optionalComputed: ["availabilityZone"],
    replaceOn: ["vpcId", "cidrBlock", "availabilityZone", "assignIpv6AddressOnCreation"],
    computed: ["arn", "availabilityZoneId", "ownerId", "ipv6CidrBlockAssociationId", "privateDnsHostnameTypeOnLaunch"],
    async create({ vpcId, cidrBlock, availabilityZone, mapPublicIpOnLaunch }) {
      const subnet = subnets.create({ vpcId, cidrBlock, availabilityZone, mapPublicIpOnLaunch });
      return { id: subnet.id, outputs: outputs(subnet) };
    },
    read: async (id) => outputsIf(subnets.find(id), outputs),
    async update(id, { mapPublicIpOnLaunch }) {
      return outputs(Object.assign(subnets.get(id), { mapPublicIpOnLaunch }));
    },
    async delete(id, _, { signal }) {
      const options = { code: "DependencyViolation", limitSeconds: DELETE_LIMIT_SECONDS, clock: context.clock, signal };
      await retryWhile(options, () => network.deleteSubnet(id));
    },
  });
}
