import { parseReference } from "../../components/core/secret-reference";
import type { AwsLimits } from "../core/aws-limits";
import type { ObservedSecret } from "../ports/observer";

/** What looks in each store, by how a reference begins. A client takes a while to load, so only what references name is loaded. */
const STORES = {
  ssm: () => (require("./parameters") as typeof import("./parameters")).observedParameters,
  secretsmanager: () => (require("./secrets-manager") as typeof import("./secrets-manager")).observedInSecretsManager,
};

/**
 * Returns the current version of each secret, or why a task could not read it at its start (aws-rules C17, P4). Only
 * metadata is read, never a value.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function observedSecrets(
  references: readonly string[],
  config: { region: string } & AwsLimits,
): Promise<Map<string, ObservedSecret>> {
  const unique = [...new Set(references)].map((reference) => ({ reference, ...parseReference(reference) }));
  const observed = await Promise.all(
    Object.entries(STORES).map(async ([store, load]) => {
      const named = unique.filter((secret) => secret.store === store);
      if (named.length === 0) return [];
      const names = named.map(({ name }) => name);
      const found = await load()(config, names);
      return named.map(({ reference }, index): [string, ObservedSecret] => [reference, found[index]!]);
    }),
  );
  return new Map(observed.flat());
}
