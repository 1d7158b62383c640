import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";
import type { Vpc } from "../model/vpcs";
import { cidrArgument } from "./cidr-argument";

/** AWS seconds for which the provider retries after `DependencyViolation`. */
const DELETE_LIMIT_SECONDS = 300;

export function vpcType(network: Network): ResourceType {
  const { context } = network;
  const outputs = (vpc: Vpc) => ({
    arn: ec2Arn(context, "vpc", vpc.id),
    cidrBlock: vpc.cidrBlock,
    instanceTenancy: vpc.instanceTenancy,
    enableDnsSupport: vpc.enableDnsSupport,
    enableDnsHostnames: vpc.enableDnsHostnames,
    enableNetworkAddressUsageMetrics: vpc.enableNetworkAddressUsageMetrics,
    ownerId: context.accountId,
    mainRouteTableId: vpc.mainRouteTableId,
    defaultRouteTableId: vpc.mainRouteTableId,
    defaultSecurityGroupId: vpc.defaultSecurityGroupId,
    defaultNetworkAclId: vpc.defaultNetworkAclId,
    dhcpOptionsId: vpc.dhcpOptionsId,
    ipv6CidrBlock: "",
    ipv6AssociationId: "",
    ipv6CidrBlockNetworkBorderGroup: "",
  });
  return defineResource({
    token: "aws:ec2/vpc:Vpc",
    awsCalls: {
      create: "ec2:CreateVpc",
      read: "ec2:DescribeVpcs",
      update: "ec2:ModifyVpcAttribute",
      delete: "ec2:DeleteVpc",
    },
    inputs: z.object({
      cidrBlock: cidrArgument,
      instanceTenancy: z.enum(["default", "dedicated"]).default("default"),
      enableDnsSupport: z.boolean().default(true),
      enableDnsHostnames: z.boolean().default(false),
      enableNetworkAddressUsageMetrics: z.boolean().default(false),
      assignGeneratedIpv6CidrBlock: z.literal(false).optional(),
      tags,
    }),
    optionalComputed: ["enableDnsHostnames", "enableNetworkAddressUsageMetrics"],
    replaceOn: ["cidrBlock"],
    computed: [
      "arn",
      "ownerId",
      "mainRouteTableId",
      "defaultRouteTableId",
      "defaultSecurityGroupId",
      "defaultNetworkAclId",
      "dhcpOptionsId",
      "ipv6CidrBlock",
      "ipv6AssociationId",
      "ipv6CidrBlockNetworkBorderGroup",
    ],
    async create(inputs) {
      const vpc = network.createVpc(inputs);
      return { id: vpc.id, outputs: outputs(vpc) };
    },
    read: async (id) => outputsIf(network.vpcs.find(id), outputs),
    async update(id, inputs) {
      const { instanceTenancy, enableDnsSupport, enableDnsHostnames, enableNetworkAddressUsageMetrics } = inputs;
      return outputs(
        network.vpcs.modify(id, {
          instanceTenancy,
          enableDnsSupport,
          enableDnsHostnames,
          enableNetworkAddressUsageMetrics,
        }),
      );
    },
    async delete(id, _, { signal }) {
      const options = { code: "DependencyViolation", limitSeconds: DELETE_LIMIT_SECONDS, clock: context.clock, signal };
      await retryWhile(options, () => network.deleteVpc(id));
    },
  });
}
