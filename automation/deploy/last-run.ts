import type { DeployStore } from "../ports/store";
import { type RecordedRun, readRun } from "./checkpoint";

export interface NamedRun {
  /** Its id. */
  deploy: string;
  run: RecordedRun;
}

/** The newest run of the stack, if there was one. */
export async function lastRun(store: DeployStore): Promise<NamedRun | null> {
  const deploy = (await store.deploys()).at(-1);
  return deploy === undefined ? null : { deploy, run: readRun(deploy, await store.journal(deploy)) };
}
