import { setTimeout as sleep } from "node:timers/promises";
import { errorsAlone, neverPerformed } from "./alone";
import { isError, varyingPaths } from "./answers";
import { failureLine, failureOf } from "./causes";
import { type Finding, firstOfEach, type KeyedFinding, together } from "./findings";
import { migrateUnderLoad } from "./load";
import { ProofDatabases } from "./proof-databases";
import type { ProofServer } from "./proof-server";
import { ReleaseFails } from "./release-fails";
import type { CommandEnd, Release } from "./release-process";
import type { Requests } from "./requests";
import type { Rows } from "./rows";
import { type Alone, type OlderAnswers, RunComparison } from "./run-comparison";
import { type Run, runState } from "./run-state";
import { type Scenario, scenariosOf, scheduleOf, type Turn } from "./schedule";
import { type Names, STATES, type State, type StateName, type Which } from "./states";

/** A migration with more statements is stopped before so many of them. */
const MAX_STOPS = 5;
/** What the machine does once, it does not do each time. */
const LOADED_RUNS = 3;
/** The states in which the releases meet. */
const MIXED = ["oldThroughMigration", "deploy", "wayBack"] as const;
/** PostgreSQL's log arrives a moment after the answer. */
const LOG_DELAY_MS = 20;

/** A release, and its successor. */
export interface ReleasePair {
  releases: Record<Which, Release>;
  requests: Record<Which, Requests>;
  /** The release that has no requests of its own, and is sent the other's: they do not have to work with it. */
  borrower?: Which | undefined;
  /** SQL that fills the database, in the old release's schema. */
  data: string;
}

export interface Proof {
  findings: Finding[];
  /** Remarks that are no findings. */
  notes: string[];
  /** Answers that were compared with those of a release alone, where it did not fail. */
  compared: number;
  seconds: number;
}

/**
 * Runs two releases of a service in all states that a deploy and its way back can have, and compares with each alone.
 * @throws ReleaseFails if one of the two cannot run alone, or does not perform what its requests say; then nothing is proven
 */
export async function prove(pair: ReleasePair, server: ProofServer, signal: AbortSignal): Promise<Proof> {
  const startedMs = performance.now();
  const proof = new PairProof(pair, server, signal);
  try {
    const { findings, compared } = await proof.run();
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    return {
      findings: together(findings.map(({ state, subject, problem, cause }) => ({ state, subject, problem, cause }))),
      notes: [...proof.notes],
      compared,
      seconds,
    };
  } finally {
    await proof.databases.dropAll();
  }
}

class PairProof {
  readonly notes = new Set<string>();
  readonly databases: ProofDatabases;
  readonly #names: Names;
  #turns: Turn[] = [];
  #stops: number[] = [];
  #templates!: Record<Which, string>;
  #comparison!: RunComparison;

  constructor(
    private readonly pair: ReleasePair,
    private readonly server: ProofServer,
    private readonly signal: AbortSignal,
  ) {
    this.#names = { old: pair.releases.old.name, new: pair.releases.new.name };
    this.databases = new ProofDatabases(server, pair.releases, signal);
  }

