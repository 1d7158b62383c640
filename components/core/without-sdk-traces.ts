import * as pulumi from "@pulumi/pulumi";

/*
 * Keeps Pulumi's SDK from taking stack traces: one for every promise, and for every resource a whole one that goes into the
 * state, with this machine's paths. They are a fifth of the processor time of a `pulumi preview`, and of the state. Errors keep
 * theirs. A stack has the same state whoever brings it up: a deploy, or `pulumi up`.
 */

/** The SDK's own modules call each other by this object, so what is changed in it counts for them. */
const debuggable = require("@pulumi/pulumi/runtime/debuggable") as {
  debuggablePromise(...args: readonly unknown[]): Promise<unknown>;
};
const { debuggablePromise } = debuggable;

debuggable.debuggablePromise = (...args) => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(...args);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};
Object.assign(pulumi.Resource, { callsites: () => [] });
