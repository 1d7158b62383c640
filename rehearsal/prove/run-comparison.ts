import { type Answer, differenceOf, incompatibilityOf } from "./answers";
import { causeOf, failureOf } from "./causes";
import { firstOfEach, type KeyedFinding } from "./findings";
import { type LoadRun, slowestRequest } from "./load";
import { isWrite, nameOf, type Requests } from "./requests";
import { foreignCounts, foreignValues, type Rows, type TableUse } from "./rows";
import type { Outcome, Run } from "./run-state";
import type { Turn } from "./schedule";
import type { LogLine } from "./server-log";
import { type Names, otherOf, STATES, type State, type StateName, type Which } from "./states";
import type { TableLock } from "./table-locks";

/** What is known of a release alone: two runs show what varies. */
export interface Alone {
  runs: [Run, Run];
  rows: [Rows, Rows];
  /** For each turn, the paths of values that differ from run to run. */
  varying: ReadonlySet<string>[];
  use: TableUse;
}

/** Answers of the new release for rows that are older than the migration, by the place in a scenario. */
export type OlderAnswers = Map<string, Answer[]>;

/** Compares the runs of a schedule with those of each release alone. */
export class RunComparison {
  constructor(
    private readonly names: Names,
    private readonly turns: readonly Turn[],
    /** What the server logged about a database. */
    private readonly errors: (database: string) => readonly LogLine[],
  ) {}

  /** Returns what breaks in a run. */
  compare(
    name: StateName,
    run: Run,
    alone: { old: Alone; new?: Alone },
    older: OlderAnswers = new Map(),
  ): KeyedFinding[] {
    const state: State = STATES[name];
    const findings = this.#notReady(run);
    const unready = new Set(run.notReady.filter(({ isMigrated }) => isMigrated).map(({ which }) => which));
    /** Repetitions in which the old release has performed a step that writes. */
    const oldWrote = new Set<number>();
    let hasLostWrites = false;
    this.turns.forEach((turn, index) => {
      const outcome = run.outcomes[index]!;
      const { answer, by } = outcome;
      if (by === "old" && isWrite(turn.scenario.steps[turn.step]!)) oldWrote.add(turn.n);
      if (!answer || unready.has(by)) return;
      const isMixed = name !== "oldThroughMigration";
      const of = (which: Which) => alone[which]?.runs[0].outcomes[index]?.answer;
      const isOld = turn.part === "ended" && turn.pause === 0;
      const other = isMixed || isOld ? of(otherOf(by)) : undefined;
      const difference = differenceOf(answer, {
        own: of(by),
        other,
        older: isMixed && by === "new" && !isOld ? (older.get(placeOf(turn)) ?? []) : [],
        unknownTo: isMixed && by === "new" && isOld ? of("old") : undefined,
        varying: new Set([...alone.old.varying[index]!, ...(alone.new?.varying[index] ?? [])]),
        newRequest: newRequestOf(turn, by, oldWrote),
      });
      if (!difference) return;
      // Where writes have failed, rows are missing: what else differs may follow from that.
      if (hasLostWrites && difference.kind !== "status") return;
      hasLostWrites ||= difference.kind === "status" && isWrite(turn.scenario.steps[turn.step]!);
      const subject = nameOf(turn.scenario.steps[turn.step]!);
      const title = state.title(turn, this.names);
      const cause = difference.kind === "status" ? this.#causeOf(by, outcome, run) : "";
      const finding: KeyedFinding = {
        key: [title, subject, difference.kind, difference.path ?? ""].join(" | "),
        place: performedPlace(by, turn),
        isSure: answer.status >= 500 && cause !== "",
        state: title,
        subject: title.includes(" at once") ? `${subject} of ${this.names[by]}` : subject,
        problem: difference.text,
        cause,
      };
      findings.push(finding);
    });
    return firstOfEach(findings);
  }

  /** Returns the failure of a run's migration; undefined if it succeeded, or none ran. */
  failedMigration({ migration }: Pick<Run, "migration">): KeyedFinding | undefined {
    if (!migration || migration.code === 0) return undefined;
    return {
      key: "migration",
      state: `${this.names.new}'s migration while ${this.names.old} writes rows`,
      subject: "",
      problem: `exit code ${migration.code}`,
      cause: failureOf(migration),
    };
  }

