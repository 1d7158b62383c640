import { z } from "zod";
import type { ActionConfig } from "../../../data-plane/load-balancer/types";
import type { Properties } from "../../../provider/wire";

/**
 * One action of a listener or rule. `stickiness` can only be off: the data plane does not support it, and sticky
 * clients would stay with the old colour whatever the weights are (E23).
 */
export const actionShape = z.strictObject({
  type: z.enum(["forward", "redirect", "fixed-response"]),
  order: z.literal(1).optional(),
  targetGroupArn: z.string().optional(),
  forward: z
    .strictObject({
      targetGroups: z
        .array(z.strictObject({ arn: z.string(), weight: z.number().default(1) }))
        .min(1)
        .max(5),
      stickiness: z
        .strictObject({ duration: z.number().int().min(1).max(604_800), enabled: z.literal(false).default(false) })
        .optional(),
    })
    .optional(),
  redirect: z
    .strictObject({
      statusCode: z.enum(["HTTP_301", "HTTP_302"]),
      protocol: z.enum(["HTTP", "HTTPS", "#{protocol}"]).default("#{protocol}"),
      host: z.string().default("#{host}"),
      port: z.string().default("#{port}"),
      path: z.string().default("/#{path}"),
      query: z.string().default("#{query}"),
    })
    .optional(),
  fixedResponse: z
    .strictObject({
      contentType: z.string(),
      messageBody: z.string().max(1024).optional(),
      statusCode: z.string().optional(),
    })
    .optional(),
});

/**
 * The action as the arguments of a resource, for a read. Leaves out the arguments that the program left out, because
 * otherwise every refresh would show a difference.
 * @param known the arguments in the stack's state
 */
export function actionArguments(action: ActionConfig, known: unknown): Properties {
  const given = (known as Properties[] | undefined)?.[0] ?? {};
  switch (action.type) {
    case "forward": {
      const [only, ...more] = action.targetGroups;
      if (only && more.length === 0 && !("forward" in given))
        return { ...given, type: "forward", targetGroupArn: only.arn };
      const { targetGroupArn: _, ...rest } = given;
      const forward = given.forward as Properties | undefined;
      const base = only && more.length === 0 ? given : rest;
      return { ...base, type: "forward", forward: { ...forward, targetGroups: action.targetGroups } };
    }
    case "redirect": {
      const { type, statusCode, ...location } = action;
      return { ...given, type, redirect: { ...location, statusCode: `HTTP_${statusCode}` } };
    }
    case "fixed-response": {
      const { type, statusCode, contentType, messageBody } = action;
      const fixed = given.fixedResponse as Properties | undefined;
      const fixedResponse = {
        contentType,
        ...(messageBody !== "" || fixed?.messageBody !== undefined ? { messageBody } : {}),
        ...(statusCode !== 200 || fixed?.statusCode !== undefined ? { statusCode: String(statusCode) } : {}),
      };
      return { ...given, type, fixedResponse };
    }
  }
}
