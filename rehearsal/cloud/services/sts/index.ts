import type { CloudContext } from "../../kernel/context";
import { queryProtocol } from "../../protocols/query";
import type { CloudService } from "../cloud-service";
import type { Iam } from "../iam/model/iam";
import { stsOperations } from "./api/sts";
import { Sts } from "./model/sts";
import { GitHubIssuer } from "./model/web-identity";
import { accountFunctions } from "./provider/account-functions";

/** @param now Unix milliseconds, for the ends of sessions */
export function createSts(context: CloudContext, iam: Iam, now?: () => number): CloudService<Sts> {
  const sts = new Sts(context, iam, new GitHubIssuer(), now);
  return {
    model: sts,
    functions: accountFunctions(context),
    apis: {
      sts: {
        protocol: queryProtocol,
        operations: stsOperations(context, sts),
        // AWS asks no permission for the first one; for the other the role's trust policy decides.
        permissions: { GetCallerIdentity: () => [], AssumeRoleWithWebIdentity: () => [] },
        unsigned: ["AssumeRoleWithWebIdentity"],
      },
    },
  };
}
