import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Events } from "../model/events";

/** A target of a rule on the default bus. */
export function eventTargetType(events: Events): ResourceType {
  return defineResource({
    token: "aws:cloudwatch/eventTarget:EventTarget",
    awsCalls: {
      create: "events:PutTargets",
      read: "events:ListTargetsByRule",
      update: "events:PutTargets",
      delete: "events:RemoveTargets",
    },
    inputs: z.object({
      rule: z.string(),
      targetId: z.string().min(1).max(64),
      arn: z.string(),
      eventBusName: z.literal("default").default("default"),
    }),
    replaceOn: ["rule", "targetId"],
    async create({ rule, targetId, arn }) {
      events.putTarget(rule, { id: targetId, arn });
      return { id: `${rule}-${targetId}`, outputs: {} };
    },
    async read(_id, { rule, targetId }) {
      const target = events.targets(String(rule)).find(({ id }) => id === targetId);
      return target ? { rule: String(rule), targetId: target.id, arn: target.arn } : null;
    },
    async update(_id, { rule, targetId, arn }) {
      events.putTarget(rule, { id: targetId, arn });
      return {};
    },
    async delete(_id, { rule, targetId }) {
      events.removeTarget(String(rule), String(targetId));
    },
  });
}
