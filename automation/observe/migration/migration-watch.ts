import type { MigrationDatabase } from "../../../components/live/outputs";
import type { MigrationObserver, Observed } from "../../ports/migration-observer";
import { migrationText } from "./migration-text";

/**
 * Watches one database from before a migration until after it. A migration goes on whether it can be seen or not: what prevents that is said in the line.
 */
export class MigrationWatch {
  readonly #locks: Observed["locks"] = [];
  #before: Observed["schema"] = {};
  #problem: string | null = null;
  #isOver = false;
  #watching: Promise<void> = Promise.resolve();

  private constructor(
    private readonly observer: MigrationObserver,
    private readonly database: MigrationDatabase,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when the database has been seen as it is before the migration. */
  static async start(
    observer: MigrationObserver,
    database: MigrationDatabase,
    signal: AbortSignal,
  ): Promise<MigrationWatch> {
    const watch = new MigrationWatch(observer, database, signal);
    const before = await watch.#look(false);
    if (before) {
      watch.#before = before.schema;
      watch.#watching = watch.#watch();
    }
    return watch;
  }

  /** Ends the watch, and returns one line: what was seen. */
  async end(): Promise<string> {
    this.#isOver = true;
    await this.#watching;
    const after = this.#problem === null ? await this.#look(false) : null;
    return after
      ? migrationText(this.#before, after.schema, this.#locks)
      : `what it did in ${this.database.database} could not be seen: ${this.#problem}`;
  }

  async #watch(): Promise<void> {
    while (!this.#isOver && this.#problem === null) {
      const seen = await this.#look(true);
      this.#locks.push(...(seen?.locks ?? []));
    }
  }

  async #look(watchesLocks: boolean): Promise<Observed | null> {
    try {
      return await this.observer.observe(this.database, watchesLocks, this.signal);
    } catch (error) {
      this.#problem = (error as Error).message.split("\n", 1)[0]!;
      return null;
    }
  }
}
