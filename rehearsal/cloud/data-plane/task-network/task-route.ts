import { isIP } from "node:net";
import { normalName } from "../../kernel/dns-name";
import type {
  LoadBalancerNode,
  LoadBalancerNodes,
  PrivateZones,
  TaskPlace,
  TaskReachability,
  VpcDns,
} from "../../kernel/ports";
import type { Place } from "../egress/forward-proxy";
import { Unreachable } from "../egress/unreachable";

export interface TaskRouteParts {
  zones: PrivateZones;
  resolver: VpcDns;
  nodes: LoadBalancerNodes;
  network: TaskReachability;
  /** Where connections from inside a VPC come from. */
  insideAddress: string;
  portOffset: number;
}

/** The way of one task's packets: names as its VPC resolves them, then security groups and routes. */
export class TaskRoute {
  readonly #task: TaskPlace;
  readonly #parts: TaskRouteParts;

  constructor(task: TaskPlace, parts: TaskRouteParts) {
    this.#task = task;
    this.#parts = parts;
  }

  /**
   * @param port as on AWS
   * @throws Unreachable with the reason, and the setting that would open the way if there is one
   */
  to(host: string, port: number): Place {
    const { nodes, insideAddress, portOffset } = this.#parts;
    const address = this.#addressOf(host);
    const node = nodes.at(address);
    if (!node) {
      const place = host === address ? host : `${host}, at ${address},`;
      throw new Unreachable(
        403,
        `${place} is no load balancer's address; a task of a rehearsal reaches nothing else${this.#reachHint(address, port)}`,
      );
    }
    if (node.internal) this.#passInside(host, port, node);
    else this.#passInternet(host, port, node);
    return { address, port: port + portOffset, from: insideAddress };
  }

  #addressOf(host: string): string {
    const literal = host.replace(/^\[(.*)\]$/, "$1");
    if (isIP(literal)) return literal;
    const name = normalName(host);
    const { vpcId } = this.#task;
    const found = this.#parts.resolver.resolve(vpcId, name);
    switch (found.kind) {
      case "addresses":
        return found.addresses[Math.floor(Math.random() * found.addresses.length)]!;
      case "noSuchName":
        throw new Unreachable(502, `${host} does not exist (NXDOMAIN) in ${this.#zoneWords(name)}${this.#hint(name)}`);
      case "noAddress":
        throw new Unreachable(502, `${host} has no address (no A record) in ${this.#zoneWords(name)}`);
      case "refused":
        throw new Unreachable(403, outside(host));
    }
  }

  /** An internal load balancer: the groups of both sides decide. */
  #passInside(host: string, port: number, { vpcId, loadBalancer, securityGroupIds }: LoadBalancerNode): void {
    const caller = this.#caller;
    const callee = this.#calleeOf(normalName(host)) ?? loadBalancer;
    if (vpcId !== this.#task.vpcId) {
      throw new Unreachable(403, `${caller} is not in VPC ${vpcId}, and nothing outside it reaches ${callee}`);
    }
    const blockedBy = this.#parts.network.blockedBy(this.#task.securityGroupIds, securityGroupIds, port);
    if (blockedBy === undefined) return;
    const reason =
      blockedBy === "receiver"
        ? `${callee} refuses ${caller}: no security group lets it in on port ${port}`
        : `${caller} cannot call ${callee}: no security group of its own lets it out on port ${port}`;
    throw new Unreachable(403, `${reason}${this.#hint(normalName(host))}`);
  }

  /** A public load balancer is behind the internet, for its own VPC too. */
  #passInternet(host: string, port: number, node: LoadBalancerNode): void {
    const { subnetId, securityGroupIds } = this.#task;
    const way = this.#parts.network.reachesInternet(subnetId, securityGroupIds, port);
    if (!way.ok) throw new Unreachable(403, `${this.#caller} cannot reach ${host}: ${way.reason}`);
    const closed = node.closedToInternet(port);
    if (closed !== undefined) throw new Unreachable(403, `${this.#caller} cannot reach ${host}: ${closed}`);
  }

  get #caller(): string {
    return this.#task.service ?? `task ${this.#task.taskId}`;
  }

  /** The service behind a name of a private zone, whose first label it is; a test name ends with `-test`. */
  #calleeOf(name: string): string | undefined {
    const zone = this.#parts.zones.privateZoneOf(this.#task.vpcId, name);
    if (!zone || name === zone.name) return undefined;
    return name.slice(0, name.indexOf(".")).replace(/-test$/, "");
  }

  #hint(name: string): string {
    const { service } = this.#task;
    const callee = this.#calleeOf(name);
    if (callee === undefined || service === undefined) return "";
    return `; add "calls: [${callee}]" to aoshingo:services.${service}`;
  }

  /** What would be in the way on AWS, where there may be a database. */
  #reachHint(address: string, port: number): string {
    const { securityGroupIds, service } = this.#task;
    if (service === undefined || this.#parts.network.letsOut(securityGroupIds, address, port)) return "";
    return `, and on AWS no security group would let ${service} out to it on port ${port}: add "egress: [{ port: ${port}, cidr: ${address}/32 }]" to aoshingo:services.${service}`;
  }

  #zoneWords(name: string): string {
    const zone = this.#parts.zones.privateZoneOf(this.#task.vpcId, name);
    return zone ? `the private hosted zone ${zone.name}` : "the cloud's hosted zones";
  }
}

function outside(host: string): string {
  if (host.endsWith(".amazonaws.com")) {
    return `${host} is AWS itself; here its interfaces are at AWS_ENDPOINT_URL, where the SDKs look by themselves`;
  }
  return `${host} is outside the cloud's hosted zones; a rehearsal never leaves this machine`;
}
