import type { RunCommand } from "../ports/events";
import type { Outcome } from "../ports/journal";

/** A message about a run, for people and systems. Each is sent once. */
export interface Notification {
  /**
   * `started`; `waiting`: the run waits for approval; `cutOver`: production is on the desired releases; `goingBack`: a
   * step failed and the run goes back; `done`: the command succeeded; `failed`.
   */
  kind: "started" | "waiting" | "cutOver" | "goingBack" | "done" | "failed";
  /** Unix milliseconds. */
  atMs: number;
  stack: string;
  /** Id of the run. */
  deploy: string;
  command: RunCommand;
  who: string;
  /** Requested image or release by service. */
  releases: Record<string, string>;
  /** Seconds since the command acquired the lease. */
  seconds: number;
  /** Details or the reason of a failure, in one line; "" if there are none. */
  detail: string;
  /** Set for `done` and `failed`. */
  outcome: Outcome | null;
  /** For `done` and `failed`: which releases and colours have production, such as `users v2 (green)`, as far as the run knows; else "". */
  production: string;
  /** URL of the run's page; null if there is none. */
  link: string | null;
}

/** A destination of notifications. */
export interface Notifier {
  /** Name in warnings: its kind and where its address is stored, never the address itself. */
  readonly name: string;
  /** Sends one notification. @throws Error whose message contains no secret */
  notify(notification: Notification, signal: AbortSignal): Promise<void>;
}
