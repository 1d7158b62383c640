/** A resource as the program declares it, before the provider sees it. */
export interface Declared {
  /** Type token, such as `aws:lb/listener:Listener`. */
  type: string;
  /** Logical name, such as `users-green-at-blue`. */
  name: string;
  inputs: Readonly<Record<string, unknown>>;
}

/**
 * A rule for single resources. It reads inputs only, so that it gives the same answer in a preview, in an `up` and in
 * a test.
 */
export interface Rule {
  /** Short name with hyphens, which the engine prints beside a violation. */
  name: string;
  /** What the rule requires and why, in one sentence. */
  description: string;
  /** The type tokens of the resources that it checks. */
  types: readonly string[];
  /** One line for each violation: what is wrong, and what is wanted. */
  check(resource: Declared): string[];
}

/** A nested value of inputs, such as `at(inputs, "metadataOptions", "httpTokens")`; undefined if there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** A list among the inputs; empty if there is none. */
export function list(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
