import type { StackOutputs } from "../../components/live/outputs";
import type { StackSettings } from "../core/project";
import type { Account } from "../ports/account";
import type { Observer } from "../ports/observer";
import type { DeployStore } from "../ports/store";
import type { ExportedState } from "../stack/exported-state";

/** What a check found. */
export interface Finding {
  /** `skipped`: it could not be made here; the detail says why. */
  says: "ok" | "todo" | "skipped";
  /** One line: what was seen. */
  detail: string;
  /** Of `todo`: what to do, in the imperative. */
  remedy?: string;
}

export interface Check {
  name: string;
  /** @throws Error if it could not look; that is told as something to do */
  look(at: Examined): Promise<Finding[]>;
}

/** What checks look at. Whatever several of them need is fetched once, when it is first asked for. */
export interface Examined {
  stack: string;
  settings: StackSettings;
  /** Null while the stack had no successful `up`. @throws Unseen */
  outputs(): Promise<StackOutputs | null>;
  /** What the CLI exports. @throws UserError with the CLI's own words */
  state(): Promise<ExportedState>;
  /** @throws Unseen */
  store(): Promise<DeployStore>;
  account: Account;
  observer: Pick<Observer, "aliases">;
  environment: NodeJS.ProcessEnv;
  nowMs: number;
}

/** Another check says why this cannot be seen. */
export class Unseen extends Error {}

export function ok(detail: string): Finding {
  return { says: "ok", detail };
}

export function todo(detail: string, remedy: string): Finding {
  return { says: "todo", detail, remedy };
}

export function skipped(detail: string): Finding {
  return { says: "skipped", detail };
}

/** True if AWS's clients are led to something that only plays AWS. */
export function isStandIn({ environment }: Pick<Examined, "environment">): boolean {
  return Boolean(environment.AWS_ENDPOINT_URL);
}
