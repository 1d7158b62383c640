import type { StackOutputs } from "../../../components/live/outputs";
import type { Settings } from "../../../components/settings/settings";
import { type Check, type Finding, ok, skipped } from "../check";

const STEP_0 = "docs/quick-start.md, step 0";

/**
 * Says what AWS refuses at the first use in a new account (aws-rules I17, E47). After the stack's first `up` there is
 * nothing left of it but for RDS, if that was without a database. Before, a load balancer in the region shows that the
 * account may create some; whether the service-linked roles exist is not looked up, because creating them once more does
 * no harm.
 */
export const firstUse: Check = {
  name: "first use",
  async examine({ outputs, account, settings: { settings } }) {
    const known = await outputs().catch(() => null);
    const database = firstDatabase(settings, known);
    if (known)
      return [
        ok(
          hasOwnDatabase(known)
            ? "the account has used ECS, Auto Scaling, load balancers and RDS"
            : "the account has used ECS, Auto Scaling and load balancers",
        ),
        ...database,
      ];
    return [
      skipped(
        `before the first \`pulumi up\`: ECS refuses an account's first cluster while its service-linked role is missing (${STEP_0})`,
      ),
      (await account.hasLoadBalancers())
        ? ok("the account may create load balancers")
        : skipped(`no load balancer exists in this region: AWS refuses them to some new accounts (${STEP_0})`),
      ...database,
    ];
  },
};

/** What RDS refuses where the stack is to get its first database. */
function firstDatabase({ databases }: Settings, known: StackOutputs | null): Finding[] {
  if (!hasOwnDatabase({ databases }) || (known && hasOwnDatabase(known))) return [];
  return [
    skipped(
      `before the stack's first database: RDS refuses an account's first one while its service-linked role is missing (${STEP_0})`,
    ),
  ];
}

/** True if one of the databases is RDS's to make: it was not there before the stack. */
function hasOwnDatabase({ databases = {} }: { databases?: Readonly<Record<string, object>> }): boolean {
  return Object.values(databases).some((database) => !("existing" in database));
}
