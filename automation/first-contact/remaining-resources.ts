import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
import { countOf } from "../../components/core/count-of";
import type { Clock } from "../core/clock";
import type { Clients } from "./clients";
import { activeTaskDefinitions } from "./task-definitions";

/** AWS seconds for which the account is looked at until AWS lists nothing any more. */
export const LISTED_SECONDS = 600;
/** AWS seconds between two looks. */
const INTERVAL_SECONDS = 10;

/**
 * Kinds that AWS lists by their tags for a while after they are deleted, up to an hour. Pulumi has waited for the end of each of
 * them, but for task definitions: ECS itself says which of those are ACTIVE.
 */
const LISTED_LONGER = [
  /^arn:[\w-]+:ec2:[^:]*:\d+:(?:instance|natgateway|vpc-endpoint|network-interface|volume)\//,
  /^arn:[\w-]+:ecs:[^:]*:\d+:(?:cluster|service|task|container-instance|task-definition|capacity-provider)\//,
];

/** How Elastic Load Balancing is asked for one resource, by the beginning of the last part of its ARN. */
const ASK_ELB: Readonly<Record<string, (elb: Clients["elb"], arn: string) => Promise<unknown>>> = {
  listener: (elb, arn) => elb.send(new DescribeListenersCommand({ ListenerArns: [arn] })),
  "listener-rule": (elb, arn) => elb.send(new DescribeRulesCommand({ RuleArns: [arn] })),
  loadbalancer: (elb, arn) => elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
  targetgroup: (elb, arn) => elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
};
const ELB_ARN = /^arn:[\w-]+:elasticloadbalancing:[^:]*:\d+:([\w-]+)\//;
const NOT_FOUND = /^(?:Listener|Rule|LoadBalancer|TargetGroup)NotFound/;

/** What AWS has of a stack, by ARN. */
export interface Remaining {
  /** Their service says that they are there. */
  existing: readonly string[];
  /** AWS lists them by the stack's tags, which it does for a while with what is deleted, too (aws-rules V13). */
  listed: readonly string[];
}

export const NOTHING: Remaining = { existing: [], listed: [] };

/** By what time, and how long, the account is looked at. */
export interface Looking {
  clock: Clock;
  signal: AbortSignal;
  /** AWS seconds in one real second. */
  timeScale: number;
  /** Prints one line for a person. */
  say(line: string): void;
}

/** Returns what has the stack's tags, without what AWS lists although it is gone, and the task definitions that are ACTIVE. */
export async function remainingResources(
  clients: Pick<Clients, "tagging" | "ecs" | "elb">,
  owner: { project: string; stack: string },
): Promise<Remaining> {
  const existing = await activeTaskDefinitions(clients, owner);
  const listed: string[] = [];
  for (const arn of (await taggedResources(clients, owner)).filter(isLeft)) {
    const isThere = await isAtElb(clients.elb, arn);
    if (isThere !== false) (isThere ? existing : listed).push(arn);
  }
  return { existing: existing.sort(), listed: listed.sort() };
}

/**
 * Looks until nothing is left, or for `LISTED_SECONDS`.
 * @param isSure whether what is there is what would be there at the end, too, so that it need not be waited for
 * @returns what was there at the end
 */
export async function lookUntilGone(
  look: () => Promise<Remaining>,
  { clock, signal, timeScale, say }: Looking,
  isSure: (remaining: Remaining) => boolean = () => false,
): Promise<Remaining> {
  const endsMs = clock.now() + (LISTED_SECONDS * 1000) / timeScale;
  for (let before = 0; ; ) {
    const remaining = await look();
    const count = countIn(remaining);
    if (count === 0 || isSure(remaining) || clock.now() >= endsMs) return remaining;
    if (count !== before)
      say(
        `AWS lists ${countOf(count, "resource")} with the stack's tags, as it does for a while with deleted ones: look again, for up to ${LISTED_SECONDS / 60} minutes`,
      );
    before = count;
    await clock.sleep((INTERVAL_SECONDS * 1000) / timeScale, signal);
  }
}

export function countIn({ existing, listed }: Remaining): number {
  return existing.length + listed.length;
}

/** Returns what is left and what to do about it, for people; null if nothing is. */
export function leftText(remaining: Remaining): string | null {
  const { existing, listed } = remaining;
  if (countIn(remaining) === 0) return null;
  const todo =
    existing.length > 0
      ? "AWS still has what has the stack's tags: delete it by hand, then --clean again:"
      : "AWS still lists what has the stack's tags, as it does for a while with what is deleted: delete by hand what is there, then --clean again, or in an hour if nothing is:";
  return [todo, ...existing, ...listed].join("\n");
}

/** Returns the ARNs of what AWS lists by the stack's tags. */
export async function taggedResources(
  { tagging }: Pick<Clients, "tagging">,
  { project, stack }: { project: string; stack: string },
): Promise<string[]> {
  const found: string[] = [];
  const filters = [
    { Key: "project", Values: [project] },
    { Key: "stack", Values: [stack] },
  ];
  for await (const { ResourceTagMappingList = [] } of paginateGetResources(
    { client: tagging },
    { TagFilters: filters },
  ))
    found.push(...ResourceTagMappingList.map(({ ResourceARN = "" }) => ResourceARN));
  return found;
}

/** False for what AWS lists although it is gone. */
export function isLeft(arn: string): boolean {
  return !LISTED_LONGER.some((kind) => kind.test(arn));
}

/** Returns whether Elastic Load Balancing has a resource; null for one that is not its own. */
async function isAtElb(elb: Clients["elb"], arn: string): Promise<boolean | null> {
  const ask = ASK_ELB[ELB_ARN.exec(arn)?.[1] ?? ""];
  if (!ask) return null;
  try {
    await ask(elb, arn);
    return true;
  } catch (error) {
    if (NOT_FOUND.test((error as Error).name)) return false;
    throw error;
  }
}
