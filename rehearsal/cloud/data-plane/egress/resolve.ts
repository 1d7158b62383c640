import { Resolver } from "node:dns/promises";
import { Unreachable } from "./unreachable";

/** Time limit for one query in real milliseconds; the name servers are on this machine. */
const DNS_TIMEOUT_MS = 2000;

export interface NameServerAddress {
  address: string;
  port: number;
}

/**
 * Resolves names with the cloud's own name servers. It does not cache, and chooses a name server at random for each
 * query.
 */
export class CloudNames {
  readonly #resolvers: Resolver[];

  constructor(nameServers: NameServerAddress[]) {
    this.#resolvers = nameServers.map(({ address, port }) => {
      const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 });
      resolver.setServers([`${address}:${port}`]);
      return resolver;
    });
  }

  /**
   * Returns the loopback address of a name.
   * @throws Unreachable for a name outside the cloud's zones, one that does not exist, or an address outside this
   *   machine
   */
  async addressOf(name: string): Promise<string> {
    const resolver = this.#resolvers[Math.floor(Math.random() * this.#resolvers.length)];
    if (!resolver) throw new Unreachable(502, `${name} cannot be resolved: the egress proxy knows no name server`);
    const [address] = await resolver.resolve4(name).catch((error: NodeJS.ErrnoException) => {
      throw unresolved(name, error);
    });
    if (!address || !isLoopback(address)) {
      throw new Unreachable(403, `${name} is at ${address}, outside this machine; a rehearsal never leaves it`);
    }
    return address;
  }
}

export function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || address === "::1";
}

function unresolved(name: string, error: NodeJS.ErrnoException): Unreachable {
  switch (error.code) {
    case "EREFUSED":
      return new Unreachable(403, `${name} is outside the cloud's hosted zones; a rehearsal never leaves this machine`);
    case "ENOTFOUND":
      return new Unreachable(502, `${name} does not exist (NXDOMAIN) in the cloud's hosted zones`);
    case "ENODATA":
      return new Unreachable(502, `${name} has no address (no A record) in the cloud's hosted zones`);
    default:
      return new Unreachable(
        502,
        `${name} cannot be resolved: ${error.code ?? error.message} from the cloud's name servers`,
      );
  }
}
