import type { StackOutputs } from "../../components/live/outputs";
import type { StackSettings } from "../core/project";
import type { Account } from "../ports/account";
import type { Observer } from "../ports/observer";
import type { DeployStore } from "../ports/store";
import type { ExportedState } from "../stack/exported-state";

/** One result of a check. */
export interface Finding {
  /** `skipped`: the check is not possible here; the detail says why. */
  says: "ok" | "todo" | "skipped";
  /** What the check found, in one line. */
  detail: string;
  /** For `todo`: what to do, in the imperative. */
  remedy?: string;
}

export interface Check {
  name: string;
  /** @throws Error if the check failed: it is then reported as something to do */
  examine(examined: Examined): Promise<Finding[]>;
}

/** What the checks examine. A value that several checks need is fetched once, at its first use. */
export interface Examined {
  stack: string;
  settings: StackSettings;
  /** Null while the stack had no successful `up`. @throws Unavailable */
  outputs(): Promise<StackOutputs | null>;
  /** The stack's state, as the CLI exports it. @throws UserError with the CLI's message */
  state(): Promise<ExportedState>;
  /** @throws Unavailable */
  store(): Promise<DeployStore>;
  account: Account;
  observer: Pick<Observer, "aliases">;
  environment: NodeJS.ProcessEnv;
  nowMs: number;
}

/** A check lacks something that it needs. Another check reports why. */
export class Unavailable extends Error {}

export function ok(detail: string): Finding {
  return { says: "ok", detail };
}

export function todo(detail: string, remedy: string): Finding {
  return { says: "todo", detail, remedy };
}

export function skipped(detail: string): Finding {
  return { says: "skipped", detail };
}
