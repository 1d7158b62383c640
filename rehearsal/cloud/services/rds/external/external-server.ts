import type { Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { type Client, escapeIdentifier } from "pg";
import type { ExternalFacts } from "../../../kernel/events";
import { DatabaseServer, type Login } from "../model/database-server";
import { maxConnections } from "../model/instance-class";
import { connectTo, placeOf } from "./database-url";
import { applicationOf, createMasterUser, dropMasterUser, type MasterUser, masterUser } from "./master-users";
import type { PreparedServer } from "./prepare-server";
import { acceptClient } from "./tls-proxy";

/** A PostgreSQL that was there before the cloud, and that others may use, too: databases of the rehearsal are made in it. */
export class ExternalServer {
  #session: Promise<Client> | undefined;
  #masters = 0;

  constructor(
    readonly prepared: PreparedServer,
    private readonly log: (line: string) => void,
  ) {}

  /** Opens what stands for one server of RDS. */
  async open(tls: { certificate: string; key: string }, instanceClass: string): Promise<DatabaseServer> {
    const { access, id, users } = this.prepared;
    this.#session ??= connectTo(access, { application_name: applicationOf(id), keepAlive: true });
    await this.#session;
    this.#masters += 1;
    const master = masterUser(id, this.#masters, users);
    const secureContext = createSecureContext({ cert: tls.certificate, key: tls.key });
    return new PartOfServer(this.prepared, { master, secureContext, instanceClass }, this.log);
  }

  /** What a person should know of a database in it. */
  facts(instanceClass: string): ExternalFacts {
    const { access, maxConnections: shared, trusts } = this.prepared;
    return { place: placeOf(access), connections: { shared, asked: maxConnections(instanceClass) }, trusts };
  }

  /** After its databases were removed. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.end().catch(() => {});
  }
}

interface Part {
  master: MasterUser;
  secureContext: SecureContext;
  instanceClass: string;
}

/** A master user in the server, with databases of its own. A client of it reaches no other databases. */
class PartOfServer extends DatabaseServer {
  readonly #databases = new Set<string>();
  #username = "";
  #instanceClass: string;

  constructor(
    private readonly prepared: PreparedServer,
    private readonly part: Part,
    private readonly log: (line: string) => void,
  ) {
    super();
    this.#instanceClass = part.instanceClass;
  }

  async version(): Promise<string> {
    return this.prepared.version;
  }

  /** Its name in the server is another one: that of the settings is often somebody else's there. */
  async createMaster({ username, password }: Login): Promise<void> {
    this.#username = username;
    await this.asAdmin((admin) => createMasterUser(admin, this.part.master, password));
  }

  async createDatabase(database: string): Promise<void> {
    await this.asAdmin(async (admin) => {
      // What others put into template1 is not in a new database of RDS.
      await admin.query(
        `CREATE DATABASE ${escapeIdentifier(database)} OWNER ${escapeIdentifier(this.part.master.role)} TEMPLATE template0 ENCODING 'UTF8' CONNECTION LIMIT ${maxConnections(this.#instanceClass)}`,
      );
    });
    this.#databases.add(database);
  }

  async changeClass(instanceClass: string): Promise<void> {
    this.#instanceClass = instanceClass;
    this.cut();
    await this.#limit(maxConnections(instanceClass));
  }

  /** The server itself goes on, for others. */
  async crash(): Promise<void> {
    this.cut();
  }

  async recover(): Promise<void> {}

  /** By the databases' limits: whoever else uses the server keeps its connections. */
  async useUpConnections(): Promise<() => Promise<void>> {
    await this.#limit(0);
    return () => this.#limit(maxConnections(this.#instanceClass));
  }

  accept(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    const { master, secureContext } = this.part;
    void acceptClient(socket, {
      secureContext,
      server: this.prepared.access,
      userOf: (name) => (name === this.#username ? master.role : name),
      has: (database) => this.#databases.has(database),
    }).then(
      (session) => {
        if (!session) socket.end();
        else {
          this.join(session.client, session.remote);
          // The end of TLS is not that of the connection below it.
          session.client.once("close", () => socket.destroy());
        }
      },
      () => socket.destroy(),
    );
  }

  async remove(): Promise<void> {
    this.cut();
    try {
      await this.asAdmin((admin) => dropMasterUser(admin, this.part.master));
    } catch (error) {
      const place = placeOf(this.prepared.access);
      this.log(`databases stay at ${place} (${(error as Error).message}): the next rehearsal with it removes them`);
    }
  }

  protected connect(database = this.prepared.access.database): Promise<Client> {
    return connectTo({ ...this.prepared.access, database });
  }

  async #limit(connections: number): Promise<void> {
    await this.asAdmin(async (admin) => {
      for (const database of this.#databases)
        await admin.query(`ALTER DATABASE ${escapeIdentifier(database)} CONNECTION LIMIT ${connections}`);
    });
  }
}
