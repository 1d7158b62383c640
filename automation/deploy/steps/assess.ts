import { StepFailed } from "../../core/errors";
import { monitorRelease } from "../../observe/analysis/monitor-release";
import { firstReadableMs } from "../../observe/analysis/periods";
import type { Progress } from "../../ports/checkpoint";
import type { RunState, StepContext } from "../context";
import { activeServices, withoutIgnoredAlarms } from "../monitored-services";
import type { Step } from "../step";

/**
 * Looks at production when everything but the migration has been taken back: the old release goes on with a database that the new one's migration has
 * changed. What is seen does not fail the step, because there is nothing more to take back; the run's last message says it.
 */
export const assess: Step = {
  name: "assess",
  title: "Look at production after the migration",
  plan: ({ all, isRollback, deploy, progress, hasProduction, runsAlways }) => ({
    services:
      isRollback && deploy.bakeSeconds > 0 && progress.migratedAtMs !== null && progress.sinceMigration === null
        ? all.filter((name) => hasProduction(name) && runsAlways(name))
        : [],
  }),
  // The first whole period of metrics can be read after three minutes at the latest; most of it is over by then.
  floorSeconds: () => 60,

  async perform(context, state, { services }) {
    const { clock } = context;
    const startedMs = clock.now();
    const sinceMigration = await productionNow(context, state, services);
    context.emit({ type: "waited", atMs: clock.now(), step: "assess", seconds: (clock.now() - startedMs) / 1000 });
    const { problems, seen, tooFew } = sinceMigration;
    const looked = tooFew ? `production had too few requests to judge: ${seen}` : `production works: ${seen}`;
    const found = problems.length > 0 ? `production fails: ${problems.join("; ")}` : looked;
    return {
      state: { ...state, progress: { ...state.progress, sinceMigration } },
      detail: problems.length === 0 && seen === "" ? "stopped before anything was seen" : found,
    };
  },
};

async function productionNow(
  context: StepContext,
  state: RunState,
  services: readonly string[],
): Promise<NonNullable<Progress["sinceMigration"]>> {
  const { migratedAtMs, routedAtMs } = state.progress;
  const sinceMs = Math.max(migratedAtMs!, routedAtMs ?? 0);
  try {
    const { seen, tooFew } = await monitorRelease(withoutIgnoredAlarms(context, state), {
      step: "assess",
      services: activeServices(context, state, services),
      sinceMs,
      untilMs: firstReadableMs(sinceMs, context.settings.deploy.metricPeriodSeconds),
      compare: "before",
      baselineMs: migratedAtMs!,
    });
    // A worker has no requests.
    return { problems: [], seen: seen || "its tasks run", ...(tooFew ? { tooFew } : {}) };
  } catch (error) {
    if (error instanceof StepFailed) return { problems: [error.message], seen: "" };
    if (context.signal.aborted) return { problems: [], seen: "" };
    throw error;
  }
}
