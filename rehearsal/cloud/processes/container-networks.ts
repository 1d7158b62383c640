import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import { DockerNamespaces, type HeldNamespace } from "./docker-namespaces";

/** The program that opens the listening sockets. */
const LISTENER = join(__dirname, "listen-inside.cjs");
/**
 * First two numbers of the containers' addresses. The range is for tests of networks, so that no network that this
 * machine is in has it (RFC 2544).
 */
const RANGE = "198.18";
/** The address of this machine as containers see it; containers have those from 2 on. */
const HOST_NUMBER = 1;
const LAST_NUMBER = 239;
/** Addresses from this one on are those of servers that containers reach directly. */
const FIRST_SERVER = 240;
const LAST_SERVER = 254;
/** The group of the interfaces of this machine that lead to this process's containers, so that they end in one moment. */
const GROUP = String(process.pid);

/** Takes connections that a container opens to a port of its own 127.0.0.1. */
type Accept = (socket: Socket) => void;

/** The network of one container, as bridge mode gives it: a loopback of its own, and one address (aws-rules C33). */
export interface ContainerNetwork {
  /** The address on which load balancers reach the container. */
  readonly address: string;
  /** The port of the container's own 127.0.0.1 at which the cloud's API answers. */
  readonly apiPort: number;
  /** The port of the container's own 127.0.0.1 at which `acceptProxy` gets the connections. */
  readonly proxyPort: number;
  /** A command that runs the command behind it in this network. */
  readonly enter: readonly string[];
  /** What `docker run --network` takes for a container that is to be in it; undefined for one that only processes enter. */
  readonly dockerNetwork: string | undefined;
  acceptProxy: Accept;
  /** Gives it back; another container may have it then. Every process in it has ended. */
  release(): void;
}

export interface ContainerNetworksOptions {
  /** The third number of the addresses, 0 to 255, which no other cloud of this machine uses. */
  number: number;
}

/** The cloud's API: each container's 127.0.0.1 has it at the same port as this machine. */
export interface ApiEndpoint {
  port: number;
  accept: Accept;
}

interface Kept extends ContainerNetwork {
  servers: Server[];
  namespace: number;
}

/**
 * Network namespaces of containers. Each is connected with this machine by a pair of virtual interfaces, so that a
 * request to a container costs no relay. A container reaches nothing but the cloud's API and its own proxy, whose
 * listening sockets are in its namespace, and the servers that have an address of `addServerAddress`.
 *
 * A namespace is used again after its container has ended. The kernel keeps it for a minute longer than its last process
 * when a connection in it was not closed in order, so its interface on this machine is deleted: the route to it would
 * come before that of the next container with the same address.
 */
export class ContainerNetworks {
  readonly #number: number;
  readonly #free: Kept[] = [];
  readonly #docker = new Map<string, DockerNamespaces>();
  readonly #all = new Set<Kept>();
  #next = HOST_NUMBER;
  #nextServer = FIRST_SERVER;
  #links = 0;
  #cleaned: Promise<void> | null = null;
  readonly #serverAddresses: string[] = [];

  constructor({ number }: ContainerNetworksOptions) {
    this.#number = number;
  }

  /** Whether this machine lets this process make such networks; it takes root and iproute2. */
  static async isAllowed(): Promise<boolean> {
    if (process.getuid?.() !== 0) return false;
    // The pair of interfaces ends with the namespace, which ends with the command.
    const { failed } = await execa("unshare", ["--net", "ip", "-batch", "-"], {
      input: inside({ name: `ao-${process.pid}`, address: `${RANGE}.0.2`, host: `${RANGE}.0.1` }),
      reject: false,
    });
    return !failed;
  }

