import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { DatabaseEndpoint, DatabaseEndpoints, ServerRoute, TaskPlace, TaskReachability } from "../../kernel/ports";

const LOCALHOST = "127.0.0.1";

/** Gives this machine an address that containers with networks of their own reach. */
interface ServerAddresses {
  addServerAddress(): Promise<string>;
}

export interface DatabaseListenersParts {
  databases: DatabaseEndpoints;
  network: TaskReachability;
  /** Undefined where containers share this machine's network. */
  addresses: ServerAddresses | undefined;
}

/** A task or a function that connects to a database. */
type Caller = Pick<TaskPlace, "vpcId" | "securityGroupIds" | "service" | "log">;

/**
 * Where clients in a VPC reach its databases. Security groups decide about each connection: who is not let in is cut off
 * and told why, where AWS would let the client wait.
 *
 * A container with a network of its own finds a database at an address of its own, with the real port. Other processes get a
 * port of 127.0.0.1 each, because that tells who connects.
 */
export class DatabaseListeners {
  readonly #parts: DatabaseListenersParts;
  readonly #servers = new Set<Server>();
  /** Addresses of this machine that stand for databases, by database. */
  readonly #addresses = new Map<DatabaseEndpoint, Promise<string>>();
  /** Containers by the address that their connections come from. */
  readonly #containers = new Map<string, Caller>();

  constructor(parts: DatabaseListenersParts) {
    this.#parts = parts;
  }

  /** Opens the databases of its VPC to a task. @returns what the task has to know, and what ends it */
  async open(task: TaskPlace): Promise<{
    hosts: [name: string, address: string][];
    routes: ServerRoute[];
    close(): Promise<void>;
  }> {
    const { network } = task;
    if (!network || !this.#parts.addresses) {
      const { routes, close } = await this.openLocally(task);
      return { hosts: [], routes, close };
    }
    this.#containers.set(network.address, task);
    const hosts = await Promise.all(
      this.#parts.databases
        .inVpc(task.vpcId)
        .map(async (database): Promise<[string, string]> => [database.host, await this.#addressOf(database)]),
    );
    return { hosts, routes: [], close: async () => void this.#containers.delete(network.address) };
  }

  /** The same for a process that shares this machine's network. */
  async openLocally(caller: Caller): Promise<{ routes: ServerRoute[]; close(): Promise<void> }> {
    const opened = await Promise.all(
      this.#parts.databases.inVpc(caller.vpcId).map(async (database) => {
        const server = await this.#listen({ host: LOCALHOST, port: 0 }, (socket) =>
          this.#connect(caller, database, socket),
        );
        const { port: localPort } = server.address() as AddressInfo;
        return { server, route: { host: database.host, port: database.port, localPort } };
      }),
    );
    return {
      routes: opened.map(({ route }) => route),
      close: async () => {
        for (const { server } of opened) this.#end(server);
      },
    };
  }

  close(): void {
    for (const server of this.#servers) this.#end(server);
  }

  #addressOf(database: DatabaseEndpoint): Promise<string> {
    let address = this.#addresses.get(database);
    if (!address) {
      address = this.#createAddress(database);
      this.#addresses.set(database, address);
    }
    return address;
  }

  async #createAddress(database: DatabaseEndpoint): Promise<string> {
    const host = await this.#parts.addresses!.addServerAddress();
    await this.#listen({ host, port: database.port }, (socket) => {
      const caller = this.#containers.get(socket.remoteAddress ?? "");
      if (caller) this.#connect(caller, database, socket);
      else socket.destroy();
    });
    return host;
  }

  async #listen(place: { host: string; port: number }, onConnection: (socket: Socket) => void): Promise<Server> {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      onConnection(socket);
    });
    server.listen(place);
    await once(server, "listening");
    this.#servers.add(server);
    return server;
  }

  #connect({ securityGroupIds, service, log }: Caller, database: DatabaseEndpoint, socket: Socket): void {
    const blockedBy = this.#blockedBy(securityGroupIds, database);
    if (blockedBy === undefined) {
      database.accept(socket);
      return;
    }
    const who = service ?? "it";
    const hint = service === undefined ? "" : `; add "uses: [${database.name}]" to aoshingo:services.${service}`;
    const why =
      blockedBy === "receiver"
        ? `the database ${database.name} refuses ${who}: no security group lets it in`
        : `${who} cannot connect to the database ${database.name}: no security group of its own lets it out`;
    log(`${why} on port ${database.port}${hint}`);
    socket.destroy();
  }

  #blockedBy(groupIds: string[], { address, securityGroupIds, port }: DatabaseEndpoint) {
    const { network } = this.#parts;
    if (address === undefined) return network.blockedBy(groupIds, securityGroupIds, port);
    return network.letsOut(groupIds, address, port) ? undefined : "sender";
  }

  #end(server: Server): void {
    this.#servers.delete(server);
    server.close();
  }
}
