import { mistypedNamespaceProblems } from "./mistyped-namespaces";
import { providerCredentialProblems } from "./provider-credentials";

/**
 * Returns a line for each key of a stack's config that is not one of aoshingo's settings, and that nobody should have there.
 * @param config values by key with the namespace, such as `aws:region`
 */
export function configProblems(config: Readonly<Record<string, unknown>>): string[] {
  return [...mistypedNamespaceProblems(config), ...providerCredentialProblems(config)];
}
