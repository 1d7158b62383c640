import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";
import type { VpcEndpoint } from "../model/vpc-endpoints";

export function vpcEndpointType(network: Network): ResourceType {
  const { context, endpoints } = network;
  const outputs = (endpoint: VpcEndpoint) => ({
    arn: ec2Arn(context, "vpc-endpoint", endpoint.id),
    vpcId: endpoint.vpcId,
    serviceName: endpoint.serviceName,
    serviceRegion: context.region,
    vpcEndpointType: endpoint.type,
    routeTableIds: endpoint.routeTableIds,
    subnetIds: endpoint.subnetIds,
    securityGroupIds: endpoint.securityGroupIds,
    privateDnsEnabled: endpoint.privateDnsEnabled,
    networkInterfaceIds: endpoint.interfaces.map((one) => one.id),
    prefixListId: endpoint.prefixListId ?? "",
    cidrBlocks: [],
    dnsEntries: [],
    ownerId: context.accountId,
    requesterManaged: false,
    state: endpoint.state,
  });
  return defineResource({
    token: "aws:ec2/vpcEndpoint:VpcEndpoint",
    awsCalls: {
      create: "ec2:CreateVpcEndpoint",
      read: "ec2:DescribeVpcEndpoints",
      update: "ec2:ModifyVpcEndpoint",
      delete: "ec2:DeleteVpcEndpoints",
    },
    inputs: z.object({
      vpcId: z.string(),
      serviceName: z.string(),
      vpcEndpointType: z.enum(["Gateway", "Interface"]).default("Gateway"),
      routeTableIds: z.array(z.string()).optional(),
      subnetIds: z.array(z.string()).optional(),
      securityGroupIds: z.array(z.string()).optional(),
      privateDnsEnabled: z.boolean().optional(),
      tags,
    }),
    optionalComputed: ["privateDnsEnabled", "routeTableIds", "securityGroupIds", "subnetIds"],
    replaceOn: ["vpcId", "serviceName", "vpcEndpointType", "subnetIds", "privateDnsEnabled"],
    computed: ["arn", "networkInterfaceIds", "prefixListId", "cidrBlocks", "dnsEntries", "ownerId", "state"],
    validate: ({ vpcEndpointType, routeTableIds, subnetIds, securityGroupIds }) => {
      const wrong = vpcEndpointType === "Gateway" ? { subnetIds, securityGroupIds } : { routeTableIds };
      return Object.entries(wrong)
        .filter(([, value]) => value !== undefined)
        .map(([property]) => ({ property, reason: `${vpcEndpointType} endpoints have no ${property}` }));
    },
    async create(inputs) {
      const endpoint = endpoints.create({
        vpcId: inputs.vpcId,
        serviceName: inputs.serviceName,
        type: inputs.vpcEndpointType,
        routeTableIds: inputs.routeTableIds ?? [],
        subnetIds: inputs.subnetIds ?? [],
        securityGroupIds: inputs.securityGroupIds ?? [],
        privateDnsEnabled: inputs.privateDnsEnabled ?? false,
      });
      await endpoints.settle(endpoint);
      return { id: endpoint.id, outputs: outputs(endpoint) };
    },
    read: async (id) => outputsIf(endpoints.find(id), outputs),
    async update(id, given, old) {
      const { vpcEndpointType, routeTableIds, securityGroupIds } = { ...old, ...given };
      const endpoint =
        vpcEndpointType === "Gateway"
          ? endpoints.setRouteTables(id, routeTableIds ?? [])
          : endpoints.setSecurityGroups(id, securityGroupIds ?? []);
      return outputs(endpoint);
    },
    async delete(id) {
      if (endpoints.find(id)) await endpoints.delete(id);
    },
  });
}
