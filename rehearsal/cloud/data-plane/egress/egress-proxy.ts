import { isIP } from "node:net";
import type { LoadBalancerNodes } from "../../kernel/ports";
import { type ForwardProxy, type Place, startForwardProxy } from "./forward-proxy";
import { CloudNames, isLoopback, type NameServerAddress } from "./resolve";
import { Unreachable } from "./unreachable";

/** The AWS ports of load balancers that people and scripts write; only these are moved by the port offset. */
const MAPPED_PORTS = new Set([80, 443]);

export interface EgressProxySettings {
  address: string;
  /** 0 takes a free one. */
  port: number;
  /** The public ones. */
  nameServers: NameServerAddress[];
  /** What the internet reaches of them. */
  nodes: LoadBalancerNodes;
  portOffset: number;
}

/**
 * Starts an HTTP forward proxy through which any program on this machine reaches the cloud as the internet does, under its production names and
 * ports: with HTTPS_PROXY and HTTP_PROXY set to its `url`. Whatever lies outside the cloud's public hosted zones or this machine, or inside a VPC,
 * is refused with 403, whatever is missing with 502, each with one line that says why.
 * @throws Error with one line for a person when the address or port cannot be bound
 */
export async function startEgressProxy(settings: EgressProxySettings): Promise<ForwardProxy> {
  const { address, port, nameServers, nodes, portOffset } = settings;
  const names = new CloudNames(nameServers);
  return startForwardProxy({
    who: "The egress proxy",
    address,
    port,
    async route(host: string, wanted: number): Promise<Place> {
      const literal = host === "localhost" ? "127.0.0.1" : host.replace(/^\[(.*)\]$/, "$1");
      const isAddress = isIP(literal) !== 0;
      if (isAddress && !isLoopback(literal)) {
        throw new Unreachable(403, `${host} is outside this machine; a rehearsal never leaves it`);
      }
      const place = {
        address: isAddress ? literal : await names.addressOf(host),
        port: MAPPED_PORTS.has(wanted) && !isAddress ? wanted + portOffset : wanted,
      };
      const closed = nodes.at(place.address)?.closedToInternet(place.port - portOffset);
      if (closed !== undefined) throw new Unreachable(403, `${host} cannot be reached from the internet: ${closed}`);
      return place;
    },
  });
}
