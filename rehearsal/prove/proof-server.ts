import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { freePort } from "../cloud/processes/free-port";
import { PostgresServer } from "../cloud/processes/postgres-server";
import { ProcessLedger } from "../cloud/processes/process-ledger";
import { type LogLine, parseLogLine } from "./server-log";

const HOST = "127.0.0.1";
/** Owns the databases. On RDS no service's user is a superuser either. */
export const OWNER = "service";

/** The real PostgreSQL server of a proof, with a database for each state. */
export class ProofServer {
  readonly #server: PostgresServer;
  readonly #admin: Client;
  readonly #password: string;
  /** By database. */
  readonly #log: Map<string, LogLine[]>;
  #count = 0;

  private constructor(server: PostgresServer, admin: Client, password: string, log: Map<string, LogLine[]>) {
    this.#server = server;
    this.#admin = admin;
    this.#password = password;
    this.#log = log;
  }

  /** @param directory of the server alone */
  static async start(directory: string): Promise<ProofServer> {
    const log = new Map<string, LogLine[]>();
    const password = randomUUID();
    const server = await PostgresServer.start({
      directory,
      host: HOST,
      port: await freePort(HOST),
      superuser: "postgres",
      password,
      ledger: new ProcessLedger(join(directory, "processes")),
      parameters: {
        log_line_prefix: "%n|%d|%a|",
        max_connections: "200",
        shared_buffers: "64MB",
        synchronous_commit: "off",
        // Nothing that nobody asked for: it would take locks and read rows.
        autovacuum: "off",
        // Workers count what they read as their own.
        max_parallel_workers_per_gather: "0",
        max_parallel_maintenance_workers: "0",
        // A deploy takes minutes, so no deadlock is found by chance.
        deadlock_timeout: "200ms",
      },
      onLog: (line) => {
        const parsed = parseLogLine(line);
        if (!parsed) return;
        const known = log.get(parsed.database);
        if (known) known.push(parsed);
        else log.set(parsed.database, [parsed]);
      },
    });
    const admin = new Client(server.url);
    admin.on("error", () => {});
    await admin.connect();
    await admin.query(`create role ${OWNER} login password '${password}'`);
    return new ProofServer(server, admin, password, log);
  }

  async stop(): Promise<void> {
    await this.#admin.end().catch(() => {});
    await this.#server.remove();
  }

  /** Creates an empty database, or a copy of another one. @returns its name */
  async create(template?: string): Promise<string> {
    this.#count += 1;
    const name = `proof_${process.pid}_${this.#count}`;
    if (template !== undefined) await this.#disconnect(template);
    await this.#admin.query(
      `create database ${name} owner ${OWNER}${template === undefined ? "" : ` template ${template}`}`,
    );
    return name;
  }

  async drop(database: string): Promise<void> {
    await this.#admin.query(`drop database if exists ${database} with (force)`);
    this.#log.delete(database);
  }

  /** Connects as superuser. */
  async connect(database: string): Promise<Client> {
    const url = new URL(this.#server.url);
    url.pathname = `/${database}`;
    const client = new Client({ connectionString: String(url), application_name: "aoshingo" });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** Environment variables that lead a process to a database, as the owner of its tables. */
  environment(database: string, application: string): Record<string, string> {
    const { hostname, port } = new URL(this.#server.url);
    const query = `?application_name=${application}`;
    return {
      DATABASE_URL: `postgresql://${OWNER}:${this.#password}@${hostname}:${port}/${database}${query}`,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: OWNER,
      PGPASSWORD: this.#password,
      PGDATABASE: database,
      PGAPPNAME: application,
      PGSSLMODE: "disable",
    };
  }

  /** Returns the errors that the server wrote into its log about a database. */
  errors(database: string): LogLine[] {
    return this.#log.get(database) ?? [];
  }

  /** Sessions of processes that have ended may still be there for a moment, and a database with sessions cannot be copied. */
  async #disconnect(database: string): Promise<void> {
    await this.#admin.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", [
      database,
    ]);
  }
}
