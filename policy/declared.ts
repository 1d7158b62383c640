/** A resource as the program declares it, before the provider sees it. */
export interface Declared {
  /** Type token, such as `aws:lb/listener:Listener`. */
  type: string;
  /** Logical name, such as `users-green-at-blue`. */
  name: string;
  inputs: Readonly<Record<string, unknown>>;
}

/** One rule over single resources. It reads inputs only, so that it says the same in a preview, in an `up` and in a test. */
export interface Rule {
  /** Short, with hyphens: what the engine prints beside a violation. */
  name: string;
  /** What holds, and why, in one sentence. */
  description: string;
  /** The type tokens that it looks at. */
  types: readonly string[];
  /** One line for each violation: what is wrong, and what is wanted. */
  check(resource: Declared): string[];
}

/** A value deep in inputs: `at(inputs, "metadataOptions", "httpTokens")`; undefined where there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** A list of inputs, empty where there is none. */
export function list(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
