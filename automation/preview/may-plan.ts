import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import { assertFinished, runText } from "../deploy/unfinished-run";
import type { DeployStore } from "../ports/store";
import { isUnfinished, lastRun } from "../store/recorded-run";

/**
 * A run that goes on elsewhere keeps no deploy from being planned. What a rollback leads to depends on how that run ends.
 * @param live what the stack says now
 * @throws UserError with exit code 1 while the newest run is not finished and nobody goes on with it; of a rollback also while somebody does
 */
export async function assertMayPlan(store: DeployStore, command: "deploy" | "rollback", live: Live): Promise<void> {
  const last = await lastRun(store);
  if (!last || !isUnfinished(last.run)) return;
  // It may have ended since it was read: then it is finished, or read again as left.
  if ((await store.lease()) === null) return assertFinished(store, live);
  if (command === "rollback")
    throw new UserError(
      `${runText(last)} by ${last.run.opened.who} is running, and a rollback depends on how it ends: plan again after that`,
      { exitCode: 1 },
    );
}