  async run(): Promise<{ findings: KeyedFinding[]; compared: number }> {
    const { old, new: next } = this.pair.requests;
    const base = await this.databases.createBase(this.pair.data);
    const { database: migrated, end, statements, locks } = await this.databases.migrateCopy(base);
    this.#templates = { old: base, new: migrated };
    this.#stops = spread(statements, MAX_STOPS);
    this.#turns = scheduleOf(scenariosOf(old, next), this.#stops.length);
    this.#comparison = new RunComparison(this.#names, this.#turns, (database) => this.server.errors(database));
    const oldAlone = await this.#alone("oldAlone", "old");
    if (end && end.code !== 0) return this.#migrationFails(end, oldAlone);
    // Migrated once more: what a migration itself gives, such as its time, differs, too.
    this.#templates.new = (await this.databases.migrateCopy(base)).database;
    const newAlone = await this.#alone("newAlone", "new", migrated).catch((error) =>
      failureAlone(error, this.#names.new),
    );
    if ("key" in newAlone) return { findings: [newAlone], compared: 0 };
    const alone = { old: oldAlone, new: newAlone };
    const locked = this.#comparison.locked(locks, oldAlone.use, new Set([...old.small, ...next.small]));
    const states = await this.#mixed(alone);
    const loaded = await this.#underLoad(oldAlone, locked.length > 0);
    const findings = firstOfEach([
      ...locked,
      ...withoutKnown(loaded, states),
      ...this.#comparison.incompatible(alone, next),
      ...states,
    ]);
    const compared = sum(MIXED.map((name) => this.#comparedIn(name, alone)));
    for (const which of ["old", "new"] as const) this.#lookAt(which, alone[which].runs[0], findings.length > 0);
    if (findings.length === 0 && compared === 0)
      throw new ReleaseFails("no request was answered without an error, so there is nothing to compare", "old");
    return { findings, compared };
  }

  /**
   * Looks at what a release did alone with its own requests: what it did not perform cannot break in another state.
   * @throws ReleaseFails if it did not perform a step and nothing else was found: that would look like a proof
   */
  #lookAt(which: Which, run: Run, hasFindings: boolean): void {
    const isOwn = (scenario: Scenario) => this.#isOwn(which, scenario);
    const never = neverPerformed(this.#turns, run, isOwn);
    if (never !== null && !hasFindings) throw new ReleaseFails(never, which);
    if (never !== null) this.notes.add(`${this.#names[which]} alone: ${never}`);
    for (const line of errorsAlone(this.#turns, run, isOwn)) this.notes.add(`${this.#names[which]}: ${line}`);
  }

  #isOwn(which: Which, { name, steps, isNew }: Scenario): boolean {
    const { requests, borrower } = this.pair;
    if (which === borrower) return false;
    if (which === "old") return !isNew;
    return JSON.stringify(requests.new.scenarios[name]) === JSON.stringify(steps);
  }

  /** Returns how many answers of a state are compared with one that is no error. */
  #comparedIn(name: StateName, alone: Partial<Record<Which, Alone>>): number {
    const state: State = STATES[name];
    return this.#turns.filter((turn, index) => {
      const answer = alone[state.performer(turn)]?.runs[0].outcomes[index]?.answer;
      return answer !== undefined && !isError(answer);
    }).length;
  }

  async #run(name: StateName, { control = false, migrated = this.#templates.new } = {}): Promise<Run> {
    const run = await runState(STATES[name], {
      server: this.server,
      releases: this.pair.releases,
      templates: { old: this.#templates.old, new: control ? this.#templates.old : migrated },
      turns: this.#turns,
      stops: this.#stops,
      control,
      signal: this.signal,
    });
    this.databases.add(run.database);
    return run;
  }

  async #alone(name: StateName, which: Which, migrated = this.#templates.new): Promise<Alone> {
    const runs: [Run, Run] = [await this.#run(name, { migrated }), await this.#run(name)];
    for (const { notReady, lines } of runs) {
      const [first] = notReady;
      const said = failureLine(lines[which].map(({ text }) => text).join("\n"), "");
      if (first) throw new ReleaseFails(`is not ready: ${first.problem}${said === "" ? "" : `, ${said}`}`, which);
    }
    const rows: [Rows, Rows] = [
      await this.databases.rows(runs[0].database),
      await this.databases.rows(runs[1].database),
    ];
    const varying = this.#turns.map((_, index) => varyingPaths(runs.map(({ outcomes }) => outcomes[index]!.answer)));
    return { runs, rows, varying, use: await this.databases.tableUse(runs[1].database) };
  }

