import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./answers";
import { APPLICATIONS } from "./applications";
import { newSession, perform } from "./perform";
import type { ProofServer } from "./proof-server";
import { type CommandEnd, type Release, ReleaseProcess, runCommand } from "./release-process";
import { nameOf } from "./requests";
import type { Scenario } from "./schedule";
import { type WaitingSession, waitingForMigration } from "./sessions";

const CLIENTS = 4;
const POLL_MS = 10;
/** Repetitions of each scenario that are not measured, because connections are made in them. */
const FIRST = 3;
/** Repetitions of each scenario before the migration, and after it: what an answer takes alone is measured in the same moment. */
const BEFORE = 10;
const AFTER = 2;
/** An answer that takes so many times longer than it did before the migration waited for something. */
const SLOWER = 3;
/** Of the answers before the migration: one in twenty may be slow because the machine was. */
const USUAL = 0.95;

/** An answer under load. */
interface LoadSample {
  /** Such as `POST /users`. */
  subject: string;
  scenario: string;
  step: number;
  answer: Answer;
  fromMs: number;
  toMs: number;
}

export interface LoadRun {
  database: string;
  samples: LoadSample[];
  /** The longest wait for the migration; undefined if nothing waited. */
  longestWait: WaitingSession | undefined;
  migration: CommandEnd;
  migrationFromMs: number;
  lines: ReleaseProcess["lines"];
}

/** Lets the new release's migration run while several clients ask the old release. The caller drops the database. */
export async function migrateUnderLoad(
  server: ProofServer,
  { old, new: next }: Record<"old" | "new", Release>,
  template: string,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): Promise<LoadRun> {
  const database = await server.create(template);
  const environment = server.environment(database, APPLICATIONS.old);
  const process = await ReleaseProcess.start(old, environment);
  const watcher = await server.connect(database);
  const samples: LoadSample[] = [];
  let repetitions = 0;
  let isOver = false;
  const client = async () => {
    while (!isOver && !signal.aborted) {
      repetitions += 1;
      const scenario = scenarios[repetitions % scenarios.length]!;
      const session = newSession(scenario.steps, 1_000_000 + repetitions);
      for (const [step, one] of scenario.steps.entries()) {
        const fromMs = Date.now();
        const answer = await perform(one, session, { release: old, process, environment, signal });
        const about = { subject: nameOf(one), scenario: scenario.name, step };
        if (answer) samples.push({ ...about, answer, fromMs, toMs: Date.now() });
      }
    }
  };
  const untilRepetitions = async (count: number) => {
    while (repetitions < count && !signal.aborted) await sleep(POLL_MS);
  };
  try {
    await process.whyNotReady();
    const clients = Array.from({ length: CLIENTS }, client);
    await untilRepetitions(FIRST * scenarios.length + CLIENTS);
    samples.length = 0;
    await untilRepetitions((FIRST + BEFORE) * scenarios.length + CLIENTS);
    const migrationFromMs = Date.now();
    let longestWait: WaitingSession | undefined;
    let hasEnded = false;
    const ending = runCommand(
      next,
      next.migrate!,
      server.environment(database, APPLICATIONS.migration),
      signal,
    ).finally(() => {
      hasEnded = true;
    });
    while (!hasEnded) {
      for (const session of await waitingForMigration(watcher))
        if (session.waitedMs > (longestWait?.waitedMs ?? 0)) longestWait = session;
      await Promise.race([ending, sleep(POLL_MS)]);
    }
    const migration = await ending;
    await untilRepetitions(repetitions + AFTER * scenarios.length + CLIENTS);
    isOver = true;
    await Promise.all(clients);
    return { database, samples, longestWait, migration, migrationFromMs, lines: process.lines };
  } finally {
    isOver = true;
    await Promise.all([process.stop(), watcher.end()]);
  }
}

/** A request that waited for the migration. */
export interface SlowRequest {
  subject: string;
  slowestMs: number;
  usualMs: number;
}

/**
 * Returns the request that the migration made slowest, compared with the same request before it; undefined if none was
 * much slower, or if it did not wait for a lock: then the machine was slow.
 */
export function slowestRequest({
  samples,
  migrationFromMs,
  longestWait,
}: Pick<LoadRun, "samples" | "migrationFromMs" | "longestWait">): SlowRequest | undefined {
  const slow = [...new Set(samples.map(({ subject }) => subject))].flatMap((subject) => {
    const own = samples.filter((sample) => sample.subject === subject);
    const tookMs = (some: readonly LoadSample[]) => some.map(({ fromMs, toMs }) => toMs - fromMs).sort((a, b) => a - b);
    const alone = tookMs(own.filter(({ toMs }) => toMs < migrationFromMs));
    const usualMs = alone[Math.floor(USUAL * alone.length)] ?? 0;
    const slowestMs = tookMs(own.filter(({ toMs }) => toMs >= migrationFromMs)).at(-1) ?? 0;
    const limitMs = SLOWER * Math.max(1, usualMs);
    const isSlow = alone.length > 0 && slowestMs > limitMs && (longestWait?.waitedMs ?? 0) > limitMs;
    return isSlow ? [{ subject, slowestMs, usualMs }] : [];
  });
  return slow.sort((a, b) => b.slowestMs - a.slowestMs)[0];
}
