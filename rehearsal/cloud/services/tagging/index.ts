import { z } from "zod";
import type { CloudContext } from "../../kernel/context";
import { ResourceTags } from "../../kernel/resource-tags";
import { jsonProtocol } from "../../protocols/json";
import { type Operation, operation } from "../../protocols/service";
import type { CloudService } from "../cloud-service";

/** The Resource Groups Tagging API, which lists the resources of all services by their tags. */
export function createTagging({ clock }: Pick<CloudContext, "clock">): CloudService<ResourceTags> {
  const tags = new ResourceTags(clock);
  return {
    model: tags,
    apis: { tagging: { protocol: jsonProtocol, operations: taggingOperations(tags) } },
  };
}

function taggingOperations(tags: ResourceTags): Record<string, Operation> {
  return {
    GetResources: operation(
      {
        TagFilters: z.array(z.strictObject({ Key: z.string(), Values: z.array(z.string()).default([]) })).default([]),
        /** The list has one page. */
        PaginationToken: z.literal("").optional(),
      },
      ({ TagFilters }) => ({
        ResourceTagMappingList: tags
          .listed()
          .filter((resource) =>
            TagFilters.every(({ Key, Values }) => {
              const value = resource.tags[Key];
              return value !== undefined && (Values.length === 0 || Values.includes(value));
            }),
          )
          .map(({ arn, tags: own }) => ({
            ResourceARN: arn,
            Tags: Object.entries(own).map(([Key, Value]) => ({ Key, Value })),
          })),
        PaginationToken: "",
      }),
    ),
  };
}
