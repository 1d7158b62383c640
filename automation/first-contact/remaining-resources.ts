import { paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Clients } from "./clients";

/**
 * Kinds that AWS lists by their tags for a while after they are deleted, up to an hour, and task definitions, which it
 * keeps as INACTIVE. Pulumi has waited for the end of each of them.
 */
const LISTED_LONGER = [
  /^arn:[\w-]+:ec2:[^:]*:\d+:(?:instance|natgateway|vpc-endpoint|network-interface|volume)\//,
  /^arn:[\w-]+:ecs:[^:]*:\d+:(?:cluster|service|task|container-instance|task-definition|capacity-provider)\//,
];

/** Returns the ARNs of what has the stack's tags, without what AWS lists although it is gone. */
export async function remainingResources(...args: Parameters<typeof taggedResources>): Promise<string[]> {
  return (await taggedResources(...args)).filter(isLeft).sort();
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
