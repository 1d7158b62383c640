import type { Client } from "pg";
import { APPLICATIONS } from "./applications";
import { failureOf } from "./causes";
import { installWatch, readWatch } from "./migration-watch";
import { OWNER, type ProofServer } from "./proof-server";
import { ReleaseFails } from "./release-fails";
import { type CommandEnd, type Release, runCommand } from "./release-process";
import { type Rows, readRows, readTableUse, type TableUse } from "./rows";
import type { Which } from "./states";
import type { TableLock } from "./table-locks";

/** A database on which the new release's migration has run. */
export interface Migrated {
  database: string;
  /** Undefined if the new release has no migration. */
  end: CommandEnd | undefined;
  /** How many statements changed the schema. */
  statements: number;
  locks: TableLock[];
}

/** The databases of one proof. */
export class ProofDatabases {
  readonly #names: string[] = [];

  constructor(
    private readonly server: ProofServer,
    private readonly releases: Record<Which, Release>,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Creates the database of the old release, with rows.
   * @throws ReleaseFails if the migration or the data fail
   */
  async createBase(data: string): Promise<string> {
    const { old } = this.releases;
    const database = this.add(await this.server.create());
    if (old.migrate !== undefined) {
      const end = await runCommand(old, old.migrate, this.#migrationEnvironment(database), this.signal);
      if (end.code !== 0)
        throw new ReleaseFails(`the migration of ${old.name} fails on an empty database: ${failureOf(end)}`, "old");
    }
    await this.#with(database, async (client) => {
      try {
        await client.query(`set role ${OWNER}; ${data}; reset role;`);
      } catch (error) {
        throw new ReleaseFails(`"data" of requests.yaml does not fit its schema: ${(error as Error).message}`, "old");
      }
      await client.query("analyze");
      await installWatch(client);
    });
    return database;
  }

  /** Copies a database and runs the new release's migration on it, whether it succeeds or not. */
  async migrateCopy(template: string): Promise<Migrated> {
    const database = this.add(await this.server.create(template));
    const { new: release } = this.releases;
    if (release.migrate === undefined) return { database, end: undefined, statements: 0, locks: [] };
    const end = await runCommand(release, release.migrate, this.#migrationEnvironment(database), this.signal);
    return { database, end, ...(await this.#with(database, readWatch)) };
  }

  rows(database: string): Promise<Rows> {
    return this.#with(database, readRows);
  }

  tableUse(database: string): Promise<TableUse> {
    return this.#with(database, readTableUse);
  }

  /** Notes a database that is to be dropped in the end. */
  add(database: string): string {
    this.#names.push(database);
    return database;
  }

  async dropAll(): Promise<void> {
    for (const name of this.#names) await this.server.drop(name);
  }

  #migrationEnvironment(database: string): Record<string, string> {
    return this.server.environment(database, APPLICATIONS.migration);
  }

  async #with<Result>(database: string, use: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.server.connect(database);
    return use(client).finally(() => client.end());
  }
}
