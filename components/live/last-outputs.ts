import * as pulumi from "@pulumi/pulumi";
import type { ProgramOutputs } from "./outputs";

/** What the stack's last successful run left: nothing before the first, less than now after one of an older version of this program. */
export type LastOutputs = Partial<ProgramOutputs>;

const READ = [
  "live",
  "foundation",
  "deletionProtection",
  "grants",
  "edges",
  "services",
] as const satisfies (keyof ProgramOutputs)[];

/** Reads the stack's own outputs. To be awaited in the program: what they say decides which resources there are. */
export async function readLastOutputs(): Promise<LastOutputs> {
  const self = new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const details = await Promise.all(READ.map((key) => self.getOutputDetails(key)));
  return Object.fromEntries(READ.map((key, place) => [key, details[place]!.value]));
}
