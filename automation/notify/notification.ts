import type { RunCommand } from "../ports/events";
import type { Outcome } from "../ports/journal";

/** What people and systems are told of a run, once each. */
export interface Notification {
  /**
   * `started`; `waiting`: for somebody to approve it; `cutOver`: production is on what was asked for; `goingBack`: a step failed; `done`: what was asked
   * for is done; `failed`.
   */
  kind: "started" | "waiting" | "cutOver" | "goingBack" | "done" | "failed";
  /** Unix milliseconds. */
  atMs: number;
  stack: string;
  /** Id of the run. */
  deploy: string;
  command: RunCommand;
  who: string;
  /** Image or release by service, as it was asked for. */
  releases: Record<string, string>;
  /** Since the command held the lease. */
  seconds: number;
  /** What was seen, or why it failed, in one line; "" without. */
  detail: string;
  /** Of `done` and `failed`. */
  outcome: Outcome | null;
  /** Where to look; null without. */
  link: string | null;
}

/** One way to tell. */
export interface Notifier {
  /** For the warning when it fails: what it is and where its address is kept, never the address. */
  readonly name: string;
  /** @throws Error whose message has no secret in it */
  notify(notification: Notification, signal: AbortSignal): Promise<void>;
}
