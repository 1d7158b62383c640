import { type Check, ok, skipped } from "../check";

const STEP_0 = "docs/quick-start.md, step 0";

/**
 * Says what AWS refuses at the first use in a new account (aws-rules I17, E47). After the stack's first `up` there is
 * nothing left of it. Before, a load balancer in the region shows that the account may create some; whether the
 * service-linked roles exist is not looked up, because creating them once more does no harm.
 */
export const firstUse: Check = {
  name: "first use",
  async examine({ outputs, account }) {
    if (await outputs().catch(() => null)) return [ok("the account has used ECS, Auto Scaling and load balancers")];
    return [
      skipped(
        `before the first \`pulumi up\`: ECS refuses an account's first cluster while its service-linked role is missing (${STEP_0})`,
      ),
      (await account.hasLoadBalancers())
        ? ok("the account may create load balancers")
        : skipped(`no load balancer exists in this region: AWS refuses them to some new accounts (${STEP_0})`),
    ];
  },
};
