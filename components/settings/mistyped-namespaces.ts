import { nearest } from "../core/nearest";
import { CONFIG_NAMESPACE } from "./settings";

/** Two letters of the namespace's eight. */
const MOST_WRONG = 0.25;

/**
 * Returns a line for each key whose namespace is nearly aoshingo's. Nothing would read it, and nobody would say so.
 * @param config values by key with the namespace, such as `aoshingo:domain`
 */
export function mistypedNamespaceProblems(config: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(config).flatMap((key) => {
    const [namespace, ...rest] = key.split(":");
    if (namespace === CONFIG_NAMESPACE || rest.length === 0) return [];
    if (nearest(namespace!, [CONFIG_NAMESPACE], MOST_WRONG).length === 0) return [];
    return [`${key}: nothing reads it: wanted ${CONFIG_NAMESPACE}:${rest.join(":")}`];
  });
}
