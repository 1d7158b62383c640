import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Certificates } from "../../../kernel/ports";
import type { ElbArns } from "./arns";
import { listenersOf } from "./associations";
import type { DataPlanes } from "./data-planes";
import { canonicalHostedZoneId } from "./hosted-zone-ids";
import type { LoadBalancerInterfaces, LoadBalancerNetwork } from "./load-balancer-interfaces";
import { checkLoadBalancerSettings, FREE_ADDRESSES, type MayDeliverLogs, noSpace } from "./load-balancer-settings";
import { checkName } from "./resource-names";
import type { ElbState, LoadBalancerSettings, LoadBalancerState, NodeState } from "./state";
import type { Targets } from "./targets";

/**
 * The range of AWS seconds from CreateLoadBalancer to `active` (E8). AWS takes two minutes or more. A rehearsal takes
 * less, because none of its results depend on it.
 */
const PROVISIONING_SECONDS = { min: 15, max: 20 };
/** Quota per Region; AWS raises it on request (E12). */
const MAX_LOAD_BALANCERS = 50;

export interface LoadBalancerInput {
  name: string;
  internal: boolean;
  settings: LoadBalancerSettings;
}

export interface LoadBalancersParts {
  state: ElbState;
  arns: ElbArns;
  dataPlanes: DataPlanes;
  targets: Targets;
  network: LoadBalancerNetwork;
  interfaces: LoadBalancerInterfaces;
  certificates: Certificates;
  mayDeliverLogs: MayDeliverLogs;
  /** Returns a loopback address that nothing else uses. */
  allocateAddress: () => string;
  /** True if the account may not create load balancers until it has asked (E47). Default: false. */
  newAccount?: boolean | undefined;
  onFirstUse?: (() => void) | undefined;
}

/** ELB's operations on load balancers. */
export class LoadBalancers {
  readonly #context: CloudContext;
  readonly #parts: LoadBalancersParts;
  #mayCreate: boolean;

  constructor(context: CloudContext, parts: LoadBalancersParts) {
    this.#context = context;
    this.#parts = parts;
    this.#mayCreate = !parts.newAccount;
  }

  /**
   * Creates a load balancer. Resolves when it is `active`, which the provider waits for (E8).
   * @throws AwsError ValidationError, DuplicateLoadBalancerName, TooManyLoadBalancers, InvalidSubnet,
   *   InvalidConfigurationRequest
   */
  async create({ name, internal, settings }: LoadBalancerInput): Promise<LoadBalancerState> {
    checkName("Load balancer", name);
    this.#checkAccount();
    this.#checkFree(name);
    const subnets = this.#checked(settings);
    this.#checkSpace(subnets.map((subnet) => subnet.id));
    const { state, arns, dataPlanes, interfaces } = this.#parts;
    const { region, random, clock } = this.#context;
    const label = `${name}-${random.integer(100_000_000, 2_147_483_647)}`.toLowerCase();
    const loadBalancer: LoadBalancerState = {
      arn: arns.loadBalancer(name),
      name,
      internal,
      dnsName: `${internal ? "internal-" : ""}${label}.${region}.elb.amazonaws.com`,
      zoneId: canonicalHostedZoneId(region),
      vpcId: subnets[0]?.vpcId ?? "",
      state: "provisioning",
      createdAtMs: Date.now(),
      settings,
      nodes: this.#nodes(subnets, []),
    };
    interfaces.attach(loadBalancer);
    state.loadBalancers.set(loadBalancer.arn, loadBalancer);
    try {
      const provisioningSeconds = random.between(PROVISIONING_SECONDS.min, PROVISIONING_SECONDS.max);
      await Promise.all([dataPlanes.start(loadBalancer), clock.sleep(provisioningSeconds)]);
    } catch (error) {
      state.loadBalancers.delete(loadBalancer.arn);
      interfaces.release(loadBalancer.nodes);
      throw error;
    }
    loadBalancer.state = "active";
    return loadBalancer;
  }

  /**
   * Replaces the settings of a load balancer. A node whose subnet stays is kept.
   * @throws AwsError LoadBalancerNotFound, and as `create`
   */
  async modify(arn: string, settings: LoadBalancerSettings): Promise<LoadBalancerState> {
    const loadBalancer = this.get(arn);
    const subnets = this.#checked(settings);
    const kept = loadBalancer.nodes.map(({ subnetId }) => subnetId);
    this.#checkSpace(subnets.map(({ id }) => id).filter((id) => !kept.includes(id)));
    const nodes = this.#nodes(subnets, loadBalancer.nodes);
    this.#parts.interfaces.attach({ ...loadBalancer, settings, nodes });
    this.#parts.interfaces.release(loadBalancer.nodes.filter((old) => !nodes.includes(old)));
    Object.assign(loadBalancer, { settings, nodes });
    this.#parts.targets.reassess();
    await this.#parts.dataPlanes.push(arn);
    return loadBalancer;
  }