  #causeOf(by: Which, outcome: Outcome, { database, lines }: Pick<Run, "database" | "lines">): string {
    const fromServer = causeOf(by, outcome, this.errors(database), lines[by]);
    return outcome.answer?.cause || fromServer;
  }

  #notReady(run: Run): KeyedFinding[] {
    return run.notReady.map(({ which, isMigrated, problem, ...span }) => ({
      key: `${which} ${isMigrated} not ready`,
      state: `${this.names[which]} on ${this.names[isMigrated ? "new" : otherOf(which)]}'s schema`,
      subject: "",
      problem: `is not ready: ${problem}`,
      cause: causeOf(which, span, this.errors(run.database), run.lines[which]),
    }));
  }

  /** Returns what breaks in rows, where answers do not show it. */
  compareRows(name: StateName, rows: Rows, alone: Record<Which, Alone>, migrated: Rows): KeyedFinding[] {
    const { old, new: next } = this.names;
    const [first, second] = alone.old.rows;
    const isOldAlone = name === "oldThroughMigration";
    const differences = isOldAlone
      ? [...foreignValues(rows, first, second, migrated), ...foreignCounts(rows, [first, migrated])]
      : foreignCounts(rows, [first, migrated, alone.new.rows[0]]);
    const after =
      name === "deploy" ? `${next} with rows that ${old} wrote` : `back to ${old} with rows that ${next} wrote`;
    return differences.map(({ table, text }) => ({
      key: `${name} rows ${table} ${text.replace(/\d+/g, "")}`,
      state: isOldAlone ? `${old} on ${next}'s schema` : after,
      subject: "",
      problem: text,
      cause: "",
    }));
  }

  /** Returns how the new release answers for rows that the old one wrote before the migration. */
  olderAnswers(run: Run): OlderAnswers {
    const older: OlderAnswers = new Map();
    this.turns.forEach((turn, index) => {
      const { answer } = run.outcomes[index]!;
      if (turn.part !== "ended" || turn.pause !== 0 || !answer) return;
      older.set(placeOf(turn), [...(older.get(placeOf(turn)) ?? []), answer]);
    });
    return older;
  }

  /** Returns the places that differ although both processes are of the old release. */
  ownDifferences(control: Run, alone: Alone): Map<string, string> {
    return new Map(
      this.turns.flatMap((turn, index) => {
        const { answer, by } = control.outcomes[index]!;
        if (!answer || turn.scenario.isNew) return [];
        const allowed = { own: alone.runs[0].outcomes[index]!.answer, varying: alone.varying[index]! };
        const subject = nameOf(turn.scenario.steps[turn.step]!);
        return differenceOf(answer, allowed) ? [[performedPlace(by, turn), subject] as const] : [];
      }),
    );
  }

  /** Returns what breaks under load while a migration runs. @param isLocked whether it is known already that requests wait */
  underLoad(run: LoadRun, alone: Alone, isLocked: boolean): KeyedFinding[] {
    const state = `${this.names.old} during ${this.names.new}'s migration`;
    const findings = run.samples.flatMap((sample): KeyedFinding[] => {
      const { subject, scenario, step, answer } = sample;
      const index = this.turns.findIndex((turn) => turn.scenario.name === scenario && turn.step === step);
      const own = alone.runs[0].outcomes[index]?.answer;
      if (!own || own.status >= 500 || (answer.status > 0 && answer.status < 500)) return [];
      const cause = causeOf("old", sample, this.errors(run.database), run.lines);
      return [{ key: `load ${subject}`, state, subject, problem: `${answer.shown} (alone: ${own.shown})`, cause }];
    });
    const failed = this.failedMigration(run);
    if (failed) findings.push(failed);
    const slow = isLocked ? undefined : slowestRequest(run);
    if (slow) {
      const { subject, slowestMs, usualMs } = slow;
      const { lockOn, mode } = run.longestWait!;
      const problem = `waits ${slowestMs} ms for the migration (alone: ${usualMs} ms)`;
      const cause =
        lockOn === "transactionid" || lockOn === "tuple"
          ? "the migration has locked its row"
          : `it wants ${mode} on ${lockOn}`;
      findings.push({ key: "load waits", state, subject, problem, cause });
    }
    return firstOfEach(findings);
  }

  /** What callers of the old release do not get from the new one any more. */
  incompatible({ old, new: next }: Record<Which, Alone>, requests: Requests): KeyedFinding[] {
    return this.turns.flatMap((turn, index) => {
      const outcome = next.runs[0].outcomes[index]!;
      const before = old.runs[0].outcomes[index]!.answer;
      if (turn.scenario.isNew || !outcome.answer || !before) return [];
      if (!(turn.scenario.name in requests.scenarios)) return [];
      const difference = incompatibilityOf(outcome.answer, before);
      if (!difference) return [];
      const subject = nameOf(turn.scenario.steps[turn.step]!);
      const cause = difference.kind === "status" ? this.#causeOf("new", outcome, next.runs[0]) : "";
      return [
        {
          key: `new alone ${subject} ${difference.kind} ${difference.path ?? ""}`,
          state: `${this.names.new} alone`,
          subject,
          problem: difference.text.replace("(alone:", `(${this.names.old}:`).replace("(before:", `(${this.names.old}:`),
          cause,
        },
      ];
    });
  }

  /** Returns the tables of which a migration reads rows while requests wait. */
  locked(locks: readonly TableLock[], use: TableUse, small: ReadonlySet<string>): KeyedFinding[] {
    return locks.flatMap(({ table, mode, statement, rows, blocksReads }) => {
      const used = use.get(table);
      const writes = used?.writes ?? 0;
      const reads = (used?.seqScans ?? 0) + (used?.indexScans ?? 0);
      if (small.has(table) || (writes === 0 && !(blocksReads && reads > 0))) return [];
      const who = blocksReads ? "each request to" : "each write to";
      return [
        {
          key: `lock ${table}`,
          state: `${this.names.old} during ${this.names.new}'s migration`,
          subject: "",
          problem: `${who} ${table} waits while ${statement} reads all its rows (${rows} here)`,
          cause: `${mode} on ${table}`,
        },
      ];
    });
  }
}

/** The old release does not have to know the requests of a scenario that only the new one has. */
function newRequestOf(
  { scenario, n }: Turn,
  by: Which,
  oldWrote: ReadonlySet<number>,
): "reads" | "unknown" | undefined {
  if (!scenario.isNew) return undefined;
  if (oldWrote.has(n)) return "unknown";
  return by === "old" ? "reads" : undefined;
}

/** Tells which request it is, who answered it, and how the releases shared its scenario: see `place` of a finding. */
const performedPlace = (by: Which, { part, scenario, step }: Turn) => `${by} ${part} ${nameOf(scenario.steps[step]!)}`;
const placeOf = (turn: Turn) => `${turn.scenario.name} ${turn.scenario.isNew} ${turn.step}`;
