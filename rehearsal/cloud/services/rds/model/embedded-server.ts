import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { freePort } from "../../../processes/free-port";
import { type PostgresOptions, PostgresServer } from "../../../processes/postgres-server";
import type { ProcessLedger } from "../../../processes/process-ledger";
import { DatabaseServer, type Login } from "./database-server";
import { maxConnections } from "./instance-class";

const ADDRESS = "127.0.0.1";
/** The user that is RDS itself. */
const SUPERUSER = "rdsadmin";
const PASSWORD_BYTES = 24;
/** PostgreSQL's code where no connection is free, not even one of those that are kept for superusers. */
const TOO_MANY_CONNECTIONS = "53300";

export interface ServerOptions {
  /** Folder that only this server uses. */
  directory: string;
  ledger: ProcessLedger;
  tls: { certificate: string; key: string };
  instanceClass: string;
}

/** A server that this cloud starts for one database, from the programs that the project brings. */
export class EmbeddedServer extends DatabaseServer {
  private constructor(
    private server: PostgresServer,
    private readonly options: PostgresOptions,
  ) {
    super();
  }

  get port(): number {
    return this.options.port;
  }

  static async start({ directory, ledger, tls, instanceClass }: ServerOptions): Promise<EmbeddedServer> {
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
    return new EmbeddedServer(await PostgresServer.start(withConnections(options, instanceClass)), options);
  }

  version(): Promise<string> {
    return this.asAdmin(async (admin) => {
      const { rows } = await admin.query<{ version: string }>("SELECT current_setting('server_version') AS version");
      return rows[0]!.version;
    });
  }

  async createMaster({ username, password }: Login): Promise<void> {
    await this.asAdmin(async (admin) => {
      await admin.query("CREATE ROLE rds_superuser");
      await admin.query(
        `CREATE ROLE ${escapeIdentifier(username)} LOGIN CREATEDB CREATEROLE PASSWORD ${escapeLiteral(password)} IN ROLE rds_superuser`,
      );
    });
  }

  async createDatabase(database: string, master: string): Promise<void> {
    await this.asAdmin((admin) =>
      admin.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${escapeIdentifier(master)}`),
    );
  }

  async changeClass(instanceClass: string): Promise<void> {
    await this.server.stop("fast");
    this.server = await PostgresServer.start(withConnections(this.options, instanceClass));
  }

  /** The next start recovers what was committed. */
  async crash(): Promise<void> {
    this.cut();
    await this.server.stop("immediate");
  }

  recover(): Promise<void> {
    return this.server.start();
  }

  /** Holds all connections that an ordinary user could have. */
  async useUpConnections(): Promise<() => Promise<void>> {
    const first = await this.connect();
    const { rows } = await first.query<{ free: number }>(
      `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS free`,
    );
    const held = [first];
    try {
      for (let free = rows[0]!.free; free > 0; free -= 1) held.push(await this.connect());
    } catch (error) {
      // Others were quicker, so that nothing is free.
      if ((error as { code?: string }).code !== TOO_MANY_CONNECTIONS) throw error;
    }
    return async () => void (await Promise.all(held.map((client) => client.end().catch(() => undefined))));
  }

  accept(client: Socket): void {
    this.join(client, connect({ host: ADDRESS, port: this.port, noDelay: true }));
  }

  async remove(): Promise<void> {
    this.cut();
    await this.server.remove();
  }

  protected async connect(database = "postgres"): Promise<Client> {
    const client = new Client({
      ...{ host: ADDRESS, port: this.port, user: SUPERUSER, password: this.options.password, database },
      ssl: { rejectUnauthorized: false },
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  }
}

function withConnections(options: PostgresOptions, instanceClass: string): PostgresOptions {
  return { ...options, parameters: { max_connections: String(maxConnections(instanceClass)) } };
}
