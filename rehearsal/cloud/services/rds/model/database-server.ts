import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { Transform } from "node:stream";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { freePort } from "../../../processes/free-port";
import { type PostgresOptions, PostgresServer } from "../../../processes/postgres-server";
import type { ProcessLedger } from "../../../processes/process-ledger";
import { maxConnections } from "./instance-class";

const ADDRESS = "127.0.0.1";
/** The user that is RDS itself. */
const SUPERUSER = "rdsadmin";
const PASSWORD_BYTES = 24;

export interface ServerOptions {
  /** Folder that only this server uses. */
  directory: string;
  ledger: ProcessLedger;
  tls: { certificate: string; key: string };
  instanceClass: string;
}

/** The real PostgreSQL behind an instance of RDS, and the connections that clients have through the instance's address. */
export class DatabaseServer {
  readonly #connections = new Set<Socket>();
  #delayMs = 0;

  private constructor(
    private server: PostgresServer,
    private readonly options: PostgresOptions,
  ) {}

  get port(): number {
    return this.options.port;
  }

  static async start({ directory, ledger, tls, instanceClass }: ServerOptions): Promise<DatabaseServer> {
    const port = await freePort(ADDRESS);
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    const options: PostgresOptions = {
      directory: join(directory, "postgres"),
      host: ADDRESS,
      port,
      superuser: SUPERUSER,
      password,
      tls,
      ledger,
    };
    return new DatabaseServer(await PostgresServer.start(withConnections(options, instanceClass)), options);
  }

  /** Such as `17.6`. */
  async version(): Promise<string> {
    const client = await this.#connect();
    const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version') AS version");
    await client.end();
    return rows[0]!.version;
  }

  /** Creates the master user, who is no superuser (aws-rules B10). */
  async createMaster({ username, password }: { username: string; password: string }): Promise<void> {
    await this.#asAdmin(async (admin) => {
      await admin.query("CREATE ROLE rds_superuser");
      await admin.query(
        `CREATE ROLE ${escapeIdentifier(username)} LOGIN CREATEDB CREATEROLE PASSWORD ${escapeLiteral(password)} IN ROLE rds_superuser`,
      );
    });
  }

  /** Creates a database that the master user owns. */
  async createDatabase(database: string, master: string): Promise<void> {
    await this.#asAdmin((admin) =>
      admin.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${escapeIdentifier(master)}`),
    );
  }

  async #asAdmin(use: (admin: Client) => Promise<unknown>): Promise<void> {
    const admin = await this.#connect();
    try {
      await use(admin);
    } finally {
      await admin.end();
    }
  }

  /** Ends all connections, and goes on with the same data and the connections of another class. */
  async changeClass(instanceClass: string): Promise<void> {
    await this.server.stop("fast");
    this.server = await PostgresServer.start(withConnections(this.options, instanceClass));
  }

  /** Ends at once, as a machine that is lost; the next start recovers what was committed. */
  async crash(): Promise<void> {
    this.cut();
    await this.server.stop("immediate");
  }

  recover(): Promise<void> {
    return this.server.start();
  }

  /** Holds all connections that an ordinary user could have. Returns what gives them back. */
  async useUpConnections(): Promise<() => Promise<void>> {
    const first = await this.#connect();
    const { rows } = await first.query<{ free: number }>(
      `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS free`,
    );
    const held = [first];
    for (let free = rows[0]!.free; free > 0; free -= 1) held.push(await this.#connect());
    return async () => void (await Promise.all(held.map((client) => client.end().catch(() => undefined))));
  }

  /** Delays each answer by so many real milliseconds. */
  delayAnswers(ms: number): void {
    this.#delayMs = ms;
  }

  /** RDS's own connection, inside this machine. */
  async #connect(database = "postgres"): Promise<Client> {
    const client = new Client({
      ...{ host: ADDRESS, port: this.port, user: SUPERUSER, password: this.options.password, database },
      ssl: { rejectUnauthorized: false },
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** Reads a whole table. @returns no rows if there is no such table */
  async rows(database: string, schema: string, table: string): Promise<object[]> {
    const client = await this.#connect(database);
    try {
      const known = await client.query("SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2", [
        schema,
        table,
      ]);
      if (known.rowCount === 0) return [];
      return (await client.query<object>(`SELECT * FROM ${escapeIdentifier(schema)}.${escapeIdentifier(table)}`)).rows;
    } finally {
      await client.end();
    }
  }

  /** Connects a client with the server. */
  accept(client: Socket): void {
    const remote = connect({ host: ADDRESS, port: this.port, noDelay: true });
    for (const [socket, other] of [
      [client, remote],
      [remote, client],
    ] as const) {
      this.#connections.add(socket);
      socket.on("error", () => other.destroy());
      socket.once("close", () => {
        this.#connections.delete(socket);
        other.destroy();
      });
    }
    client.pipe(remote).pipe(this.#delaying()).pipe(client);
  }

  #delaying(): Transform {
    return new Transform({
      transform: (chunk, _encoding, done) => {
        if (this.#delayMs === 0) done(null, chunk);
        else setTimeout(done, this.#delayMs, null, chunk);
      },
    });
  }

  /** Cuts all connections, as the loss of the server's machine does. */
  cut(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  async remove(): Promise<void> {
    this.cut();
    await this.server.remove();
  }
}

function withConnections(options: PostgresOptions, instanceClass: string): PostgresOptions {
  return { ...options, parameters: { max_connections: String(maxConnections(instanceClass)) } };
}
