import { concurrently } from "../core/concurrently";
import { analyse } from "../observe/analysis/analyse";
import { baselineWindow } from "../observe/analysis/periods";
import type { RunState, StepContext } from "./context";
import { monitored } from "./monitored-services";

/**
 * Returns what the run's migration did to the old release until the cutover, as the end of a line; "" for nothing. Metrics come too late to know it
 * then. It is only told: an error, too.
 */
export async function harmBeforeCutover(
  context: StepContext,
  state: RunState,
  services: readonly string[],
): Promise<string> {
  try {
    const failures = await failuresBeforeCutover(context, state, services);
    return failures.length === 0 ? "" : `; before the cutover the old release failed: ${failures.join("; ")}`;
  } catch (error) {
    return `; what the old release did before the cutover cannot be read: ${(error as Error).message}`;
  }
}

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
  const analysed = await concurrently(withClients, async ({ name, old: { targetGroups } }) => {
    const [fresh, old] = await Promise.all([
      observer.traffic(targetGroups, { fromMs: migratedAtMs, toMs: routedAtMs, periodSeconds }),
      observer.traffic(targetGroups, baselineWindow(migratedAtMs, periodSeconds)),
    ]);
    return { name, fresh, old, compare: "before" as const };
  });
  return analyse({ alarms: [], services: analysed, limits, periodSeconds });
}
