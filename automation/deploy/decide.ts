import { UserError } from "../../components/core/user-error";
import { commandLine } from "../core/desired-releases";
import type { Decision, DeployStore } from "../ports/store";
import { lastRun } from "../store/recorded-run";

export interface Verdict extends Omit<Decision, "fencing"> {
  /** Id of the run that is meant; null: the one that waits. */
  deploy: string | null;
}

/**
 * Answers the run that waits for approval.
 * @returns what the run is, such as `deploy users=v2`, its id, and the decision that counts: of two at once the first
 * @throws UserError with exit code 1 if none waits, or another one than was meant
 */
export async function decide(
  store: DeployStore,
  { deploy, ...decision }: Verdict,
): Promise<{ deploy: string; what: string; counts: Decision }> {
  const [lease, last] = await Promise.all([store.lease(), lastRun(store)]);
  const nothing = (why: string) => new UserError(`nothing waits for approval: ${why}`, { exitCode: 1 });
  if (!lease || !last) throw nothing("no deploy is running");
  const { running, opened } = last.run;
  if (running?.step !== "approve") throw nothing(`${lease.holder.what} is at ${running?.step ?? "its beginning"}`);
  if (deploy !== null && deploy !== last.deploy)
    throw new UserError(`${deploy} does not wait for approval: ${last.deploy} does`, { exitCode: 1 });
  const counts = await store.recordDecision(last.deploy, { fencing: lease.fencing, ...decision });
  return { deploy: last.deploy, what: commandLine(opened.command, opened.asked), counts };
}