  /**
   * @param dockerEndpoint where the Docker is whose container is to be in it; undefined for a process
   * @throws Error with what the system refused
   */
  async take(api: ApiEndpoint, dockerEndpoint?: string): Promise<ContainerNetwork> {
    const isOfDocker = dockerEndpoint !== undefined;
    const free = this.#free.findLastIndex(({ dockerNetwork }) => (dockerNetwork !== undefined) === isOfDocker);
    if (free >= 0) return this.#free.splice(free, 1)[0]!;
    return this.#create(api, isOfDocker ? await this.#dockerAt(dockerEndpoint).hold() : undefined);
  }

  /**
   * Connects two containers, as Docker's bridge does: each reaches all ports of the other at its address (aws-rules C43).
   * Returns what ends the connection.
   */
  async connect(one: ContainerNetwork, other: ContainerNetwork): Promise<() => Promise<void>> {
    const name = `link${this.#links}`;
    this.#links += 1;
    const namespace = [...this.#all].find(({ address }) => address === other.address)!.namespace;
    const end = (address: string, peer: string) => [
      `link set ${name} addrgenmode none`,
      `addr add ${address}/32 peer ${peer}/32 dev ${name}`,
      `link set ${name} up`,
    ];
    const pair = `link add ${name} type veth peer name ${name} netns /proc/${process.pid}/fd/${namespace}`;
    await within(one, [pair, ...end(one.address, other.address)]);
    await within(other, end(other.address, one.address));
    return () => within(one, [`link delete ${name}`]);
  }

  /**
   * Gives this machine one more address, which all containers reach: a server that listens there sees who connects.
   * @throws Error with what the system refused
   */
  async addServerAddress(): Promise<string> {
    if (this.#nextServer > LAST_SERVER)
      throw new Error(`a rehearsal has ${LAST_SERVER - FIRST_SERVER + 1} databases at most`);
    const address = `${RANGE}.${this.#number}.${this.#nextServer}`;
    this.#nextServer += 1;
    // It stays when this process is killed, and is there for the next cloud then.
    await execa("ip", ["addr", "replace", `${address}/32`, "dev", "lo"]);
    this.#serverAddresses.push(address);
    return address;
  }

  /** Closes every listening socket and deletes the interfaces. The namespaces end with their last process. */
  close(): void {
    for (const { servers, namespace } of this.#all) {
      for (const server of servers) server.close();
      closeSync(namespace);
    }
    this.#all.clear();
    this.#free.length = 0;
    for (const docker of this.#docker.values()) docker.close();
    if (this.#cleaned) execaSync("ip", ["link", "delete", "group", GROUP], { reject: false });
    for (const address of this.#serverAddresses)
      execaSync("ip", ["addr", "del", `${address}/32`, "dev", "lo"], { reject: false });
  }

  #dockerAt(endpoint: string): DockerNamespaces {
    const docker = this.#docker.get(endpoint) ?? new DockerNamespaces(endpoint);
    this.#docker.set(endpoint, docker);
    return docker;
  }

  /** @param held the namespace that it is to have; undefined for a new one */
  async #create(api: ApiEndpoint, held: HeldNamespace | undefined): Promise<ContainerNetwork> {
    // A cloud that was killed may have left interfaces of this number, which no other running cloud has.
    this.#cleaned ??= deleteInterfaces(`ao${this.#number}-`);
    await this.#cleaned;
    if (this.#next === LAST_NUMBER)
      throw new Error(`a rehearsal has ${LAST_NUMBER - HOST_NUMBER} tasks at most at once`);
    this.#next += 1;
    const name = `ao${this.#number}-${process.pid % 100_000}-${this.#next}`;
    const address = `${RANGE}.${this.#number}.${this.#next}`;
    const host = `${RANGE}.${this.#number}.${HOST_NUMBER}`;
    const servers = `${RANGE}.${this.#number}.${FIRST_SERVER}/28`;
    const child = spawn(
      held ? "nsenter" : "unshare",
      [
        ...[held ? `--net=/proc/${held.pid}/ns/net` : "--net", "sh", "-c"],
        // As Docker does, so that a program without root may listen on port 80.
        `ip -batch - && { echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start; } 2>/dev/null; exec "$0" "$@"`,
        ...[process.execPath, LISTENER, String(api.port), "0"],
      ],
      { stdio: ["pipe", "ignore", "pipe", "ipc"] },
    );
    child.stdin!.end(inside({ name, address, host }, servers));
    try {
      const [apiServer, proxyServer] = await listeningServers(child, 2);
      await execa("ip", ["-batch", "-"], { input: outside({ name, address, host }) });
      const namespace = openSync(`/proc/${child.pid}/ns/net`, "r");
      const network: Kept = {
        address,
        apiPort: api.port,
        proxyPort: proxyServer!.port,
        dockerNetwork: held?.network,
        enter: ["nsenter", `--net=/proc/${process.pid}/fd/${namespace}`, "--"],
        acceptProxy: refuse,
        release: () => {
          network.acceptProxy = refuse;
          if (this.#all.has(network)) this.#free.push(network);
        },
        servers: [apiServer!.server, proxyServer!.server],
        namespace,
      };
      apiServer!.server.on("connection", api.accept);
      proxyServer!.server.on("connection", (socket) => network.acceptProxy(socket));
      this.#all.add(network);
      return network;
    } finally {
      if (child.connected) child.disconnect();
    }
  }
}

/** Deletes the interfaces of this machine whose names begin so. */
async function deleteInterfaces(prefix: string): Promise<void> {
  const { stdout } = await execa("ip", ["-json", "link", "show", "type", "veth"]);
  const links = JSON.parse(stdout || "[]") as { ifname: string }[];
  const deletions = links.flatMap(({ ifname }) => (ifname.startsWith(prefix) ? [`link delete ${ifname}`] : []));
  // `ip` fails for an interface that the kernel has deleted since it was listed, which is what is wanted.
  await execa("ip", ["-force", "-batch", "-"], { input: deletions.join("\n"), reject: false });
}

/** Lets `ip` do this in a container's network. */
async function within({ enter }: ContainerNetwork, commands: readonly string[]): Promise<void> {
  const [program = "", ...parameters] = enter;
  await execa(program, [...parameters, "ip", "-batch", "-"], { input: `${commands.join("\n")}\n` });
}

interface Link {
  /** Name of the interface on this machine; 15 characters at most. */
  name: string;
  address: string;
  host: string;
}

/** What `ip` does in the new namespace, which reaches the network of servers, too. The pair of interfaces begins there, and one of them moves to this process's. */
function inside({ name, address, host }: Link, servers?: string): string {
  return [
    "link set lo up",
    `link add eth0 type veth peer name ${name} netns ${process.pid}`,
    "link set eth0 addrgenmode none",
    `addr add ${address}/32 peer ${host}/32 dev eth0`,
    "link set eth0 up",
    ...(servers === undefined ? [] : [`route add ${servers} dev eth0`]),
    "",
  ].join("\n");
}

function outside({ name, address, host }: Link): string {
  return [
    `link set ${name} group ${GROUP}`,
    `link set ${name} addrgenmode none`,
    `addr add ${host}/32 peer ${address}/32 dev ${name}`,
    `link set ${name} up`,
    "",
  ].join("\n");
}

/** @throws Error with what the process or the system refused */
function listeningServers(child: ChildProcess, count: number): Promise<Listening[]> {
  return new Promise((resolve, reject) => {
    const servers: Listening[] = [];
    let errors = "";
    const fail = (reason: string) => reject(new Error(`no network for a container: ${reason}`));
    child.stderr!.on("data", (chunk) => {
      errors += chunk;
    });
    child.once("error", ({ message }) => fail(message));
    child.once("close", () => fail(errors.trim()));
    child.on("message", (said: Said, server) => {
      if ("failed" in said) return fail(said.failed);
      servers[said.index] = { port: said.port, server: server as Server };
      if (Object.keys(servers).length === count) resolve(servers);
    });
  });
}

interface Listening {
  port: number;
  server: Server;
}

type Said = { index: number; port: number } | { failed: string };

const refuse: Accept = (socket) => socket.destroy();
