import { UserError } from "../../components/core/user-error";
import { commandLine } from "../core/desired-releases";
import type { Decision, DeployStore } from "../ports/store";
import { lastRun, runningStep } from "../store/recorded-run";

export interface Verdict extends Omit<Decision, "fencing"> {
  /** Id of the run; null for the one that waits. */
  deploy: string | null;
}

/**
 * Answers the run that waits for approval.
 * @returns the run's id, its command line, such as `deploy users=v2`, and the decision that counts: the first of two at the same time
 * @throws UserError with exit code 1 if no run waits, or another one than was named
 */
export async function decide(
  store: DeployStore,
  { deploy, ...decision }: Verdict,
): Promise<{ deploy: string; what: string; counts: Decision }> {
  const [lease, last] = await Promise.all([store.lease(), lastRun(store)]);
  const nothing = (why: string) => new UserError(`nothing waits for approval: ${why}`, { exitCode: 1 });
  if (!lease || !last) throw nothing("no deploy is running");
  const { opened } = last.run;
  const running = runningStep(last.run, lease);
  if (running?.step !== "approve") throw nothing(`${lease.holder.what} is at ${running?.step ?? "its beginning"}`);
  if (deploy !== null && deploy !== last.deploy)
    throw new UserError(`${deploy} does not wait for approval: ${last.deploy} does`, { exitCode: 1 });
  const counts = await store.recordDecision(last.deploy, { fencing: lease.fencing, ...decision });
  return { deploy: last.deploy, what: commandLine(opened.command, opened.asked), counts };
}
