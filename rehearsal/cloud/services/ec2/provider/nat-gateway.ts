import { z } from "zod";
import { NotReadyError } from "../../../kernel/aws-error";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { NatGateway } from "../model/nat-gateways";
import type { Network } from "../model/network";

export function natGatewayType(network: Network): ResourceType {
  const { natGateways, addresses } = network;
  const outputs = (gateway: NatGateway) => ({
    subnetId: gateway.subnetId,
    vpcId: gateway.vpcId,
    allocationId: gateway.allocationId,
    associationId: addresses.find(gateway.allocationId)?.association?.id ?? "",
    networkInterfaceId: gateway.networkInterface.id,
    privateIp: gateway.networkInterface.privateIp,
    publicIp: gateway.publicIp,
    availabilityMode: "zonal",
    connectivityType: "public",
    secondaryPrivateIpAddresses: [],
    secondaryPrivateIpAddressCount: 0,
  });
  const available = (gateway: NatGateway) => {
    if (gateway.state !== "failed") return outputs(gateway);
    throw new NotReadyError(
      `waiting for EC2 NAT Gateway (${gateway.id}) create: unexpected state 'failed', wanted target 'available'. last error: ${gateway.failure}`,
      gateway.id,
      outputs(gateway),
    );
  };
  return defineResource({
    token: "aws:ec2/natGateway:NatGateway",
    awsCalls: {
      create: "ec2:CreateNatGateway",
      read: "ec2:DescribeNatGateways",
      update: "ec2:CreateTags",
      delete: "ec2:DeleteNatGateway",
    },
    inputs: z.object({
      subnetId: z.string(),
      allocationId: z.string(),
      connectivityType: z.literal("public").default("public"),
      tags,
    }),
    replaceOn: ["subnetId", "allocationId", "connectivityType"],
    computed: ["vpcId", "associationId", "networkInterfaceId", "privateIp", "publicIp", "availabilityMode"],
    async create({ subnetId, allocationId }) {
      const gateway = await natGateways.settle(natGateways.create(subnetId, allocationId));
      return { id: gateway.id, outputs: available(gateway) };
    },
    read: async (id) => outputsIf(natGateways.find(id), outputs),
    async update(id) {
      return available(natGateways.get(id));
    },
    async delete(id) {
      if (natGateways.find(id)) await natGateways.delete(id);
    },
  });
}
