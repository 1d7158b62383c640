import type * as pulumi from "@pulumi/pulumi";

/** Returns the value of an output, once it is known. */
export function known<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => output.apply((value) => resolve(value as Value)));
}
