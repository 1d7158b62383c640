import type { PlannedStep } from "../ports/events";
import type { JournalEntry } from "../ports/journal";
import type { DeployStore } from "../ports/store";
import { isRollback, type RunState, type StepContext } from "./context";
import { stepsLeft } from "./plan";
import { titleOf } from "./step";

/** The newest runs of the stack show how long steps take. */
const RUNS_READ = 3;

/** All steps that are left, each with its title and the time that it is expected to take: as in the stack's last runs, else the least that settings and AWS allow. */
export async function plannedSteps(context: StepContext, store: DeployStore, state: RunState): Promise<PlannedStep[]> {
  // No run fails for want of an estimate.
  const deploys = (await store.deploys().catch(() => [])).slice(-RUNS_READ);
  const journals = await Promise.all(deploys.map((deploy) => store.journal(deploy).catch(() => [])));
  const durations = journals.map(durationsOf);
  return stepsLeft(context, state).map(({ step, ...work }) => ({
    step: step.name,
    title: titleOf(step, isRollback(state)),
    ...work,
    services: [...work.services],
    expectedSeconds:
      durations.map((run) => run[step.name]).findLast((seconds) => seconds !== undefined) ??
      step.floorSeconds(work, context.settings),
  }));
}

/** Seconds of each step that ended well, by its name. */
function durationsOf(entries: readonly JournalEntry[]): Record<string, number> {
  const durations: Record<string, number> = {};
  let startedMs = 0;
  for (const entry of entries) {
    if (entry.kind === "stepStarted") startedMs = entry.atMs;
    if (entry.kind === "stepEnded" && entry.ok) durations[entry.step] = (entry.atMs - startedMs) / 1000;
  }
  return durations;
}
