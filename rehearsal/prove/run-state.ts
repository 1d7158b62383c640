import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Answer } from "./answers";
import { APPLICATIONS } from "./applications";
import { MigrationPauses } from "./migration-watch";
import { missingNames, newSession, type Performer, perform, type Session } from "./perform";
import type { ProofServer } from "./proof-server";
import { type CommandEnd, type Release, ReleaseProcess, runCommand } from "./release-process";
import type { Turn } from "./schedule";
import { waitingForMigration } from "./sessions";
import type { State, Which } from "./states";

const POLL_MS = 10;
/** A process that was not ready on the old schema gets another chance after the migration. */
const NOT_READY_LIMIT_MS = 3_000;

/** What a turn came to. */
export interface Outcome {
  /** Undefined if the step was not performed. */
  answer: Answer | undefined;
  /** Names that the step needed and no earlier step had given. */
  missing: readonly string[];
  by: Which;
  fromMs: number;
  toMs: number;
}

/** What a run of the schedule came to. */
export interface Run {
  /** One for each turn of the schedule. */
  outcomes: Outcome[];
  database: string;
  /** What a process answers instead of being ready: on the schema of the beginning, or after the migration. */
  notReady: { which: Which; isMigrated: boolean; problem: string; fromMs: number; toMs: number }[];
  /** Undefined if no migration ran. */
  migration: CommandEnd | undefined;
  /** What each release wrote to its output. */
  lines: Record<Which, ReleaseProcess["lines"]>;
}

export interface RunOptions {
  server: ProofServer;
  releases: Record<Which, Release>;
  /** Databases to copy, by schema. */
  templates: Record<Which, string>;
  turns: readonly Turn[];
  /** Numbers of the statements before which the migration stops, from 1 on. */
  stops: readonly number[];
  /** Both performers run the old release: what differs then does so without any new release. */
  control?: boolean;
  signal: AbortSignal;
}

/** Runs the schedule in a state, on a new database, and stops the processes. The caller drops the database. */
export async function runState(state: State, options: RunOptions): Promise<Run> {
  const { server, templates, turns } = options;
  const database = await server.create(templates[state.schema]);
  const run = new StateRun(state, options, database);
  try {
    await run.start();
    await run.performAll(turns);
  } finally {
    await run.stop();
  }
  return run.result;
}

class StateRun {
  readonly result: Run;
  readonly #performers: Partial<Record<Which, Performer>> = {};
  readonly #sessions = new Map<number, Session>();

  constructor(
    private readonly state: State,
    private readonly options: RunOptions,
    private readonly database: string,
  ) {
    this.result = { outcomes: [], database, notReady: [], migration: undefined, lines: { old: [], new: [] } };
  }

  async start(): Promise<void> {
    await Promise.all(
      this.state.up.map(async (which) => {
        const release = this.options.releases[this.options.control ? "old" : which];
        const environment = this.options.server.environment(this.database, APPLICATIONS[which]);
        const process = release.command ? await ReleaseProcess.start(release, environment) : null;
        this.#performers[which] = { release, process, environment, signal: this.options.signal };
        if (process) this.result.lines[which] = process.lines;
        await this.#awaitReady(which, false);
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#performers).map(({ process }) => process?.stop()));
  }

  async performAll(turns: readonly Turn[]): Promise<void> {
    const at = (stage: Turn["stage"]) => turns.filter((turn) => turn.stage === stage);
    await this.#perform(at("before"));
    if (this.state.migrates && !this.options.control) {
      await this.#migrate(at("during"));
      for (const which of this.state.up) if (this.#wasNotReady(which)) await this.#awaitReady(which, true);
    } else await this.#perform(at("during"));
    for (const stage of ["after", "rest", "last"] as const) await this.#perform(at(stage));
  }

  #wasNotReady(which: Which): boolean {
    return this.result.notReady.some((one) => one.which === which);
  }

  async #awaitReady(which: Which, isMigrated: boolean): Promise<void> {
    const { process, release, environment } = this.#performers[which]!;
    if (!process) return;
    const fromMs = Date.now();
    // Where the schema is not its own, a process may never become ready.
    const isOwn = isMigrated || this.state.schema === which;
    let problem = await process.whyNotReady(isOwn ? undefined : NOT_READY_LIMIT_MS);
    if (problem?.startsWith("it ended") && isMigrated) {
      const again = await ReleaseProcess.start(release, environment);
      this.#performers[which] = { release, environment, process: again, signal: this.options.signal };
      problem = await again.whyNotReady();
    }
    if (problem !== null) this.result.notReady.push({ which, isMigrated, problem, fromMs, toMs: Date.now() });
  }

  async #perform(turns: readonly Turn[]): Promise<void> {
    for (const turn of turns) {
      this.options.signal.throwIfAborted();
      const by = this.state.performer(turn);
      const { steps } = turn.scenario;
      if (!this.#sessions.has(turn.n)) this.#sessions.set(turn.n, newSession(steps, turn.n));
      const session = this.#sessions.get(turn.n)!;
      const step = steps[turn.step]!;
      const missing = missingNames(step, session);
      const fromMs = Date.now();
      const answer = await perform(step, session, this.#performers[by]!);
      this.result.outcomes.push({ answer, missing, by, fromMs, toMs: Date.now() });
    }
  }

  /** Runs the migration and performs turns while it is stopped before a statement. */
  async #migrate(turns: readonly Turn[]): Promise<void> {
    const { server, releases, stops, signal } = this.options;
    const release = releases.new;
    if (release.migrate === undefined) return this.#perform(turns);
    const [pauser, watcher] = await Promise.all([server.connect(this.database), server.connect(this.database)]);
    const pauses = new MigrationPauses(pauser);
    try {
      await pauses.hold();
      let hasEnded = false;
      const environment = server.environment(this.database, APPLICATIONS.migration);
      const ending = runCommand(release, release.migrate, environment, signal).finally(() => {
        hasEnded = true;
      });
      let mayStop = true;
      let pause = 0;
      for (let statement = 1; mayStop && pause < stops.length; statement += 1) {
        while (!hasEnded && !(await pauses.isStopped())) await sleep(POLL_MS);
        if (hasEnded) break;
        if (statement === stops[pause]) {
          pause += 1;
          mayStop = await this.#performWhileStopped(
            turns.filter((turn) => turn.pause === pause),
            watcher,
            pauses,
          );
        }
        if (mayStop && pause < stops.length) await pauses.step();
      }
      await pauses.release();
      this.result.migration = await ending;
      await this.#perform(turns.filter((turn) => turn.pause! > pause));
    } finally {
      await Promise.all([pauser.end(), watcher.end()]);
    }
  }

  /**
   * Performs turns. If one waits for the stopped migration, the migration goes on.
   * @returns whether none had to wait
   */
  async #performWhileStopped(turns: readonly Turn[], watcher: Client, pauses: MigrationPauses): Promise<boolean> {
    let isDone = false;
    let mayStop = true;
    const performing = this.#perform(turns).finally(() => {
      isDone = true;
    });
    while (!isDone && mayStop) {
      await Promise.race([performing, sleep(POLL_MS)]);
      if (!isDone && (await waitingForMigration(watcher)).length > 0) {
        mayStop = false;
        await pauses.release();
      }
    }
    await performing;
    return mayStop;
  }
}
