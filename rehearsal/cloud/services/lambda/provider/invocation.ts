import { createHash } from "node:crypto";
import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Lambda } from "../model/lambda";

/** A call of a function, made when the resource is created: any change makes another one. */
export function invocationType(lambda: Lambda): ResourceType {
  return defineResource({
    token: "aws:lambda/invocation:Invocation",
    awsCalls: { create: "lambda:Invoke" },
    inputs: z.object({
      functionName: z.string(),
      input: z.string(),
      qualifier: z.literal("$LATEST").default("$LATEST"),
      lifecycleScope: z.literal("CREATE_ONLY").default("CREATE_ONLY"),
      terraformKey: z.literal("tf").default("tf"),
      triggers: z.record(z.string(), z.string()).optional(),
    }),
    replaceOn: ["functionName", "input", "qualifier", "triggers"],
    computed: ["result"],
    async create({ functionName, input, qualifier }) {
      const { payload, isError } = await lambda.invoke(functionName, input);
      if (isError) throw new Error(`Lambda function (${functionName}) returned error: (${payload})`);
      const hash = createHash("md5").update(input).digest("hex");
      return { id: `${functionName}_${qualifier}_${hash}`, outputs: { result: payload } };
    },
    // The provider reads nothing back, and deletes nothing.
    async read(_id, outputs) {
      return outputs;
    },
    async delete() {},
  });
}
