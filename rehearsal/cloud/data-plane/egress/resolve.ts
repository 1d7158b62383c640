import type { CloudClock } from "../../kernel/clock";
import { type NameServerAddress, type QueryResult, queryAddresses } from "../dns/query";
import { Unreachable } from "./unreachable";

/** Time limit for one query in real milliseconds; the name servers are on this machine. */
const DNS_TIMEOUT_MS = 2000;

/**
 * Resolves names with the cloud's own name servers, and chooses one at random for each query. Like every resolver it
 * remembers that a name is missing, up to the minimum in its zone's SOA record (aws-rules R12). It does not remember
 * addresses: many resolvers answer a deploy's checks, and this one stands for those that did not know the name yet.
 */
export class CloudNames {
  readonly #nameServers: readonly NameServerAddress[];
  readonly #clock: CloudClock;
  /** Names that are remembered as missing, each until a moment in milliseconds of `performance.now()`. */
  readonly #missing = new Map<string, { result: QueryResult; untilMs: number }>();

  constructor(nameServers: readonly NameServerAddress[], clock: CloudClock) {
    this.#nameServers = nameServers;
    this.#clock = clock;
  }

  /**
   * Returns the loopback address of a name.
   * @throws Unreachable for a name outside the cloud's zones, one that does not exist or was missing when it was asked
   *   for before, or an address outside this machine
   */
  async addressOf(name: string): Promise<string> {
    const server = this.#nameServers[Math.floor(Math.random() * this.#nameServers.length)];
    if (!server) throw new Unreachable(502, `${name} cannot be resolved: the egress proxy knows no name server`);
    const known = this.#missing.get(name.toLowerCase());
    const leftMs = known ? known.untilMs - performance.now() : 0;
    if (known && leftMs > 0) {
      const leftSeconds = Math.ceil((leftMs * this.#clock.speed) / 1000);
      throw unresolved(name, known.result, `; it was asked for too early, and that is remembered for ${leftSeconds} s`);
    }
    const result = await queryAddresses(server, name, DNS_TIMEOUT_MS);
    const [address] = result.addresses;
    if (address === undefined) {
      const untilMs = performance.now() + this.#clock.realMs(result.negativeTtlSeconds);
      this.#missing.set(name.toLowerCase(), { result, untilMs });
      throw unresolved(name, result, "");
    }
    if (!isLoopback(address)) {
      throw new Unreachable(403, `${name} is at ${address}, outside this machine; a rehearsal never leaves it`);
    }
    return address;
  }
}

export function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || address === "::1";
}

function unresolved(name: string, { code }: QueryResult, since: string): Unreachable {
  switch (code) {
    case "REFUSED":
      return new Unreachable(403, `${name} is outside the cloud's hosted zones; a rehearsal never leaves this machine`);
    case "NXDOMAIN":
      return new Unreachable(502, `${name} does not exist (NXDOMAIN) in the cloud's hosted zones${since}`);
    case "NOERROR":
      return new Unreachable(502, `${name} has no address (no A record) in the cloud's hosted zones${since}`);
    default:
      return new Unreachable(502, `${name} cannot be resolved: ${code} from the cloud's name servers`);
  }
}
