import type { CloudContext } from "../context";
import { type Operation, operation } from "./service";

/** Who asks is always the same user: the rehearsal checks no signatures. */
export function stsOperations({ accountId }: CloudContext): Record<string, Operation> {
  return {
    GetCallerIdentity: operation({}, () => ({
      Arn: `arn:aws:iam::${accountId}:user/rehearsal`,
      UserId: "AIDAREHEARSAL00000000",
      Account: accountId,
    })),
  };
}
