import type { Settings } from "../../components/settings/settings";
import type { PlannedStep } from "../ports/events";
import type { JournalEntry } from "../ports/journal";
import type { StepName } from "../ports/step-names";
import type { DeployStore } from "../ports/store";
import { isRollback, type RunState, type StepContext } from "./context";
import type { Step } from "./plan";
import { stepsFrom } from "./runner";
import { titleOf } from "./steps/titles";

/** So many of the newest runs tell how long steps take here. */
const RUNS_READ = 3;

/** All that is left to do, with the time that it is expected to take: as in the stack's last runs, else what the settings and AWS make the least of it. */
export async function expectedSteps(context: StepContext, store: DeployStore, state: RunState): Promise<PlannedStep[]> {
  const steps = stepsFrom(context, state);
  const deploys = (await store.deploys()).slice(-RUNS_READ);
  const journals = await Promise.all(deploys.map((deploy) => store.journal(deploy).catch(() => [])));
  const durations = journals.map(durationsOf);
  return steps.map((step) => ({
    step: step.name,
    title: titleOf(step.name, isRollback(state)),
    services: step.services,
    ...(step.share === undefined ? {} : { share: step.share }),
    expectedSeconds: newest(durations, step.name) ?? floorSeconds(step, context.settings),
  }));
}

/** Seconds of each step that ended well, by name. */
function durationsOf(entries: readonly JournalEntry[]): Partial<Record<StepName, number>> {
  const durations: Partial<Record<StepName, number>> = {};
  let startedMs = 0;
  for (const entry of entries) {
    if (entry.kind === "stepStarted") startedMs = entry.atMs;
    if (entry.kind === "stepEnded" && entry.ok) durations[entry.step] = (entry.atMs - startedMs) / 1000;
  }
  return durations;
}

function newest(durations: readonly Partial<Record<StepName, number>>[], step: StepName): number | undefined {
  return durations.map((run) => run[step]).findLast((seconds) => seconds !== undefined);
}

/** Of a stack that has no history yet. An instance boots, joins, pulls and passes its checks in two to three minutes; records are in sync within one. */
function floorSeconds({ name, services }: Step, { deploy, services: all }: Settings): number {
  const { bakeSeconds, drainSeconds, rampPauseSeconds, steadySeconds } = deploy;
  const hasWorker = services.some((service) => all[service]!.kind === "worker");
  const floors: Record<StepName, number> = {
    recover: 10,
    preflight: 1,
    warm: 150,
    migrate: 60,
    verify: hasWorker ? steadySeconds : 2,
    test: 10,
    // Nobody knows how long people take.
    approve: 0,
    ramp: rampPauseSeconds,
    cutover: 60,
    confirm: 1,
    bake: bakeSeconds,
    // It counts from the cutover, as the bake does.
    drain: Math.max(0, drainSeconds - bakeSeconds),
    retire: 60,
    coolDown: 60,
  };
  return floors[name];
}
