/** How many name servers a hosted zone has, as on Route 53. */
const NAME_SERVERS = 4;
/** Nodes of load balancers: two each, on two pairs of load balancers at the most. */
export const LOAD_BALANCER_NODES = 8;

/**
 * The loopback addresses of one cloud, under a prefix of its own (`127.20`): name servers on `.0.2` and following,
 * load balancer nodes on `.1.1` and following. Linux serves all of 127.0.0.0/8; macOS needs each one as an alias.
 */
export class Addresses {
  #nodes = 0;

  constructor(readonly prefix: string) {}

  get nameServers(): string[] {
    return Array.from({ length: NAME_SERVERS }, (_, index) => `${this.prefix}.0.${index + 2}`);
  }

  allocateNode = (): string => {
    this.#nodes++;
    return this.#node(this.#nodes);
  };

  /** What macOS must be told before the cloud starts. */
  get aliasCommands(): string[] {
    const nodes = Array.from({ length: LOAD_BALANCER_NODES }, (_, index) => this.#node(index + 1));
    return [...this.nameServers, ...nodes].map((address) => `sudo ifconfig lo0 alias ${address}`);
  }

  #node(number: number): string {
    return `${this.prefix}.${1 + Math.floor((number - 1) / 250)}.${((number - 1) % 250) + 1}`;
  }
}
