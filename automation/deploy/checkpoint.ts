import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import type { ImageRequest, Wish } from "../core/desired-releases";
import type { StepName } from "../ports/events";
import type { JournalEntry, Outcome, Standing } from "../ports/store";
import type { Situation } from "./context";
import { changesWays, NO_PROGRESS, type Progress } from "./plan";

type Opened = Extract<JournalEntry, { kind: "opened" }>;

/** A run as its journal tells it. */
export interface RecordedRun {
  opened: Opened;
  /** As of the last line that says it. */
  standing: Standing;
  /** The last `up` that was begun. */
  lastUp: { step: StepName; intended: Live } | null;
  /** The step that goes on, or whose end nobody wrote down. */
  running: { step: StepName; services: string[]; sinceMs: number } | null;
  /** Null for a run that was not closed: it goes on somewhere, or its process died. */
  outcome: Outcome | null;
}

/** @throws UserError if the journal does not begin as one does */
export function readRun(deploy: string, entries: readonly JournalEntry[]): RecordedRun {
  const [opened] = entries;
  if (opened?.kind !== "opened")
    throw new UserError(
      `the journal of ${deploy} does not begin with what was asked for: nothing can be planned from it; look at \`pulumi stack output live\`, then deploy again`,
      { exitCode: 1 },
    );
  const run: RecordedRun = { opened, standing: opened.standing, lastUp: null, running: null, outcome: null };
  for (const entry of entries) {
    if (entry.kind === "turned" || (entry.kind === "stepEnded" && entry.ok)) run.standing = entry.standing;
    if (entry.kind === "stepStarted" && entry.intended) run.lastUp = { step: entry.step, intended: entry.intended };
    if (entry.kind === "stepStarted") run.running = { step: entry.step, services: entry.services, sinceMs: entry.atMs };
    else run.running = null;
    if (entry.kind === "takenUp") run.outcome = null;
    if (entry.kind === "closed") run.outcome = entry.outcome;
  }
  return run;
}

/** Something of it is left to do, or to take back. */
export function isUnfinished({ outcome }: RecordedRun): boolean {
  return outcome === null || outcome === "left";
}

/**
 * Where a recorded run stands now, by what the stack says of itself.
 * @param nowMs when production's ways were changed by an `up` whose end nobody wrote down, as late as can be
 */
export function situationOf(run: RecordedRun, outputs: StackOutputs, nowMs: number): Situation {
  const { opened, standing, lastUp } = run;
  // Serials count the changes: an `up` to the next one has not come to its end.
  const unsettled = lastUp && lastUp.intended.serial === outputs.live.serial + 1 ? lastUp.step : null;
  const progress = progressOf(standing.progress);
  const situation: Situation = {
    deploy: opened.deploy,
    command: opened.command,
    way: standing.way,
    requests: requestsOf(opened),
    wish: standing.wish,
    before: opened.live,
    outputs,
    live: outputs.live,
    progress,
    running: standing.running,
    ignoredAlarms: standing.ignoredAlarms,
    ignoredUnhealthy: standing.ignoredUnhealthy,
    approval: standing.approval,
    unsettled,
  };
  if (unsettled) return halfDone(situation, unsettled, lastUp!.intended, nowMs);
  const rerouted = Object.keys(standing.wish).some((name) => {
    const [is, was] = [outputs.live.services[name], opened.live.services[name]];
    return is?.active !== was?.active || is?.idleShare !== was?.idleShare;
  });
  return rerouted && progress.routedAtMs === null
    ? { ...situation, progress: { ...progress, routedAtMs: nowMs } }
    : situation;
}

/**
 * After an `up` that failed or that nobody saw end: a part of what it was asked may have been done. Plan on from what was asked where that is
 * instances, so that the next `up` sees to all of them; production's ways are what they were until an `up` has ended.
 */
export function halfDone(situation: Situation, step: StepName, intended: Live, nowMs: number): Situation {
  const changed: Situation = { ...situation, unsettled: step };
  if (!changesWays(step)) return { ...changed, live: { ...intended, serial: situation.live.serial } };
  return { ...changed, progress: { ...situation.progress, routedAtMs: nowMs } };
}

/** The same run on its way back to what was active before it. */
export function turnedBack(situation: Situation): Situation {
  const { before, live, wish, progress } = situation;
  const back: Wish = Object.fromEntries(
    Object.keys(wish).map((name) => {
      const { active, colours } = before.services[name] ?? live.services[name]!;
      return [name, colours[active].release];
    }),
  );
  return {
    ...situation,
    way: "back",
    wish: back,
    // What was seen of a release before the turn says nothing of it afterwards.
    progress: { ...NO_PROGRESS, preflight: true, migrated: progress.migrated, routedAtMs: progress.routedAtMs },
  };
}

export function standingOf(situation: Situation): Standing {
  const { way, wish, running, ignoredAlarms, ignoredUnhealthy, approval, progress } = situation;
  const { preflight, routedAtMs, ...sets } = progress;
  const lists = Object.fromEntries(Object.entries(sets).map(([key, set]) => [key, [...set]])) as Record<
    keyof typeof sets,
    string[]
  >;
  return {
    way,
    wish,
    running: { ...running },
    ignoredAlarms: [...ignoredAlarms],
    ignoredUnhealthy: [...ignoredUnhealthy],
    approval,
    progress: { preflight, routedAtMs, ...lists },
  };
}

function progressOf({ preflight, routedAtMs, ...lists }: Standing["progress"]): Progress {
  const sets = Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, new Set(list)])) as Record<
    keyof typeof lists,
    Set<string>
  >;
  return { preflight, routedAtMs, ...sets };
}

function requestsOf({ asked }: Opened): ImageRequest[] {
  return Object.entries(asked).map(([service, image]) => ({ service, image }));
}
