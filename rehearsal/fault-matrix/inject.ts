import { setTimeout as delay } from "node:timers/promises";
import { stepNamed } from "../../automation/deploy/steps";
import type { DeployEvent } from "../../automation/ports/events";
import { UserError } from "../../components/core/user-error";
import { endStateProblems } from "../chaos/end-state";
import { goOn, releaseAfter, type WentOn } from "../chaos/go-on";
import { FaultsClient } from "../cloud/faults/faults-client";
import type { FaultStatus } from "../cloud/kernel/faults";
import { endOfDeploy } from "../deploy-end";
import { nextOfCore } from "../environment/core-under-traffic";
import type { RehearsalEnvironment } from "../environment/environment";
import { CORE } from "../traffic/streams";
import type { InjectedRun } from "./case-result";
import type { FaultCase, RunEnd } from "./cases";

/** A cloud that restarts is back sooner. */
const CLEAR_LIMIT_MS = 60_000;
/**
 * What a fault has broken recovers by itself once the fault is cleared: tasks start again, targets pass their checks.
 */
const SETTLE_LIMIT_MS = 60_000;
const POLL_INTERVAL_MS = 500;

/**
 * Runs one deploy and injects the case's faults when their steps begin. Then it clears them, goes on with what was
 * left, and compares the end with that of an undisturbed run.
 * @param next the command for what is left
 * @returns the run, and the events of the deploy
 */
export async function inject(
  environment: RehearsalEnvironment,
  faultCase: FaultCase,
  { next, settingsFile }: { next: "resume" | "abort"; settingsFile: string },
): Promise<{ run: InjectedRun; events: DeployEvent[] }> {
  const startedMs = Date.now();
  const client = new FaultsClient(environment.variables.AWS_ENDPOINT_URL!);
  const deployed = await nextOfCore(environment);
  const waiting = new Set([faultCase, ...(faultCase.and ? [faultCase.and] : [])]);
  const injecting = new Map<FaultCase, Promise<FaultStatus>>();
  const { events, errors } = await environment.run("deploy", [deployed.argument], {
    settingsFile,
    onEvent: (event) => {
      if (event.type !== "stepStarted") return;
      for (const due of [...waiting].filter(({ step }) => step === event.step)) {
        waiting.delete(due);
        const adding = client.add(due.request(deployed.name));
        adding.catch(() => {});
        injecting.set(due, adding);
      }
    },
  });
  await clear(client);
  const end = runEndOf(events);
  const ended = endOfDeploy(events);
  const wentOn: WentOn = end === "left" ? await goOn(environment, next) : { said: "", outcome: null, problems: [] };
  const release = releaseAfter(wentOn.outcome, events, deployed);
  const run: InjectedRun = {
    faultId: (await injecting.get(faultCase))?.id ?? null,
    ...(faultCase.and ? await secondOf(injecting.get(faultCase.and)) : {}),
    end,
    reason: ended?.reason ?? errors.trim(),
    next: wentOn.said,
    problems: [...wentOn.problems, ...(await untilSettled(environment.variables, release))],
    seconds: (Date.now() - startedMs) / 1000,
  };
  return { run, events };
}

/**
 * Returns what became of the second fault of a pair.
 * @param adding undefined if its step did not begin
 */
export async function secondOf(
  adding: Promise<Pick<FaultStatus, "id">> | undefined,
): Promise<Pick<InjectedRun, "secondId" | "refused">> {
  try {
    return { secondId: (await adding)?.id ?? null };
  } catch (error) {
    // While the first fault restarts the cloud, nobody answers: that is no refusal.
    const isRefused = error instanceof UserError && error.exitCode === 2;
    return { secondId: null, ...(isRefused ? { refused: error.message } : {}) };
  }
}

/** How a run ended, by its events; null for one that broke off. */
export function runEndOf(events: readonly DeployEvent[]): RunEnd | null {
  const ended = endOfDeploy(events);
  if (!ended) return null;
  if (ended.outcome === "left") return "left";
  const rollback = events.findIndex((event) => event.type === "rollbackStarted");
  if (rollback < 0) return ended.ok ? "done" : "takenBack";
  // A step that failed may have changed a part of production's routing.
  const hasChanged = events
    .slice(0, rollback)
    .some((event) => event.type === "stepStarted" && stepNamed(event.step)?.changesRouting);
  return hasChanged ? "rolledBack" : "takenBack";
}

async function clear(client: FaultsClient): Promise<void> {
  for (const deadlineMs = Date.now() + CLEAR_LIMIT_MS; ; ) {
    try {
      // A fault that restarts the cloud ends by itself, but until then nothing answers.
      await client.clear();
      return;
    } catch (error) {
      if (Date.now() >= deadlineMs) throw error;
    }
    await delay(POLL_INTERVAL_MS);
  }
}

/** The problems that are left when everything has settled or the time is over. */
async function untilSettled(variables: Record<string, string>, release: string | undefined): Promise<string[]> {
  for (const deadlineMs = Date.now() + SETTLE_LIMIT_MS; ; ) {
    const problems = await endStateProblems(variables, CORE, { release });
    if (problems.length === 0 || Date.now() >= deadlineMs) return problems;
    await delay(POLL_INTERVAL_MS);
  }
}
