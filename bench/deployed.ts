import type { DeployEvent } from "../automation/ports/events";
import { completedDeploy } from "../rehearsal/environment/completed-deploy";
import type { RehearsalEnvironment } from "../rehearsal/environment/environment";

export interface Deployed {
  /** Seconds of the whole process. */
  seconds: number;
  /** The deploy's own seconds, without what it waited for. */
  overhead: number;
  ups: Extract<DeployEvent, { type: "up" }>[];
}

/**
 * Runs the deploy command.
 * @param releases such as `users=v2`
 * @throws Error when it failed
 */
export async function deployed(environment: RehearsalEnvironment, releases: readonly string[]): Promise<Deployed> {
  const { events, seconds, ended } = await completedDeploy(environment, releases);
  const waited = events.reduce(
    (sum, event) => sum + (event.type === "up" ? event.waitedSeconds : event.type === "waited" ? event.seconds : 0),
    0,
  );
  const ups = events.filter((event) => event.type === "up");
  return { seconds, overhead: (ended?.totalSeconds ?? Number.NaN) - waited, ups };
}
