import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Address } from "../model/addresses";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";

export function eipType(network: Network): ResourceType {
  const { context, addresses } = network;
  const outputs = (address: Address) => ({
    arn: ec2Arn(context, "elastic-ip", address.allocationId),
    allocationId: address.allocationId,
    publicIp: address.publicIp,
    publicDns: `ec2-${address.publicIp.replaceAll(".", "-")}.${context.region}.compute.amazonaws.com`,
    publicIpv4Pool: "amazon",
    networkBorderGroup: context.region,
    domain: "vpc",
    associationId: address.association?.id ?? "",
    networkInterface: address.association?.networkInterfaceId ?? "",
    privateIp: address.association?.privateIp ?? "",
    instance: "",
  });
  return defineResource({
    token: "aws:ec2/eip:Eip",
    awsCalls: {
      create: "ec2:AllocateAddress",
      read: "ec2:DescribeAddresses",
      update: "ec2:CreateTags",
      delete: "ec2:ReleaseAddress",
    },
    inputs: z.object({ domain: z.literal("vpc").default("vpc"), tags }),
    optionalComputed: ["domain"],
    replaceOn: ["domain"],
    computed: [
      "arn",
      "allocationId",
      "publicIp",
      "publicDns",
      "publicIpv4Pool",
      "networkBorderGroup",
      "associationId",
      "networkInterface",
      "privateIp",
      "instance",
    ],
    async create() {
      const address = addresses.allocate();
      return { id: address.allocationId, outputs: outputs(address) };
    },
    read: async (id) => outputsIf(addresses.find(id), outputs),
    async update(id) {
      return outputs(addresses.get(id));
    },
    async delete(id) {
      addresses.release(id);
    },
  });
}
