import { paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Clients } from "./clients";
import { activeTaskDefinitions } from "./task-definitions";

/** AWS seconds for which the account is looked at until AWS lists nothing any more. */
export const LISTED_SECONDS = 600;

/**
 * Kinds that AWS lists by their tags for a while after they are deleted, up to an hour. Pulumi has waited for the end of each of
 * them, but for task definitions: ECS itself says which of those are ACTIVE.
 */
const LISTED_LONGER = [
  /^arn:[\w-]+:ec2:[^:]*:\d+:(?:instance|natgateway|vpc-endpoint|network-interface|volume)\//,
  /^arn:[\w-]+:ecs:[^:]*:\d+:(?:cluster|service|task|container-instance|task-definition|capacity-provider)\//,
];

/** Returns the ARNs of what has the stack's tags, without what AWS lists although it is gone, and of task definitions that are ACTIVE. */
export async function remainingResources(
  clients: Pick<Clients, "tagging" | "ecs">,
  owner: { project: string; stack: string },
): Promise<string[]> {
  const tagged = (await taggedResources(clients, owner)).filter(isLeft);
  return [...tagged, ...(await activeTaskDefinitions(clients, owner))].sort();
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
