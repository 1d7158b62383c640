import { setTimeout as delay } from "node:timers/promises";
import { endStateFaults } from "../chaos/end-state";
import { goOn } from "../chaos/go-on";
import { FaultsClient } from "../cloud/faults/faults-client";
import type { FaultStatus } from "../cloud/kernel/faults";
import type { RehearsalEnvironment } from "../environment/environment";
import { CORE } from "../traffic/streams";
import type { Pair, RunEnd } from "./cases";
import { runEndOf } from "./run-end";

/** A cloud that restarts is back sooner. */
const LIFT_LIMIT_MS = 60_000;
/** What a fault has broken mends by itself when it is lifted: tasks start again, targets pass their checks. */
const SETTLE_LIMIT_MS = 60_000;
const LOOK_MS = 500;

export interface Struck {
  /** Null when the step did not begin. */
  faultId: string | null;
  /** Null for a run that broke off. */
  end: RunEnd | null;
  /** Why it did not end as done, in the deploy's own words. */
  reason: string;
  /** What `resume` or `abort` made of what was left, or "". */
  next: string;
  /** What is not as after a run that nobody disturbed, a line each. */
  faults: string[];
  seconds: number;
}

/**
 * One deploy that a fault strikes when one of its steps begins; then the fault is lifted, what was left is gone on with, and where all stands is compared
 * with where an undisturbed run ends.
 * @param next the command for what is left
 */
export async function strike(
  stage: RehearsalEnvironment,
  pair: Pair,
  { next, settingsFile }: { next: "resume" | "abort"; settingsFile: string },
): Promise<Struck> {
  const startedMs = Date.now();
  const client = new FaultsClient(stage.environment.AWS_ENDPOINT_URL!);
  const image = await stage.next();
  let striking: Promise<FaultStatus> | undefined;
  const { events, errors } = await stage.run("deploy", [image], {
    settingsFile,
    onEvent: (event) => {
      if (event.type !== "stepStarted" || event.step !== pair.step || striking) return;
      striking = client.add(pair.request(image.slice(image.indexOf("=") + 1)));
      striking.catch(() => {});
    },
  });
  await lift(client);
  const end = runEndOf(events);
  const ended = events.findLast((event) => event.type === "deployEnded");
  const wentOn = end === "left" ? await goOn(stage, next) : { said: "", faults: [] };
  return {
    faultId: (await striking)?.id ?? null,
    end,
    reason: ended?.reason ?? errors.trim(),
    next: wentOn.said,
    faults: [...wentOn.faults, ...(await settled(stage.environment))],
    seconds: (Date.now() - startedMs) / 1000,
  };
}

async function lift(client: FaultsClient): Promise<void> {
  for (const deadlineMs = Date.now() + LIFT_LIMIT_MS; ; ) {
    try {
      // One that restarts the cloud ends by itself.
      await client.clear();
      return;
    } catch (error) {
      if (Date.now() >= deadlineMs) throw error;
    }
    await delay(LOOK_MS);
  }
}

/** What still is not as it should be when the time is over. */
async function settled(environment: Record<string, string>): Promise<string[]> {
  for (const deadlineMs = Date.now() + SETTLE_LIMIT_MS; ; ) {
    const faults = await endStateFaults(environment, CORE);
    if (faults.length === 0 || Date.now() >= deadlineMs) return faults;
    await delay(LOOK_MS);
  }
}
