import { isDeepStrictEqual } from "node:util";
import { COLOURS, type Colour } from "../core/colour-name";
import type { EgressRule } from "../settings/schema/service";
import type { ServiceSettings } from "../settings/settings";
import { pulledFrom, type ReleaseSidecars } from "./sidecars";

/** What the release on one colour may reach besides its edges. */
export interface Grants {
  /** Services that it may call. */
  calls: string[];
  /** Workers that it may send messages to. */
  sends: string[];
  /** Places outside the stack. */
  egress: EgressRule[];
  /** ARNs of the values that its tasks read when they start. */
  secretArns: string[];
  /** IAM statements for its code. */
  iam: { actions: string[]; resources: string[] }[];
  /** ARNs of repositories besides its own that images of its sidecars are pulled from; absent without any. */
  pulls?: string[];
  /** Its tasks may open sessions of ECS Exec; absent if not. */
  exec?: true;
  /** The database that it may connect to; absent without one. */
  uses?: string[];
}

/** What a release with these settings needs. */
export function grantsFor(
  settings: Pick<ServiceSettings, "calls" | "sends" | "egress" | "iam"> & {
    sidecars?: ReleaseSidecars | undefined;
    exec?: boolean | undefined;
    uses?: readonly string[] | undefined;
  },
  secretArns: readonly string[],
): Grants {
  const pulls = pulledFrom(settings.sidecars ?? {});
  return {
    calls: [...settings.calls],
    sends: [...settings.sends],
    egress: settings.egress.map((rule) => ({ ...rule })),
    secretArns: [...secretArns],
    iam: settings.iam.map(({ actions, resources }) => ({ actions: [...actions], resources: [...resources] })),
    ...(pulls.length === 0 ? {} : { pulls }),
    ...(settings.exec ? { exec: true } : {}),
    ...(settings.uses?.length ? { uses: [...settings.uses] } : {}),
  };
}

export interface GrantSources {
  /** What the colour's release needs; null without a release, and for one that an older program deployed. */
  release: Grants | null;
  /** What the settings ask for: the next release on the idle colour will need it. */
  settings: Grants;
  /** What the last run declared for the colour; undefined before the first. */
  last: Grants | undefined;
  /** The colour had instances after the last run. */
  ran: boolean;
  isActive: boolean;
  /** The run changes live state. */
  isDeploy: boolean;
}

/**
 * Grants of one colour. A release keeps what it needs as long as a colour has it, whatever the settings say: a right that
 * it lost would fail its requests, or those after a rollback to it. `pulumi up` grants what the next release will need and
 * takes away what no release needs any more. A deploy does neither: its role may change no rights.
 */
export function grantsOf({ release, settings, last, ran, isActive, isDeploy }: GrantSources): Grants {
  // A colour without a release has what it had, too: the run may be that of another service.
  if (isDeploy && last) return release ? union([last, release]) : last;
  const own = release ?? (ran && last ? last : settings);
  if (isDeploy) return own;
  return isActive ? own : union([own, settings]);
}

/**
 * The grants of a service as a whole: everything that either colour is granted, in an order that does not depend on which
 * colour has it, so that a deploy does not change a policy's text.
 */
export function unionOf(grants: Record<Colour, Grants>): Grants {
  const all = union(COLOURS.map((colour) => grants[colour]));
  return { ...all, sends: all.sends.sort(), iam: all.iam.sort((one, other) => (textOf(one) < textOf(other) ? -1 : 1)) };
}

function textOf(statement: Grants["iam"][number]): string {
  return JSON.stringify(statement);
}

/** Everything that any of these grants. */
export function union(all: readonly Grants[]): Grants {
  const pulls = distinct(all.flatMap((one) => one.pulls ?? [])).sort();
  const uses = distinct(all.flatMap((one) => one.uses ?? [])).sort();
  return {
    calls: distinct(all.flatMap(({ calls }) => calls)),
    sends: distinct(all.flatMap(({ sends }) => sends)),
    egress: distinct(all.flatMap(({ egress }) => egress)),
    secretArns: distinct(all.flatMap(({ secretArns }) => secretArns)),
    iam: distinct(all.flatMap(({ iam }) => iam)),
    ...(pulls.length === 0 ? {} : { pulls }),
    ...(all.some(({ exec }) => exec) ? { exec: true } : {}),
    ...(uses.length === 0 ? {} : { uses }),
  };
}

/** Settings that a grant follows from, where it has another name. */
const WORDS: Partial<Record<keyof Grants, string>> = { secretArns: "secrets", pulls: "sidecars" };

/** Grants that are lists. */
const LISTS = ["calls", "sends", "egress", "secretArns", "iam", "pulls", "uses"] as const;

/** Returns what of the first grants the others do not have, in words of the settings. */
export function missingGrants(needed: Grants, granted: Grants): string[] {
  return missingItems(needed, granted).map(([key]) => WORDS[key] ?? key);
}

/** The same one by one, such as `calls doodle` or `iam s3:GetObject on arn:aws:s3:::shop/*`. */
export function describeMissing(needed: Grants, granted: Grants): string[] {
  return missingItems(needed, granted).flatMap(([key, items]) => {
    const word = WORDS[key] ?? key;
    return items.length === 0 ? [word] : items.map((item) => `${word} ${inWords(item)}`);
  });
}

/** What of the first grants the others do not have; `exec` has no items. */
function missingItems(needed: Grants, granted: Grants): [key: keyof Grants, items: unknown[]][] {
  const lists = LISTS.map((key): [keyof Grants, unknown[]] => [
    key,
    (needed[key] ?? []).filter(
      (item: unknown) => !granted[key]?.some((other: unknown) => isDeepStrictEqual(other, item)),
    ),
  ]);
  return [
    ...lists.filter(([, items]) => items.length > 0),
    ...(needed.exec && !granted.exec ? [["exec", []] satisfies [keyof Grants, unknown[]]] : []),
  ];
}

function inWords(item: unknown): string {
  if (typeof item === "string") return item;
  if (isStatement(item)) return `${item.actions.join(", ")} on ${item.resources.join(", ")}`;
  const { port, cidr, securityGroup } = item as EgressRule;
  return `${cidr ?? securityGroup} port ${port}`;
}

function isStatement(item: unknown): item is Grants["iam"][number] {
  return "actions" in (item as object);
}

function distinct<T>(values: readonly T[]): T[] {
  return values.filter((value, place) => values.findIndex((other) => isDeepStrictEqual(other, value)) === place);
}
