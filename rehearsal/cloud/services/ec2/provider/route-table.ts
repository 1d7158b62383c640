import { z } from "zod";
import { completed } from "../../../provider/completed";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";
import type { Route, RouteTable } from "../model/route-tables";
import { cidrArgument } from "./cidr-argument";

const routeArgument = z.strictObject({
  cidrBlock: cidrArgument,
  gatewayId: z.string().optional(),
  natGatewayId: z.string().optional(),
});

export function routeTableType(network: Network): ResourceType {
  const { context, routeTables, vpcs } = network;
  const outputs = (table: RouteTable) => ({
    arn: ec2Arn(context, "route-table", table.id),
    vpcId: table.vpcId,
    ownerId: context.accountId,
    propagatingVgws: [],
    routes: inlineRoutes(table).map(({ destination, target }) => ({
      cidrBlock: destination,
      ...(target.startsWith("nat-") ? { natGatewayId: target } : { gatewayId: target }),
    })),
  });
  return defineResource({
    token: "aws:ec2/routeTable:RouteTable",
    awsCalls: {
      create: "ec2:CreateRouteTable",
      read: "ec2:DescribeRouteTables",
      update: "ec2:CreateTags",
      delete: "ec2:DeleteRouteTable",
    },
    inputs: z.object({ vpcId: z.string(), routes: z.array(routeArgument).optional(), tags }),
    optionalComputed: ["routes"],
    replaceOn: ["vpcId"],
    computed: ["arn", "ownerId", "propagatingVgws"],
    async create({ vpcId, routes = [] }) {
      const table = routeTables.create(vpcs.get(vpcId));
      return completed(
        table.id,
        () => outputs(table),
        () => {
          for (const route of routes) network.addRoute(table.id, toRoute(route));
        },
      );
    },
    read: async (id) => outputsIf(routeTables.find(id), outputs),
    async update(id, { routes }) {
      const table = routeTables.get(id);
      if (routes) {
        for (const { destination } of inlineRoutes(table)) routeTables.removeRoute(id, destination);
        for (const route of routes) network.addRoute(id, toRoute(route));
      }
      return outputs(table);
    },
    async delete(id) {
      routeTables.delete(id);
    },
  });
}

/** The routes without the local route and those of VPC endpoints. */
function inlineRoutes(table: RouteTable): Route[] {
  return table.routes.filter(({ target }) => target !== "local" && !target.startsWith("vpce-"));
}

function toRoute({ cidrBlock, gatewayId, natGatewayId }: z.output<typeof routeArgument>): Route {
  return { destination: cidrBlock, target: gatewayId ?? natGatewayId ?? "" };
}
