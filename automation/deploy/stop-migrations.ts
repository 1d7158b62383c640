import { concurrently } from "../core/concurrently";
import { idleOutputs } from "../observe/active-state";
import { untilAnswered } from "../observe/until-answered";
import { progressReporter, type RunState, type StepContext } from "./context";

/** What the `startedBy` of every migration's task begins with. */
export const MIGRATION_PREFIX = "migrate-";

/**
 * Stops the migrations that run on the idle colours of a run that goes back. The process that followed one may have been killed, or ECS may
 * have started it without an answer; it holds an instance until its last task has ended (aws-rules C24, C27). Does not wait for their end.
 * @returns the services whose migration was stopped
 * @throws StepFailed when AWS does not answer for five minutes
 */
export async function stopMigrations(
  context: StepContext,
  state: RunState,
  services: readonly string[],
): Promise<string[]> {
  if (state.progress.migratedAtMs === null) return [];
  const { taskRunner } = context;
  const stopped = await concurrently(services, (name) => {
    const { cluster } = idleOutputs(state, name);
    const stop = async () => {
      const known = await taskRunner.find(cluster, MIGRATION_PREFIX);
      const running = known.filter(({ status }) => status !== "STOPPED");
      for (const { id } of running) await taskRunner.stop(cluster, id, "its run is taken back");
      return running.length === 0 ? [] : [name];
    };
    const unknown = `nobody can say whether a migration of ${name} still runs`;
    return untilAnswered(unknown, stop, context, progressReporter(context, "coolDown"));
  });
  return stopped.flat();
}

/** Says whose migrations were stopped, as the end of a sentence; "" without any. */
export function stoppedText(services: readonly string[]): string {
  const names = [...new Set(services)].join(", ");
  return names === "" ? "" : `; the migration of ${names} still ran and was stopped`;
}
