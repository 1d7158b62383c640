import { z } from "zod";
import { completed } from "../../../provider/completed";
import type { OperationContext, ResourceType } from "../../../provider/resource-type";
import { defineResource } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";

/** AWS seconds for which the provider retries while public addresses are mapped in the VPC (aws-rules N6). */
const DETACH_LIMIT_SECONDS = 1200;

export function internetGatewayType(network: Network): ResourceType {
  const { context, internetGateways } = network;
  const outputs = (id: string) => ({
    arn: ec2Arn(context, "internet-gateway", id),
    ownerId: context.accountId,
    ...(internetGateways.get(id).vpcId === null ? {} : { vpcId: internetGateways.get(id).vpcId }),
  });
  return defineResource({
    token: "aws:ec2/internetGateway:InternetGateway",
    awsCalls: {
      create: "ec2:CreateInternetGateway",
      read: "ec2:DescribeInternetGateways",
      update: "ec2:CreateTags",
      delete: "ec2:DeleteInternetGateway",
    },
    inputs: z.object({ vpcId: z.string().optional(), tags }),
    optionalComputed: ["vpcId"],
    computed: ["arn", "ownerId"],
    async create({ vpcId }) {
      const { id } = internetGateways.create();
      return completed(
        id,
        () => outputs(id),
        () => {
          if (vpcId !== undefined) internetGateways.attach(id, vpcId);
        },
      );
    },
    async read(id) {
      return internetGateways.find(id) ? outputs(id) : null;
    },
    async update(id, { vpcId }, _old, call) {
      if (vpcId !== undefined && vpcId !== internetGateways.get(id).vpcId) {
        await detach(network, id, call);
        internetGateways.attach(id, vpcId);
      }
      return outputs(id);
    },
    async delete(id, _, call) {
      await detach(network, id, call);
      internetGateways.delete(id);
    },
  });
}

/** Attaches an internet gateway that has no `vpcId`. */
export function internetGatewayAttachmentType(network: Network): ResourceType {
  const { internetGateways } = network;
  return defineResource({
    token: "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
    awsCalls: {
      create: "ec2:AttachInternetGateway",
      read: "ec2:DescribeInternetGateways",
      delete: "ec2:DetachInternetGateway",
    },
    inputs: z.object({ internetGatewayId: z.string(), vpcId: z.string() }),
    async create({ internetGatewayId, vpcId }) {
      internetGateways.attach(internetGatewayId, vpcId);
      return { id: `${internetGatewayId}:${vpcId}`, outputs: {} };
    },
    async read(id) {
      const [internetGatewayId, vpcId] = id.split(":") as [string, string];
      return internetGateways.find(internetGatewayId)?.vpcId === vpcId ? { internetGatewayId, vpcId } : null;
    },
    async delete(id, _, call) {
      await detach(network, id.split(":")[0]!, call);
    },
  });
}

async function detach({ context, internetGateways }: Network, id: string, { signal }: OperationContext): Promise<void> {
  const vpcId = internetGateways.get(id).vpcId;
  if (vpcId === null) return;
  const options = { code: "DependencyViolation", limitSeconds: DETACH_LIMIT_SECONDS, clock: context.clock, signal };
  await retryWhile(options, () => internetGateways.detach(id, vpcId));
}
