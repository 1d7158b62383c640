import { z } from "zod";
import { parseJson } from "../../../../../components/core/parse-json";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Events } from "../model/events";

const MAX_NAME_LENGTH = 64;

/** A rule of the default bus on events. */
export function eventRuleType(events: Events): ResourceType {
  return defineResource({
    token: "aws:cloudwatch/eventRule:EventRule",
    awsCalls: {
      create: "events:PutRule",
      read: "events:DescribeRule",
      update: "events:PutRule",
      delete: "events:DeleteRule",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      description: z.string().optional(),
      eventPattern: z.string().refine((text) => parseJson(text) !== undefined, "contains an invalid JSON"),
      eventBusName: z.literal("default").default("default"),
      state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
      forceDestroy: z.boolean().default(false),
      tags,
    }),
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create({ name, eventPattern, state }) {
      const rule = events.put(name!, { eventPattern, state });
      return { id: rule.name, outputs: { arn: rule.arn } };
    },
    async read(id) {
      const rule = events.find(id);
      return rule ? { ...rule } : null;
    },
    async update(id, { eventPattern, state }) {
      events.put(id, { eventPattern, state });
      return {};
    },
    async delete(id) {
      if (events.find(id)) events.delete(id);
    },
  });
}
