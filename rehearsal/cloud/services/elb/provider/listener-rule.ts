import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Properties } from "../../../provider/wire";
import type { LoadBalancing } from "../model/load-balancing";
import type { RuleState } from "../model/state";
import { actionArguments, actionShape } from "./action-shape";

const texts = z.array(z.string()).min(1);
const values = z.strictObject({ values: texts });

const inputs = z.object({
  listenerArn: z.string(),
  priority: z.number().int().min(1).max(50_000).optional(),
  conditions: z.array(
    z.strictObject({
      hostHeader: z
        .strictObject({
          values: texts.optional(),
          regexValues: texts.optional(),
        })
        .optional(),
      pathPattern: values.optional(),
      httpHeader: values.extend({ httpHeaderName: z.string() }).optional(),
    }),
  ),
  actions: z.array(actionShape),
  tags,
});

export function listenerRule({ rules }: LoadBalancing): ResourceType {
  return defineResource({
    token: "aws:lb/listenerRule:ListenerRule",
    awsCalls: {
      create: "elasticloadbalancing:CreateRule",
      read: "elasticloadbalancing:DescribeRules",
      update: "elasticloadbalancing:ModifyRule",
      delete: "elasticloadbalancing:DeleteRule",
    },
    inputs,
    optionalComputed: ["priority"],
    replaceOn: ["listenerArn"],
    // `priority` is not listed: the provider computes it only if the program gives none.
    computed: ["arn"],
    async create(given) {
      const created = rules.create(given);
      return { id: created.arn, outputs: outputsOf(created) };
    },
    async read(id, known) {
      const found = rules.find(id);
      if (!found) return null;
      return {
        ...outputsOf(found),
        listenerArn: found.listenerArn,
        conditions: conditionArguments(found),
        actions: [actionArguments(found.action, known.actions)],
      };
    },
    async update(id, given) {
      if (given.priority !== undefined) rules.setPriority(id, given.priority);
      return outputsOf(rules.modify(id, given));
    },
    async delete(id) {
      if (rules.find(id)) rules.delete(id);
    },
  });
}

function outputsOf({ arn, priority }: RuleState): Properties {
  return { arn, priority };
}

function conditionArguments({ hostHeaders, hostRegexes, pathPatterns, httpHeaders }: RuleState): Properties[] {
  return [
    ...(hostHeaders.length > 0 ? [{ hostHeader: { values: hostHeaders } }] : []),
    ...(hostRegexes.length > 0 ? [{ hostHeader: { regexValues: hostRegexes } }] : []),
    ...(pathPatterns.length > 0 ? [{ pathPattern: { values: pathPatterns } }] : []),
    ...httpHeaders.map(({ name, values }) => ({ httpHeader: { httpHeaderName: name, values } })),
  ];
}
