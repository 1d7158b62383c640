import { UserError } from "../../components/core/user-error";
import type { JournalEntry, Outcome } from "../ports/journal";
import type { StepName } from "../ports/step-names";
import { type DeployStore, StoreUnreachable } from "../ports/store";
import { readRun } from "./recorded-run";

/** A run as the history tells it. */
export interface HistoryRecord {
  deploy: string;
  command: "deploy" | "rollback";
  who: string;
  /** Of the checkout; null outside git. */
  commit: string | null;
  /** Unix milliseconds. */
  startedAtMs: number;
  /** Null while it is not finished. */
  endedAtMs: number | null;
  /** Image by digest that was to be active, by service; empty until it was pinned. */
  releases: Record<string, { name: string; image: string }>;
  /** Null for a run that goes on, or whose process died. */
  outcome: Outcome | null;
  /** Why it was asked for. */
  why: string;
  /** Why it failed; "" if it did not. */
  reason: string;
  /** Who approved the cutover, and when; null where nobody did. */
  approved: { who: string; atMs: number } | null;
  steps: HistoryStep[];
}

interface HistoryStep {
  step: StepName;
  services: string[];
  startedAtMs: number;
  seconds: number | null;
  /** Null for a step whose end nobody wrote down. */
  ok: boolean | null;
  /** What was seen, test results among it. */
  detail: string;
}

/** What a journal says, in short. @throws UserError if it does not begin as one does */
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
    releases: Object.fromEntries(
      Object.entries(forward?.desired ?? {}).flatMap(([name, release]) => (release ? [[name, release]] : [])),
    ),
    outcome,
    why: opened.reason,
    reason: outcome !== null && closed?.kind === "closed" ? closed.reason : "",
    approved: checkpoints.at(-1)?.approval?.given ?? null,
    steps: stepsOf(entries),
  };
}

/** Newest first. A journal that cannot be read must not hide the others: what is wrong with it is told beside them, one line each. */
export async function history(store: DeployStore, last: number): Promise<{ runs: HistoryRecord[]; faults: string[] }> {
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
    faults: read.filter((one) => typeof one === "string"),
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
