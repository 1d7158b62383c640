import * as pulumi from "@pulumi/pulumi";
import { UserError } from "./user-error";

/**
 * A line such as `at new Stack (/app/node_modules/@pulumi/resource.ts:1:2)`, as source maps name the SDK's own files: a scope that no package follows.
 * Node 20.20's `util.inspect`, by which the SDK shows an error in colour, looks for the package's end without end.
 */
const ENDLESS_FRAME = /[/\\]node_modules[/\\]@[^/\\]+[/\\][^/\\]*$/;

/** What the program may end with, so that the CLI can show it: for a `UserError` its message alone, for anything else a stack trace that `util.inspect` bears. */
export function presentableError(error: unknown): unknown {
  if (error instanceof UserError) return Object.assign(new pulumi.RunError(error.message), { stack: undefined });
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const lines = cause.stack?.split("\n").filter((line) => !ENDLESS_FRAME.test(line));
    cause.stack = lines?.join("\n");
  }
  return error;
}
