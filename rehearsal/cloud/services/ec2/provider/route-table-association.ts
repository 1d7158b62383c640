import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Network } from "../model/network";

export function routeTableAssociationType(network: Network): ResourceType {
  const { routeTables, subnets } = network;
  return defineResource({
    token: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    awsCalls: {
      create: "ec2:AssociateRouteTable",
      read: "ec2:DescribeRouteTables",
      update: "ec2:ReplaceRouteTableAssociation",
      delete: "ec2:DisassociateRouteTable",
    },
    inputs: z.object({ routeTableId: z.string(), subnetId: z.string() }),
    replaceOn: ["subnetId"],
    async create({ routeTableId, subnetId }) {
      return { id: routeTables.associate(routeTableId, subnets.get(subnetId)).id, outputs: {} };
    },
    async read(id) {
      const association = routeTables.association(id);
      return association ? { routeTableId: association.routeTableId, subnetId: association.subnetId } : null;
    },
    async update(id, { routeTableId }) {
      routeTables.moveAssociation(id, routeTableId);
      return {};
    },
    async delete(id) {
      if (routeTables.association(id)) routeTables.disassociate(id);
    },
  });
}
