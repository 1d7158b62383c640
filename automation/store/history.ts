import { UserError } from "../../components/core/user-error";
import { type ReleaseSummary, summaryOf } from "../core/desired-releases";
import type { JournalEntry, OpeningCommand, Outcome } from "../ports/journal";
import type { StepName } from "../ports/step-names";
import { type DeployStore, StoreUnreachable } from "../ports/store";
import { readRun } from "./recorded-run";

/** A run as `history` shows it. */
export interface HistoryRecord extends ReleaseSummary {
  deploy: string;
  command: OpeningCommand;
  who: string;
  /** Commit of the checkout; null outside git. */
  commit: string | null;
  /** Unix milliseconds. */
  startedAtMs: number;
  /** Unix milliseconds; null while the run is not finished. */
  endedAtMs: number | null;
  /** Null for a run that is still running, or whose process died. */
  outcome: Outcome | null;
  /** Reason that was given for the run; "" if none was. */
  why: string;
  /** Why the run failed; "" if it did not. */
  reason: string;
  /** Who approved the cutover, and when in Unix milliseconds; null if nobody did. */
  approved: { who: string; atMs: number } | null;
  /** Each start of a rollback, and each resumption of one for a reason: when in Unix milliseconds, and by whom or after what failure. */
  wentBack: { atMs: number; reason: string }[];
  steps: HistoryStep[];
}

interface HistoryStep {
  step: StepName;
  services: string[];
  startedAtMs: number;
  seconds: number | null;
  /** Null for a step whose end was never recorded. */
  ok: boolean | null;
  /** What the step reported, including test results. */
  detail: string;
}

/**
 * Summarises a journal.
 * @throws UserError if its first entry is not `opened`
 */
export function historyOf(deploy: string, entries: readonly JournalEntry[]): HistoryRecord {
  const { opened, outcome } = readRun(deploy, entries);
  const closed = entries.findLast((entry) => entry.kind === "closed");
  const checkpoints = entries.flatMap((entry) => ("checkpoint" in entry ? [entry.checkpoint] : []));
  const forward = checkpoints.findLast(({ direction }) => direction === "forward");
  return {
    deploy,
    command: opened.command,
    who: opened.who,
    commit: opened.commit,
    startedAtMs: opened.atMs,
    endedAtMs: outcome === null ? null : (closed?.atMs ?? null),
    // Before `preflight` has pinned them, desired releases have no digest yet.
    ...summaryOf(forward?.desired ?? {}, opened.live),
    outcome,
    why: opened.reason,
    reason: outcome !== null && closed?.kind === "closed" ? closed.reason : "",
    approved: checkpoints.at(-1)?.approval?.given ?? null,
    wentBack: entries.flatMap((entry) =>
      entry.kind === "rollbackStarted" ? [{ atMs: entry.atMs, reason: entry.reason }] : [],
    ),
    steps: stepsOf(entries),
  };
}

/**
 * Returns the last runs, newest first. A journal that cannot be read does not hide the others: `problems` has one line
 * for each of those.
 */
export async function history(
  store: DeployStore,
  last: number,
): Promise<{ runs: HistoryRecord[]; problems: string[] }> {
  const deploys = (await store.deploys()).slice(-last).reverse();
  const read = await Promise.all(
    deploys.map(async (deploy) => {
      try {
        return historyOf(deploy, await store.journal(deploy));
      } catch (error) {
        if (error instanceof UserError && !(error instanceof StoreUnreachable)) return error.message;
        throw error;
      }
    }),
  );
  return {
    runs: read.filter((one) => typeof one !== "string"),
    problems: read.filter((one) => typeof one === "string"),
  };
}

function stepsOf(entries: readonly JournalEntry[]): HistoryStep[] {
  const steps: HistoryStep[] = [];
  for (const entry of entries) {
    if (entry.kind === "stepStarted") {
      const { step, services, atMs } = entry;
      steps.push({ step, services, startedAtMs: atMs, seconds: null, ok: null, detail: "" });
    }
    const running = steps.at(-1);
    if (entry.kind === "stepEnded" && running)
      Object.assign(running, {
        seconds: (entry.atMs - running.startedAtMs) / 1000,
        ok: entry.ok,
        detail: entry.detail,
      });
  }
  return steps;
}
