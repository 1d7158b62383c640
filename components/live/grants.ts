import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { COLOURS, type Colour } from "../core/colour-name";
import type { EgressRule } from "../settings/schema";
import type { ServiceSettings } from "../settings/settings";
import type { LiveColour } from "./live";

/**
 * What the release on one colour may reach besides its edges. `Arn` is text in the stack's outputs, and may be
 * unknown while the program runs.
 */
export interface Grants<Arn = string> {
  /** Services that it may call. */
  calls: string[];
  /** Workers that it may send jobs to. */
  sends: string[];
  /** Places outside the stack. */
  egress: EgressRule[];
  /** ARNs of the values that its tasks read when they start. */
  secretArns: Arn[];
  /** IAM statements for its code. */
  iam: { actions: string[]; resources: string[] }[];
}

export type DeclaredGrants = Grants<pulumi.Input<string>>;

/**
 * Grants of one colour. A colour that had instances after the last run keeps the grants of that time, whatever the
 * settings say: settings apply to the next release, and a right that the running release lost would fail its requests.
 *
 * @param settings of the release that the colour gets, or of the stack for a colour that runs nothing
 * @param last what the last run declared; undefined for a new service
 */
export function grantsOf(
  settings: Pick<ServiceSettings, "calls" | "sends" | "egress" | "iam">,
  secretArns: readonly pulumi.Input<string>[],
  previous: LiveColour,
  last: Grants | undefined,
): DeclaredGrants {
  if (previous.size > 0 && last) return last;
  return {
    calls: [...settings.calls],
    sends: [...settings.sends],
    egress: settings.egress.map((rule) => ({ ...rule })),
    secretArns: [...secretArns],
    iam: settings.iam.map(({ actions, resources }) => ({ actions: [...actions], resources: [...resources] })),
  };
}

/** The grants of a service as a whole: everything that either colour is granted. */
export function unionOf(grants: Record<Colour, DeclaredGrants>): DeclaredGrants {
  const all = COLOURS.map((colour) => grants[colour]);
  return {
    calls: distinct(all.flatMap(({ calls }) => calls)),
    sends: distinct(all.flatMap(({ sends }) => sends)),
    egress: distinct(all.flatMap(({ egress }) => egress)),
    secretArns: distinct(all.flatMap(({ secretArns }) => secretArns)),
    iam: distinct(all.flatMap(({ iam }) => iam)),
  };
}

function distinct<T>(values: readonly T[]): T[] {
  return values.filter((value, place) => values.findIndex((other) => isDeepStrictEqual(other, value)) === place);
}
