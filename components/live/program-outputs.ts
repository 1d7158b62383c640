import * as pulumi from "@pulumi/pulumi";
import type { StackState, Wrapped } from "./outputs";
import { readState, stateText } from "./stack-state";

/**
 * What the stack's last successful run left: nothing before the first, and less than now after one of an older version
 * of this program.
 */
export interface LastOutputs extends Partial<StackState> {
  /** Not yet checked. */
  live?: unknown;
}

/** The outputs to read: those of this program, then those that older versions wrote in place of `state`. */
const READ = [
  ...["live", "state"],
  ...["region", "foundation", "deletionProtection", "grants", "deployStore", "edges", "services"],
];

/** Reads the stack's own outputs. The program awaits them, because they decide which resources it declares. */
export async function readLastOutputs(): Promise<LastOutputs> {
  const self = new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const details = await Promise.all(READ.map((key) => self.getOutputDetails(key)));
  const raw = Object.fromEntries(READ.map((key, place) => [key, details[place]!.value ?? undefined]));
  return { live: raw.live, ...readState(raw) };
}

/**
 * The output `state` from values that may not be known yet. In a preview an unknown value inside is the text by which
 * the engine marks one, so that all others can be read.
 *
 * @throws Error for a secret, because the text is not encrypted
 */
export async function stateOutput(state: Wrapped<StackState>): Promise<string> {
  const text = stateText(await pulumi.runtime.serializeProperty("state", state));
  if (text.includes(pulumi.runtime.specialSigKey)) throw new Error("the output `state` holds a secret or an asset");
  return text;
}
