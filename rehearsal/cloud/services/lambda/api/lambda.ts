import { z } from "zod";
import { restJsonProtocol } from "../../../protocols/rest-json";
import { type Operation, operation, type Protocol } from "../../../protocols/service";
import type { InvocationResult } from "../model/function-process";
import type { Lambda } from "../model/lambda";

const routes = restJsonProtocol("lambda", [
  {
    operation: "Invoke",
    method: "POST",
    path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
    parameter: "FunctionName",
    readBody: (Payload) => ({ Payload }),
  },
]);

/** The answer is what the function returned, and a header says whether it failed. */
export const lambdaProtocol: Protocol = {
  ...routes,
  write: (_, output) => {
    const { payload, isError } = output as InvocationResult;
    return {
      status: 200,
      headers: {
        "content-type": "application/json",
        "x-amz-executed-version": "$LATEST",
        ...(isError && { "x-amz-function-error": "Unhandled" }),
      },
      body: payload,
    };
  },
};

export function lambdaOperations(lambda: Lambda): Record<string, Operation> {
  return {
    Invoke: operation(
      { FunctionName: z.string(), Qualifier: z.literal("$LATEST").optional(), Payload: z.string().default("") },
      // Without a payload the function gets an empty event.
      ({ FunctionName, Payload }) => lambda.invoke(FunctionName, Payload || "{}"),
    ),
  };
}
