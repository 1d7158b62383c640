import { CONFIG_NAMESPACE } from "../settings/problem";
import { CONTAINER_INSIGHTS } from "../settings/schema";
import type { Settings } from "../settings/settings";
import { digestOf } from "./infrastructure";
import type { StackState } from "./outputs";

type Last = Partial<Pick<StackState, "applied" | "services">>;

/** The setting with which the last run left the stack; undefined without. */
export function lastInsights({ applied }: Last): Settings["containerInsights"] {
  return CONTAINER_INSIGHTS.find((value) => digestOf(value) === applied?.infrastructure.containerInsights);
}

/**
 * A line if the setting was taken away while clusters have container insights: they would keep them (aws-rules U3). Without a
 * value new clusters get what the account's own setting says.
 */
export function insightsProblems(settings: Pick<Settings, "containerInsights" | "services">, last: Last): string[] {
  const had = lastInsights(last);
  const hasClusters = Object.keys(settings.services).some((name) => last.services?.[name] !== undefined);
  if (settings.containerInsights !== undefined || had === undefined || had === "disabled" || !hasClusters) return [];
  return [
    `${CONFIG_NAMESPACE}:containerInsights: removed, but the stack has ${had}, which its clusters keep if no value is given, and CloudWatch goes on charging: give disabled to switch it off, or put it back.`,
  ];
}
