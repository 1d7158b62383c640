import { DatabaseError, Pool, type QueryResult } from "pg";

const REQUIRED = ["PGHOST", "PGDATABASE", "PGUSER", "PGPASSWORD"];

/** Number of connections of each instance. All of both colours have to fit into the connections of the database (about 110 of db.t4g.micro). */
const CONNECTIONS = 5;
const CONNECT_MS = 5_000;
/** A statement of a service takes milliseconds: one that waits this long waits for a lock. */
const STATEMENT_MS = 5_000;
/** Longer than the server's own limit: then the server is gone, and has not said so, as in a failover. */
const ANSWER_MS = 8_000;
/** SQLSTATE of a server that goes, comes, takes no more connections, or is no longer the one to write to. */
const UNAVAILABLE = /^(08...|57P0[1-3]|53300|25006)$/;

/** Returns the names of variables that have no value, of those that a database needs. */
export function missingVariables(environment: NodeJS.ProcessEnv): string[] {
  return REQUIRED.filter((name) => !environment[name]);
}

/** The database gave no answer: nobody knows whether what it was asked for is done. */
export class DatabaseUnavailable extends Error {
  override name = "DatabaseUnavailable";
}

/** A PostgreSQL database, by connections that are kept, as libpq's variables say (PGHOST, PGDATABASE, ...). */
export class Database {
  readonly #pool: Pool;

  /** @param ca certificates that sign the server's, as PEM; without them PGSSLMODE says whether there is TLS */
  constructor(ca: string | undefined) {
    this.#pool = new Pool({
      ...(ca === undefined ? {} : { ssl: { ca } }),
      max: CONNECTIONS,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: ANSWER_MS,
    });
    // A connection that is lost while nobody uses it. The next query opens another one.
    this.#pool.on("error", () => {});
  }

  /**
   * Asks a second time on another connection: after a failover all connections that were kept are dead.
   * @param sql changes nothing
   * @throws DatabaseUnavailable
   */
  async read<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (await this.query<Row>(sql, values)).rows;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      return (await this.query<Row>(sql, values)).rows;
    }
  }

  /** @throws DatabaseUnavailable */
  async query<Row extends object>(sql: string, values: unknown[] = []): Promise<QueryResult<Row>> {
    try {
      return await this.#pool.query<Row>(sql, values);
    } catch (error) {
      // What is no answer of the server is an error of the connection.
      const isAnswer = error instanceof DatabaseError && !UNAVAILABLE.test(error.code ?? "");
      throw isAnswer ? error : new DatabaseUnavailable((error as Error).message, { cause: error });
    }
  }

  /** Waits for queries that run, and closes all connections. */
  close(): Promise<void> {
    return this.#pool.end();
  }
}
