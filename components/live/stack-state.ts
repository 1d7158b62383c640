import { mapValues } from "../core/map-values";
import { UserError } from "../core/user-error";
import { parseVersionedText, versionedText } from "../core/versioned-text";
import type { StackOutputs, StackState } from "./outputs";

/** Version of the output `state`. */
const VERSION = 1;

/** What a program before the output `state` wrote, with the names of that time. */
type SeparateOutputs = Partial<Omit<StackState, "immutableSettings" | "grants">> & {
  foundation?: StackState["immutableSettings"];
  grants?: Record<string, Record<string, FormerGrants>>;
};
type FormerGrants = Omit<StackState["grants"][string]["blue"], "egress"> & {
  reaches?: StackState["grants"][string]["blue"]["egress"];
};

/** The text of the output `state`. */
export function stateText(state: unknown): string {
  return versionedText(VERSION, state);
}

/** Everything that the stack's outputs say, in either form; null before the stack's first successful `up`. */
export function readOutputs(raw: Readonly<Record<string, unknown>>): StackOutputs | null {
  return raw.live === undefined ? null : ({ live: raw.live, ...readState(raw) } as StackOutputs);
}

/**
 * The state from the stack's outputs: from `state`, or from the separate outputs that older programs wrote. Empty
 * before the stack's first successful `up`, and without the values that an older program did not have.
 *
 * @throws UserError if a newer program wrote it
 */
export function readState(raw: Readonly<Record<string, unknown>>): Partial<StackState> {
  if (typeof raw.state === "string") return parseState(raw.state);
  const { region, edges, services, deployStore, foundation, deletionProtection, grants } = raw as SeparateOutputs;
  const state = {
    region,
    immutableSettings: foundation,
    deletionProtection,
    deployStore,
    edges,
    services,
    grants: grants && mapValues(grants, (colours) => mapValues(colours, grantsWithEgress)),
  };
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}

function parseState(text: string): Partial<StackState> {
  const { version, value } = parseVersionedText(text);
  if (version === VERSION) return value as Partial<StackState>;
  throw new UserError(
    `the stack's output \`state\` has version ${version ?? "unknown"}, and this program reads ${VERSION}: ` +
      "use the version of the program that brought the stack up last, or a newer one.",
  );
}

function grantsWithEgress({ reaches = [], ...grants }: FormerGrants) {
  return { ...grants, egress: reaches };
}
