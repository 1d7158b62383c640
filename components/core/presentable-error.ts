import * as pulumi from "@pulumi/pulumi";
import { UserError } from "./user-error";

/**
 * Matches a stack frame such as `at new Stack (/app/node_modules/@pulumi/resource.ts:1:2)`: source maps name the
 * SDK's own files with a scope and without a package. In Node 20.20 `util.inspect`, with which the SDK prints an
 * error in colour, never returns for such a frame.
 */
const ENDLESS_FRAME = /[/\\]node_modules[/\\]@[^/\\]+[/\\][^/\\]*$/;

/**
 * The error to end the program with, so that the CLI can print it: for a `UserError` its message alone, for any other
 * error a stack trace that `util.inspect` can print.
 */
export function presentableError(error: unknown): unknown {
  if (error instanceof UserError) return Object.assign(new pulumi.RunError(error.message), { stack: undefined });
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const lines = cause.stack?.split("\n").filter((line) => !ENDLESS_FRAME.test(line));
    cause.stack = lines?.join("\n");
  }
  return error;
}
