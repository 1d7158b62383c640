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

/** Finds the route of one task's connections: its VPC resolves the name, then security groups and routes decide. */
export class TaskRoute {
  readonly #task: TaskPlace;
  readonly #parts: TaskRouteParts;

  constructor(task: TaskPlace, parts: TaskRouteParts) {
    this.#task = task;
    this.#parts = parts;
  }

  /**
   * @param port the AWS port
   * @throws Unreachable with the reason and, if there is one, the setting that would allow the connection
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
    if (node.internal) this.#checkInternal(host, port, node);
    else this.#checkInternet(host, port, node);
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
        throw new Unreachable(
          502,
          `${host} does not exist (NXDOMAIN) in ${this.#describeZone(name)}${this.#hint(name)}`,
        );
      case "noAddress":
        throw new Unreachable(502, `${host} has no address (no A record) in ${this.#describeZone(name)}`);
      case "refused":
        throw new Unreachable(403, outside(host));
    }
  }

  /** Checks a call to an internal load balancer: the security groups of both sides decide. */
  #checkInternal(host: string, port: number, { vpcId, loadBalancer, securityGroupIds }: LoadBalancerNode): void {
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

  /** Checks a call to a public load balancer, which goes through the internet even from its own VPC. */
  #checkInternet(host: string, port: number, node: LoadBalancerNode): void {
    const { subnetId, securityGroupIds } = this.#task;
    const route = this.#parts.network.reachesInternet(subnetId, securityGroupIds, port);
    if (!route.ok) throw new Unreachable(403, `${this.#caller} cannot reach ${host}: ${route.reason}`);
    const closed = node.closedToInternet(port);
    if (closed !== undefined) throw new Unreachable(403, `${this.#caller} cannot reach ${host}: ${closed}`);
  }

  get #caller(): string {
    return this.#task.service ?? `task ${this.#task.taskId}`;
  }

  /**
   * Returns the service that a name of a private zone stands for: its first label, without the `-test` of a test name.
   */
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

  /**
   * Returns a hint if security groups would block the connection on AWS, where there may be a database at the address.
   */
  #reachHint(address: string, port: number): string {
    const { securityGroupIds, service } = this.#task;
    if (service === undefined || this.#parts.network.letsOut(securityGroupIds, address, port)) return "";
    return `, and on AWS no security group would let ${service} out to it on port ${port}: add "egress: [{ port: ${port}, cidr: ${address}/32 }]" to aoshingo:services.${service}`;
  }

  #describeZone(name: string): string {
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
