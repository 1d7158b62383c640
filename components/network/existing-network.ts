import type { Tags } from "../core/tags";
import type { LiveState } from "../live/live-state";
import type { LastOutputs } from "../live/program-outputs";
import { edgeDomain } from "../settings/host-names";
import type { Settings } from "../settings/settings";
import { addressNeeds, usesNetwork } from "./address-needs";
import { readNetworkFacts } from "./network-facts";
import { networkProblems } from "./network-problems";

export interface ExistingNetworkArgs {
  settings: Pick<Settings, "domain" | "network" | "services">;
  region: string;
  state: LiveState;
  last: LastOutputs;
  /** Whether the stack has the internal edge after this run. */
  hasInternal: boolean;
  tags: Tags;
}

/**
 * Looks whether an existing network has what the stack needs of it, before anything is declared. A run of a deploy that
 * starts nothing is not asked: taking a release back must not fail because of a network in which it runs.
 *
 * @returns one line for each problem; none for a new network
 */
export async function existingNetworkProblems(args: ExistingNetworkArgs): Promise<string[]> {
  const { settings, region, state, last, hasInternal, tags } = args;
  const { network, services, domain } = settings;
  if (!("vpc" in network)) return [];
  const edges = { public: last.edges?.public !== undefined, internal: last.edges?.internal !== undefined };
  const use = { ...state, services, edges, hasInternal, privateSubnets: network.privateSubnets.length };
  if (!usesNetwork(use)) return [];
  const internalDomain = edgeDomain("internal", domain);
  const facts = await readNetworkFacts(network, hasInternal && !edges.internal ? internalDomain : null);
  return networkProblems({ network, region, facts, needs: addressNeeds(use), internalDomain, tags });
}
