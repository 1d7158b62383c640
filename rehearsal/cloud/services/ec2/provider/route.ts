import { crc32 } from "node:zlib";
import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Network } from "../model/network";
import { cidrArgument } from "./cidr-argument";

export function routeType(network: Network): ResourceType {
  const { routeTables } = network;
  return defineResource({
    token: "aws:ec2/route:Route",
    awsCalls: {
      create: "ec2:CreateRoute",
      read: "ec2:DescribeRouteTables",
      update: "ec2:ReplaceRoute",
      delete: "ec2:DeleteRoute",
    },
    inputs: z.object({
      routeTableId: z.string(),
      destinationCidrBlock: cidrArgument,
      gatewayId: z.string().optional(),
      natGatewayId: z.string().optional(),
    }),
    replaceOn: ["routeTableId", "destinationCidrBlock"],
    computed: ["origin", "state", "instanceId", "instanceOwnerId", "networkInterfaceId"],
    validate: ({ gatewayId, natGatewayId }) =>
      (gatewayId === undefined) === (natGatewayId === undefined)
        ? [{ property: "gatewayId", reason: "give exactly one of gatewayId and natGatewayId" }]
        : [],
    async create({ routeTableId, destinationCidrBlock, gatewayId, natGatewayId }) {
      network.addRoute(routeTableId, { destination: destinationCidrBlock, target: gatewayId ?? natGatewayId ?? "" });
      return { id: `r-${routeTableId}${crc32(destinationCidrBlock)}`, outputs: COMPUTED };
    },
    async read(_id, { routeTableId, destinationCidrBlock }) {
      const table = routeTables.find(String(routeTableId));
      const route = table?.routes.find(({ destination }) => destination === destinationCidrBlock);
      if (!route) return null;
      return { ...COMPUTED, [route.target.startsWith("nat-") ? "natGatewayId" : "gatewayId"]: route.target };
    },
    async update(_id, { routeTableId, destinationCidrBlock, gatewayId, natGatewayId }) {
      network.replaceRoute(routeTableId, {
        destination: destinationCidrBlock,
        target: gatewayId ?? natGatewayId ?? "",
      });
      return COMPUTED;
    },
    async delete(_id, { routeTableId, destinationCidrBlock }) {
      routeTables.removeRoute(String(routeTableId), String(destinationCidrBlock));
    },
  });
}

const COMPUTED = {
  origin: "CreateRoute",
  state: "active",
  instanceId: "",
  instanceOwnerId: "",
  networkInterfaceId: "",
};
