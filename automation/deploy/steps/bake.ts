import { analyse } from "../../observe/analysis/analyse";
import { baselineWindow } from "../../observe/analysis/periods";
import { type RunState, type StepContext, withDone } from "../context";
import type { Step } from "../step";
import { monitored, monitorShare } from "./monitor-release";

/** Analyses the new release while it has all of production. The old colour is still warm, so a rollback takes seconds. */
export const bake: Step = {
  name: "bake",
  title: "Analyse the new release in production",
  plan: ({ isRollback, bakes, replaced, isNotDone, runsAlways }) => ({
    services: isRollback || !bakes ? [] : replaced.filter((name) => runsAlways(name) && isNotDone("bake")(name)),
  }),
  floorSeconds: (_, { deploy }) => deploy.bakeSeconds,

  async perform(context, state, { services }) {
    const { bakeSeconds } = context.settings.deploy;
    const { progress } = state;
    const sinceMs = progress.routedAtMs ?? context.clock.now();
    const seen = await monitorShare(context, state, { step: "bake", services, sinceMs, seconds: bakeSeconds });
    const before = await failuresBeforeCutover(context, state, services);
    const harm = before.length === 0 ? "" : `; before the cutover the old release failed: ${before.join("; ")}`;
    return {
      state: withDone(state, "bake", services),
      detail: [`${bakeSeconds} s since the cutover`, seen].filter(Boolean).join(": ") + harm,
    };
  },
};

/** What the run's migration did to the old release until the cutover, one line each. Metrics come too late to know it then. */
async function failuresBeforeCutover(
  context: StepContext,
  state: RunState,
  services: readonly string[],
): Promise<string[]> {
  const { settings, observer } = context;
  const { migratedAtMs, routedAtMs } = state.progress;
  if (migratedAtMs === null || routedAtMs === null) return [];
  const { metricPeriodSeconds: periodSeconds, ...limits } = settings.deploy;
  const withClients = monitored(context, state, services, "active").filter(({ old }) => old.targetGroups.length > 0);
  const analysed = await Promise.all(
    withClients.map(async ({ name, old: { targetGroups } }) => {
      const [fresh, old] = await Promise.all([
        observer.traffic(targetGroups, { fromMs: migratedAtMs, toMs: routedAtMs, periodSeconds }),
        observer.traffic(targetGroups, baselineWindow(migratedAtMs, periodSeconds)),
      ]);
      return { name, fresh, old, compare: "before" as const };
    }),
  );
  return analyse({ alarms: [], services: analysed, limits, periodSeconds });
}