  /**
   * Deletes the load balancer with its listeners and rules, but not its target groups (E10). Resolves when its process
   * has ended.
   * @throws AwsError LoadBalancerNotFound, OperationNotPermitted while deletion protection is on
   */
  async delete(arn: string): Promise<void> {
    const { settings, nodes } = this.get(arn);
    if (settings.deletionProtection) {
      throw new AwsError(
        "OperationNotPermitted",
        `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
      );
    }
    const { state, dataPlanes, targets, certificates, interfaces } = this.#parts;
    for (const listener of listenersOf(state, arn)) {
      if (listener.certificateArn !== null) certificates.setInUse(listener.certificateArn, arn, false);
      for (const rule of state.rules.values()) if (rule.listenerArn === listener.arn) state.rules.delete(rule.arn);
      state.listeners.delete(listener.arn);
    }
    state.loadBalancers.delete(arn);
    targets.reassess();
    interfaces.release(nodes);
    await dataPlanes.stop(arn);
  }

  /**
   * Gives the load balancer a new node for each that it has. DNS leads to the new ones from now on; the old ones go on
   * until `removeNodes` (E41).
   * @returns the old ones
   */
  addNodes(arn: string): NodeState[] {
    const loadBalancer = this.get(arn);
    const old = loadBalancer.nodes.filter(({ leaving }) => !leaving);
    const added = old.map(({ zone, subnetId }) => this.#newNode(zone, subnetId));
    this.#parts.interfaces.attach({ ...loadBalancer, nodes: added });
    for (const node of old) node.leaving = true;
    loadBalancer.nodes = [...added, ...loadBalancer.nodes];
    this.#parts.dataPlanes.send(arn);
    return old;
  }

  /** Removes nodes that are leaving. Does nothing for a load balancer that was deleted. */
  removeNodes(arn: string, nodes: readonly NodeState[]): void {
    const loadBalancer = this.find(arn);
    if (!loadBalancer) return;
    loadBalancer.nodes = loadBalancer.nodes.filter((node) => !nodes.includes(node));
    this.#parts.interfaces.release(nodes);
    this.#parts.dataPlanes.send(arn);
  }

  find(arn: string): LoadBalancerState | undefined {
    return this.#parts.state.loadBalancers.get(arn);
  }

  /** @throws AwsError LoadBalancerNotFound */
  get(arn: string): LoadBalancerState {
    return orNotFound(this.find(arn), "LoadBalancerNotFound", "One or more load balancers not found");
  }

  /**
   * Refuses the first load balancer of a new account. Support enables the account when somebody asks; in a rehearsal
   * the refused attempt counts as that case, and the next one succeeds.
   */
  #checkAccount(): void {
    if (this.#mayCreate) {
      this.#parts.onFirstUse?.();
      return;
    }
    this.#mayCreate = true;
    throw new AwsError(
      "OperationNotPermitted",
      "This AWS account currently does not support creating load balancers. For more information, please contact AWS Support.",
    );
  }

  #checkFree(name: string): void {
    const others = [...this.#parts.state.loadBalancers.values()];
    if (others.some((other) => other.name === name)) {
      throw new AwsError(
        "DuplicateLoadBalancerName",
        `A load balancer with the same name '${name}' exists, but with different settings`,
      );
    }
    if (others.length >= MAX_LOAD_BALANCERS) {
      throw new AwsError("TooManyLoadBalancers", "You've reached the limit on the number of load balancers");
    }
  }

  close(): void {
    this.#parts.interfaces.close();
  }

  #checked(settings: LoadBalancerSettings) {
    return checkLoadBalancerSettings(settings, this.#parts.network, this.#parts.mayDeliverLogs);
  }

  /** @throws AwsError InvalidSubnet if a subnet has too few free addresses (E6) */
  #checkSpace(subnetIds: string[]): void {
    const full = subnetIds.find((id) => this.#parts.network.freeAddresses(id) < FREE_ADDRESSES);
    if (full) throw noSpace(full);
  }

  #nodes(subnets: { id: string; availabilityZone: string }[], old: NodeState[]): NodeState[] {
    const stay = old.filter(({ leaving }) => !leaving);
    const nodes = subnets.map(
      ({ id, availabilityZone: zone }) => stay.find((node) => node.subnetId === id) ?? this.#newNode(zone, id),
    );
    return [...nodes, ...old.filter(({ leaving }) => leaving)];
  }

  #newNode(zone: string, subnetId: string): NodeState {
    return { zone, subnetId, address: this.#parts.allocateAddress(), leaving: false, interfaceId: null };
  }
}
