import type { CloudContext } from "../../../kernel/context";
import { type Operation, operation } from "../../../protocols/service";

export function stsOperations({ accountId }: CloudContext): Record<string, Operation> {
  return {
    GetCallerIdentity: operation({}, (_, { caller }) => ({
      Arn: caller.arn,
      UserId: caller.userId,
      Account: accountId,
    })),
  };
}
