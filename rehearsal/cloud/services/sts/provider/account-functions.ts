import { z } from "zod";
import type { CloudContext } from "../../../kernel/context";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";

/** The functions that tell a program its account, region and partition. */
export function accountFunctions({ accountId, region }: CloudContext): ProviderFunction[] {
  return [
    defineFunction({
      token: "aws:index/getCallerIdentity:getCallerIdentity",
      awsCall: "sts:GetCallerIdentity",
      args: z.strictObject({}),
      async call() {
        return {
          id: accountId,
          accountId,
          arn: `arn:aws:iam::${accountId}:user/rehearsal`,
          userId: "AIDAREHEARSAL00000000",
        };
      },
    }),
    defineFunction({
      token: "aws:index/getRegion:getRegion",
      args: z.strictObject({}),
      async call() {
        const endpoint = `ec2.${region}.amazonaws.com`;
        return { id: region, name: region, description: region, endpoint };
      },
    }),
    defineFunction({
      token: "aws:index/getPartition:getPartition",
      args: z.strictObject({}),
      async call() {
        return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
      },
    }),
  ];
}
