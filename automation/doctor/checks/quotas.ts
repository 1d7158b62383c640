import { CPU_UNITS_A_VCPU, instanceTypeOf } from "../../../components/settings/instance-type";
import { ruleCount } from "../../../components/settings/own-hosts";
import type { Exposure, ServiceSettings, Settings } from "../../../components/settings/settings";
import type { Account } from "../../ports/account";
import { type Check, type Finding, ok, skipped, todo } from "../check";

/**
 * How much of each limited resource the settings need at most: in a deploy of all services, with each Auto Scaling
 * group at its maximum.
 */
interface Needs {
  /** Per load balancer, on the edge with the most of them. So are `targetGroups` and `listeners`. */
  rules: number;
  targetGroups: number;
  listeners: number;
  /** In the region. */
  loadBalancers: number;
  /** vCPUs of standard instances (A, C, D, H, I, M, R, T, Z) in the region. */
  vcpus: number;
  /** vCPUs on Fargate in the region, with one run of each job at the same time. */
  fargateVcpus: number;
  /** Elastic IP addresses in the region. */
  addresses: number;
  /** Number of database instances in the region. */
  databases: number;
  /** Storage of all of them, in GiB. */
  databaseStorage: number;
}

interface Limit {
  need: keyof Needs;
  what: string;
  service: string;
  code: string;
  /**
   * AWS's default, for when Service Quotas does not answer. Source: Elastic Load Balancing's guide. Null if new
   * accounts differ.
   */
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
  {
    ...{ need: "fargateVcpus", what: "vCPUs of jobs on Fargate", service: "fargate", code: "L-3032A538" },
    ...{ usual: null, isAdjustable: true },
  },
  {
    need: "addresses",
    what: "Elastic IP addresses",
    service: "ec2",
    code: "L-0263D0A3",
    usual: null,
    isAdjustable: true,
  },
  {
    ...{ need: "databases", what: "databases", service: "rds", code: "L-7B6409FD" },
    // RDS guide, quotas.
    ...{ usual: 40, isAdjustable: true },
  },
  {
    ...{ need: "databaseStorage", what: "GiB of storage of databases", service: "rds", code: "L-7ADDB58A" },
    ...{ usual: 100_000, isAdjustable: true },
  },
];

const COLOURS = 2;
/** Ports 80 and 443. On the internal edge each service has a port of its own. */
const PUBLIC_LISTENERS = 2;

/** Checks that AWS's quotas allow what the settings need at most. Other resources in the account are not counted. */
export const quotas: Check = {
  name: "quotas",
  async examine(examined) {
    const needs = needsOf(examined.settings.settings);
    const findings = await Promise.all(
      LIMITS.filter(({ need }) => needs[need] > 0).map(async (limit) => {
        const allowed = await allowedBy(examined.account, limit);
        return quotaFinding(limit, needs[limit.need], allowed);
      }),
    );
    const sufficient = findings.filter(({ says }) => says === "ok").map(({ detail }) => detail);
    return [
      ...(sufficient.length > 0 ? [ok(sufficient.join(", "))] : []),
      ...findings.filter(({ says }) => says !== "ok"),
    ];
  },
};

/** Returns the account's quota, or the reason why it is unknown. */
function allowedBy(account: Account, { service, code }: Limit): Promise<number | string> {
  return account.quota(service, code).catch((error: Error) => error.message.split("\n")[0]!);
}

/** @param allowed the quota, or the reason why it is unknown */
function quotaFinding(limit: Limit, needed: number, allowed: number | string): Finding {
  const { what, usual, isAdjustable, service, code } = limit;
  const value = typeof allowed === "number" ? allowed : usual;
  if (value === null) return skipped(`${needed} ${what} at most; the quota is unknown: ${allowed}`);
  if (needed <= value) return ok(`${needed} of ${value} ${what}`);
  return todo(
    `${needed} ${what} at most, but AWS allows only ${value}`,
    isAdjustable
      ? `request an increase from Service Quotas (${service} ${code})`
      : "spread the services over two stacks",
  );
}

export function needsOf({ services, network, cutover, databases, testHeader }: Settings): Needs {
  const all = Object.values(services);
  const servicesOn = (edge: Exposure) => all.filter(({ exposure }) => exposure.includes(edge));
  const on = (edge: Exposure) => servicesOn(edge).length;
  const rulesOn = (edge: Exposure) =>
    servicesOn(edge)
      .map((service) => ruleCount(edge === "public" ? service : { hosts: [] }, testHeader !== undefined))
      .reduce((sum, rules) => sum + rules, 0);
  // An existing one counts already, in its owner's account.
  const made = Object.values(databases).flatMap((database) => ("existing" in database ? [] : [database]));
  const fullest = Math.max(on("public"), on("internal"));
  return {
    rules: Math.max(rulesOn("public"), rulesOn("internal")),
    targetGroups: (cutover === "routed" ? COLOURS : 1) * fullest,
    listeners: Math.max(PUBLIC_LISTENERS, on("internal")),
    loadBalancers: COLOURS * (on("internal") > 0 ? 2 : 1),
    vcpus: all.reduce((sum, service) => sum + COLOURS * vcpusOf(service), 0),
    fargateVcpus: all.reduce((sum, service) => sum + fargateVcpusOf(service), 0),
    addresses: addressesOf(network),
    databases: made.length,
    databaseStorage: made.reduce((sum, { storageGiB }) => sum + storageGiB, 0),
  };
}

/** vCPUs of one colour; 0 for a job, whose tasks run without instances of ours. */
function vcpusOf({ kind, size, instanceType }: ServiceSettings): number {
  return kind === "job" ? 0 : size.max * (instanceTypeOf(instanceType)?.vcpus ?? 1);
}

/** Returns the vCPUs that one run of a job takes on Fargate; 0 for a service of another kind. */
function fargateVcpusOf({ kind, cpu }: ServiceSettings): number {
  return kind === "job" ? cpu / CPU_UNITS_A_VCPU : 0;
}

/** One for each NAT gateway. An existing network has its own. */
function addressesOf(network: Settings["network"]): number {
  if ("vpc" in network) return 0;
  return network.nat === "single" ? 1 : network.zones;
}
