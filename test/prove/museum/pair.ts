import type { Pool } from "pg";

/** Values from outside: tests of a museum need no types for them. */
type Loose = ReturnType<typeof JSON.parse>;

/** What a handler gets. */
export interface Call {
  db: Pool;
  /** Parts of the path, the query and the JSON body. */
  input: Record<string, Loose>;
  cookies: Record<string, string>;
  /** Sets a cookie. */
  setCookie(name: string, value: string): void;
  /** Of this process alone. */
  memory: Map<string, Loose>;
}

/** SQL with `$name` for a value of the input; its first row is the answer, and none is a 404. Or a function. */
export type Handler = string | { all: string } | ((call: Call) => Promise<unknown>);
/** By method and path, such as `GET /users/:id`. */
export type Routes = Record<string, Handler>;

export interface MuseumPair {
  title: string;
  /** An issue, manual or post-mortem that tells of such an incident; none for a harmless pair. */
  source?: string;
  /** The old release's tables and rows. */
  tables: string;
  /** The new release's migration: one text is one transaction, and of a list each is its own. */
  migrate?: string | readonly string[];
  old: Routes;
  /** What differs in the new release. */
  new?: Routes;
  /** The steps of one scenario, or scenarios by name, as in `requests.yaml`. */
  requests: readonly unknown[] | Record<string, readonly unknown[]>;
  /** Scenarios of the new release alone. */
  newRequests?: Record<string, readonly unknown[]>;
  /** Commands of the releases, `{ run: "$RUN name" }` in a step. */
  commands?: { old: Routes; new: Routes };
  small?: readonly string[];
  /** What the prover has to say: a line of its verdict. None for a harmless pair. */
  expects?: RegExp;
}
