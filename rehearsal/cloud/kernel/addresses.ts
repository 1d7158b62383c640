import { UserError } from "../../../components/core/user-error";

/** Name servers of a hosted zone, as on Route 53. */
const NAME_SERVERS = 4;
/** Nodes that macOS needs an address for: two of each load balancer, public and internal, blue and green. */
const LOAD_BALANCER_NODES = 8;

/**
 * The loopback addresses of one cloud, under a prefix of its own (`127.20`): name servers from `.0.2` on, load
 * balancer nodes from `.1.1` on, and `.0.10`, the source of connections from inside the VPC. Linux serves all of
 * 127.0.0.0/8; macOS needs an alias for each address.
 */
export class Addresses {
  #nodes = 0;

  constructor(readonly prefix: string) {}

  get nameServers(): string[] {
    return Array.from({ length: NAME_SERVERS }, (_, index) => `${this.prefix}.0.${index + 2}`);
  }

  get inside(): string {
    return `${this.prefix}.0.10`;
  }

  allocateNode = (): string => {
    this.#nodes++;
    return this.#node(this.#nodes);
  };

  /**
   * Checks that this machine has the addresses. macOS has only 127.0.0.1 until aliases are added.
   * @param existing addresses that this machine has
   * @throws UserError with the command for each missing address
   */
  assertUsable(platform: NodeJS.Platform, existing: readonly string[]): void {
    if (platform !== "darwin") return;
    const nodes = Array.from({ length: LOAD_BALANCER_NODES }, (_, index) => this.#node(index + 1));
    const missing = [...this.nameServers, this.inside, ...nodes].filter((address) => !existing.includes(address));
    if (missing.length === 0) return;
    const commands = missing.map((address) => `sudo ifconfig lo0 alias ${address} up`);
    throw new UserError(
      `this machine lacks ${missing.length} loopback addresses; add them, once after each start of it:\n${commands.join("\n")}`,
      { exitCode: 1 },
    );
  }

  #node(number: number): string {
    return `${this.prefix}.${1 + Math.floor((number - 1) / 250)}.${((number - 1) % 250) + 1}`;
  }
}
