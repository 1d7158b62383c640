import type { DeployEvent } from "../../automation/ports/events";
import { endOfDeploy } from "../deploy-end";
import type { RehearsalReport } from "./types";

type Event<T extends DeployEvent["type"]> = Extract<DeployEvent, { type: T }>;

/** A summary of one deploy's events. */
export interface DeployLog {
  ok: boolean;
  /** Why it is not ok, or "". */
  reason: string;
  failedStep: string | null;
  /** Milliseconds from the first request. */
  startedAtMs: number;
  endedAtMs: number;
  steps: Omit<RehearsalReport["steps"][number], "deploy">[];
  upSeconds: number[];
  totalSeconds: number;
  /** Seconds of waits that were asked for, within the `up`s and outside of them. */
  waitedSeconds: number;
}

/** @param firstRequestMs Unix milliseconds; the times in the result count from it */
export function readDeployLog(events: readonly DeployEvent[], firstRequestMs: number): DeployLog {
  const ended = endOfDeploy(events);
  const ups = only(events, "up");
  const waits = [...ups.map((up) => up.waitedSeconds), ...only(events, "waited").map((wait) => wait.seconds)];
  return {
    ok: ended?.ok ?? false,
    reason: ended ? ended.reason : "the deploy broke off",
    failedStep: ended?.failedStep ?? null,
    startedAtMs: Math.round((events[0]?.atMs ?? firstRequestMs) - firstRequestMs),
    endedAtMs: Math.round((events.at(-1)?.atMs ?? firstRequestMs) - firstRequestMs),
    steps: stepsOf(events, firstRequestMs),
    upSeconds: ups.map((up) => up.seconds),
    totalSeconds: ended?.totalSeconds ?? spanSeconds(events),
    waitedSeconds: sum(waits),
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function stepsOf(events: readonly DeployEvent[], firstRequestMs: number): DeployLog["steps"] {
  const lastAtMs = events.at(-1)?.atMs ?? firstRequestMs;
  const ends = only(events, "stepEnded");
  return only(events, "stepStarted").map((start) => {
    const end = ends.find((each) => each.step === start.step && each.atMs >= start.atMs);
    return {
      name: start.step,
      startedAtMs: Math.round(start.atMs - firstRequestMs),
      endedAtMs: Math.round((end?.atMs ?? lastAtMs) - firstRequestMs),
      ok: end?.ok ?? false,
      detail: end?.detail ?? "did not end",
    };
  });
}

function spanSeconds(events: readonly DeployEvent[]): number {
  return ((events.at(-1)?.atMs ?? 0) - (events[0]?.atMs ?? 0)) / 1000;
}

function only<T extends DeployEvent["type"]>(events: readonly DeployEvent[], type: T): Event<T>[] {
  return events.filter((event): event is Event<T> => event.type === type);
}
