import type { CloudContext } from "../../kernel/context";
import { queryProtocol } from "../../protocols/query";
import { operation } from "../../protocols/service";
import type { CloudService } from "../cloud-service";
import { accountFunctions } from "./provider/account-functions";

/** It holds nothing: the account and the region are in the cloud's context. */
export function createSts(context: CloudContext): CloudService<null> {
  return {
    model: null,
    functions: accountFunctions(context),
    apis: {
      sts: {
        protocol: queryProtocol,
        operations: {
          GetCallerIdentity: operation({}, (_, { caller }) => ({
            Arn: caller.arn,
            UserId: caller.userId,
            Account: context.accountId,
          })),
        },
        // AWS asks no permission for it.
        permissions: { GetCallerIdentity: () => [] },
      },
    },
  };
}
