import { isIP } from "node:net";
import type { CloudClock } from "../../kernel/clock";
import type { LoadBalancerNodes } from "../../kernel/ports";
import type { NameServerAddress } from "../dns/query";
import { type ForwardProxy, type Place, startForwardProxy } from "./forward-proxy";
import { CloudNames, isLoopback } from "./resolve";
import { Unreachable } from "./unreachable";

/**
 * The AWS ports of load balancers that people and scripts use; the port offset is added only to these, for names and
 * for the nodes' own addresses.
 */
const MAPPED_PORTS = new Set([80, 443]);

export interface EgressProxySettings {
  address: string;
  /** 0 means any free one. */
  port: number;
  /** The name servers of the public hosted zones. */
  nameServers: NameServerAddress[];
  /** Scales the time for which a missing name is remembered. */
  clock: CloudClock;
  /** The nodes of all load balancers, which say whether the internet reaches them. */
  nodes: LoadBalancerNodes;
  portOffset: number;
}

/**
 * Starts an HTTP forward proxy. A program on this machine that has HTTPS_PROXY and HTTP_PROXY set to its `url` reaches
 * the cloud as from the internet, with production's names and ports. The proxy refuses with 403 what is outside the
 * cloud's public hosted zones, outside this machine or inside a VPC, and with 502 what does not exist; one line says
 * why.
 * @throws Error with a message of one line when the address or port cannot be bound
 */
export async function startEgressProxy(settings: EgressProxySettings): Promise<ForwardProxy> {
  const { address, port, nameServers, clock, nodes, portOffset } = settings;
  const names = new CloudNames(nameServers, clock);
  return startForwardProxy({
    name: "The egress proxy",
    address,
    port,
    async route(host: string, wanted: number): Promise<Place> {
      const literal = host === "localhost" ? "127.0.0.1" : host.replace(/^\[(.*)\]$/, "$1");
      const isAddress = isIP(literal) !== 0;
      if (isAddress && !isLoopback(literal)) {
        throw new Unreachable(403, `${host} is outside this machine; a rehearsal never leaves it`);
      }
      const address = isAddress ? literal : await names.addressOf(host);
      const node = nodes.at(address);
      // Other addresses are servers of this machine, with their real ports.
      const isMapped = MAPPED_PORTS.has(wanted) && (!isAddress || node !== undefined);
      const place = { address, port: isMapped ? wanted + portOffset : wanted };
      const closed = node?.closedToInternet(place.port - portOffset);
      if (closed !== undefined) throw new Unreachable(403, `${host} cannot be reached from the internet: ${closed}`);
      return place;
    },
  });
}
