import type { CloudContext } from "../context";
import { type Operation, operation } from "./service";

export function stsOperations({ accountId }: CloudContext): Record<string, Operation> {
  return {
    GetCallerIdentity: operation({}, (_, { caller }) => ({
      Arn: caller.arn,
      UserId: caller.userId,
      Account: accountId,
    })),
  };
}
