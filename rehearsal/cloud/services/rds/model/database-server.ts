import type { Socket } from "node:net";
import { type Duplex, Transform } from "node:stream";
import { type Client, escapeIdentifier } from "pg";

export interface Login {
  username: string;
  password: string;
}

/** The real PostgreSQL behind a database of RDS, and the connections that clients have through the database's address. */
export abstract class DatabaseServer {
  readonly #connections = new Set<Duplex>();
  #delayMs = 0;

  /** Such as `17.6`. */
  abstract version(): Promise<string>;
  /** Creates the master user, who is no superuser (aws-rules B10). */
  abstract createMaster(login: Login): Promise<void>;
  /** Creates a database that the master user owns. */
  abstract createDatabase(database: string, master: string): Promise<void>;
  /** Ends all connections, and goes on with the same data and the connections of another class. */
  abstract changeClass(instanceClass: string): Promise<void>;
  /** Ends at once, as a machine that is lost; what was committed stays. */
  abstract crash(): Promise<void>;
  abstract recover(): Promise<void>;
  /** Leaves no connection for an ordinary user. Returns what gives them back. */
  abstract useUpConnections(): Promise<() => Promise<void>>;
  /** Connects a client with the server. */
  abstract accept(client: Socket): void;
  /** Ends everything, and removes the data. */
  abstract remove(): Promise<void>;

  /** RDS's own connection, inside this machine. */
  protected abstract connect(database?: string): Promise<Client>;

  /** Delays each answer by so many real milliseconds. */
  delayAnswers(ms: number): void {
    this.#delayMs = ms;
  }

  /** Reads a whole table. @returns no rows if there is no such table */
  async rows(database: string, schema: string, table: string): Promise<object[]> {
    const client = await this.connect(database);
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

  /** Cuts all connections, as the loss of the server's machine does. */
  cut(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  protected async asAdmin<Result>(use: (admin: Client) => Promise<Result>): Promise<Result> {
    const admin = await this.connect();
    try {
      return await use(admin);
    } finally {
      await admin.end();
    }
  }

  /** Ends both when one of them ends. */
  protected track(client: Duplex, remote: Duplex): void {
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
  }

  protected join(client: Duplex, remote: Duplex): void {
    this.track(client, remote);
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
}
