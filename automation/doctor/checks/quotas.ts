import type { Account } from "../../ports/account";
import { type Check, type Finding, isStandIn, ok, skipped, todo } from "../check";
import { type Needs, needsOf } from "../needs";

interface Limit {
  need: keyof Needs;
  what: string;
  service: string;
  code: string;
  /** AWS's own, where Service Quotas cannot be asked: Elastic Load Balancing's guide. Null where accounts differ from the start. */
  usual: number | null;
  isAdjustable: boolean;
}

const LIMITS: readonly Limit[] = [
  {
    need: "rules",
    what: "rules on a load balancer",
    service: "elasticloadbalancing",
    code: "L-7EED9B64",
    usual: 100,
    isAdjustable: true,
  },
  {
    need: "targetGroups",
    what: "target groups on a load balancer",
    service: "elasticloadbalancing",
    code: "L-822D1B1B",
    usual: 100,
    isAdjustable: false,
  },
  {
    need: "listeners",
    what: "listeners on a load balancer",
    service: "elasticloadbalancing",
    code: "L-B6DF7632",
    usual: 50,
    isAdjustable: true,
  },
  {
    need: "loadBalancers",
    what: "load balancers",
    service: "elasticloadbalancing",
    code: "L-53DA6B97",
    usual: 50,
    isAdjustable: true,
  },
  { need: "vcpus", what: "vCPUs of instances", service: "ec2", code: "L-1216C47A", usual: null, isAdjustable: true },
  { need: "addresses", what: "elastic addresses", service: "ec2", code: "L-0263D0A3", usual: null, isAdjustable: true },
];

/** AWS allows what the settings need, at the most. What else is in the account is not counted. */
export const quotas: Check = {
  name: "quotas",
  async look(at) {
    const needs = needsOf(at.settings.settings);
    const findings = await Promise.all(
      LIMITS.map(async (limit) => {
        const allowed = isStandIn(at) ? "a stand-in of AWS is asked" : await allowedBy(at.account, limit);
        return judgeQuota(limit, needs[limit.need], allowed);
      }),
    );
    const well = findings.filter(({ says }) => says === "ok").map(({ detail }) => detail);
    return [...(well.length > 0 ? [ok(well.join(", "))] : []), ...findings.filter(({ says }) => says !== "ok")];
  },
};

/** @returns why there is no number, in a sentence */
function allowedBy(account: Account, { service, code }: Limit): Promise<number | string> {
  return account.quota(service, code).catch((error: Error) => error.message.split("\n")[0]!);
}

/** @param allowed a number, or why there is none */
function judgeQuota(limit: Limit, needed: number, allowed: number | string): Finding {
  const { what, usual, isAdjustable, service, code } = limit;
  const value = typeof allowed === "number" ? allowed : usual;
  if (value === null) return skipped(`${needed} ${what} at the most; what AWS allows is not known: ${allowed}`);
  if (needed <= value) return ok(`${needed} of ${value} ${what}`);
  return todo(
    `${needed} ${what} at the most, and AWS allows ${value}`,
    isAdjustable ? `ask Service Quotas for more (${service} ${code})` : "spread the services over two stacks",
  );
}