  /** The deploy stops, and the old release goes on with what the migration did before it failed. */
  async #migrationFails(end: CommandEnd, oldAlone: Alone): Promise<{ findings: KeyedFinding[]; compared: number }> {
    const failed: KeyedFinding = {
      key: "migration",
      state: `${this.#names.new}'s migration on ${this.#names.old}'s rows`,
      subject: "",
      problem: `exit code ${end.code}`,
      cause: failureOf(end),
    };
    const run = await this.#run("oldThroughMigration");
    await sleep(LOG_DELAY_MS);
    const after = this.#comparison.compare("oldThroughMigration", run, { old: oldAlone });
    const compared = this.#comparedIn("oldThroughMigration", { old: oldAlone });
    return { findings: firstOfEach([failed, ...after]), compared };
  }

  /** Runs the states in which the releases meet. What is found has to be found again. */
  async #mixed(alone: Record<Which, Alone>): Promise<KeyedFinding[]> {
    const findings: KeyedFinding[] = [];
    let older: OlderAnswers = new Map();
    for (const name of MIXED) {
      let run = await this.#run(name);
      const failed = this.#comparison.failedMigration(run);
      if (failed) {
        findings.push(failed);
        // Rows that were written while it was stopped made it fail. It may end well without them.
        this.#stops = [];
        run = await this.#run(name);
        // Then the deploy ends here. The old release goes on, on what the migration has done so far.
        if (name === "deploy" && this.#comparison.failedMigration(run)) continue;
      }
      if (name === "deploy") older = this.#comparison.olderAnswers(run);
      const found = await this.#compared(name, run, alone, older);
      const unsure = found.filter(({ isSure }) => !isSure);
      if (unsure.length > 0) {
        const again = await this.#compared(name, await this.#run(name), alone, older);
        const confirmed = unsure.filter(({ key }) => again.some((other) => other.key === key));
        const kept = name === "oldThroughMigration" ? confirmed : await this.#withoutOwn(name, confirmed, alone);
        findings.push(...found.filter((one) => one.isSure || kept.includes(one)));
      } else findings.push(...found);
    }
    return findings;
  }

  async #compared(
    name: StateName,
    run: Run,
    alone: Record<Which, Alone>,
    older: OlderAnswers,
  ): Promise<KeyedFinding[]> {
    await sleep(LOG_DELAY_MS);
    const findings = this.#comparison.compare(name, run, alone, older);
    if (findings.length > 0) return findings;
    const migrated = await this.databases.migrateCopy(alone.old.runs[0].database);
    const rows = await this.databases.rows(run.database);
    return this.#comparison.compareRows(name, rows, alone, await this.databases.rows(migrated.database));
  }

  /** Leaves out what two processes of the old release show, too: they do not share what they keep in memory. */
  async #withoutOwn(name: StateName, findings: KeyedFinding[], alone: Record<Which, Alone>): Promise<KeyedFinding[]> {
    if (findings.length === 0) return [];
    const own = this.#comparison.ownDifferences(await this.#run(name, { control: true }), alone.old);
    if (own.size > 0) {
      const subjects = [...new Set(own.values())].join(", ");
      this.notes.add(
        `two processes of ${this.#names.old} do not share what they keep in memory, so these were not compared between processes: ${subjects}`,
      );
    }
    return findings.filter(({ place }) => place === undefined || !own.has(place));
  }

  /** The migration while several clients ask the old release. Only what happens each time counts. */
  async #underLoad(alone: Alone, isLocked: boolean): Promise<KeyedFinding[]> {
    const { releases, requests } = this.pair;
    if (releases.new.migrate === undefined || releases.old.command === undefined) return [];
    const scenarios = scenariosOf(requests.old, requests.old);
    let findings: KeyedFinding[] | undefined;
    for (let time = 0; time < LOADED_RUNS && findings?.length !== 0; time += 1) {
      const run = await migrateUnderLoad(this.server, releases, this.#templates.old, scenarios, this.signal);
      this.databases.add(run.database);
      await sleep(LOG_DELAY_MS);
      const found = this.#comparison.underLoad(run, alone, isLocked);
      findings = found.filter(({ key }) => findings?.some((other) => other.key === key) ?? true);
    }
    return findings ?? [];
  }
}

/** Leaves out failures under load that the old release shows without load, too: there it is plain which error is whose. */
function withoutKnown(loaded: readonly KeyedFinding[], states: readonly KeyedFinding[]): KeyedFinding[] {
  return loaded.filter(
    ({ subject, problem }) => !states.some((known) => known.subject === subject && known.problem === problem),
  );
}

/** The new release cannot run: that breaks in a deploy, too. */
function failureAlone(error: unknown, name: string): KeyedFinding {
  if (!(error instanceof ReleaseFails)) throw error;
  return { key: "new alone", state: `${name} alone`, subject: "", problem: error.message, cause: "" };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Returns at most so many of the numbers from 1 to a count, evenly, with the first and the last. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: most }, (_, index) => 1 + Math.round((index * (count - 1)) / (most - 1)));
}
