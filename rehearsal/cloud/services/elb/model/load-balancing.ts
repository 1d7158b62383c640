import type { LoadBalancer, Rule, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LostNodes } from "../../../faults/node-faults";
import type { CloudClock } from "../../../kernel/clock";
import type { CloudContext } from "../../../kernel/context";
import type { Certificates, LoadBalancerNodes } from "../../../kernel/ports";
import { SPREAD } from "../../../spread";
import { type DeliverLog, deliverAccessLog } from "./access-logs";
import { ElbArns } from "./arns";
import { rulesOf } from "./associations";
import { type DataPlaneEvents, type DataPlaneSettings, DataPlanes } from "./data-planes";
import { describeDefaultRule, describeLoadBalancer, describeRule, describeTargets } from "./descriptions";
import { Endpoints } from "./endpoints";
import { Listeners } from "./listeners";
import { ElbDnsNames, type LoadBalancerDnsNames } from "./load-balancer-dns-names";
import { LoadBalancerInterfaces, type LoadBalancerNetwork } from "./load-balancer-interfaces";
import { ElbNodes } from "./load-balancer-nodes";
import type { MayDeliverLogs } from "./load-balancer-settings";
import { LoadBalancers } from "./load-balancers";
import { NodeChanges } from "./node-changes";
import { Rules } from "./rules";
import { ElbState } from "./state";
import { TargetGroups } from "./target-groups";
import { Targets } from "./targets";

export interface LoadBalancingParts {
  network: LoadBalancerNetwork;
  certificates: Certificates;
  mayDeliverLogs: MayDeliverLogs;
  /** Writes files of access logs. By default they are lost. */
  deliverLog?: DeliverLog;
  /** Returns a loopback address that nothing else uses: one for each Availability Zone of each load balancer. */
  allocateAddress: () => string;
  /** True if the account may not create load balancers until it has asked (E47). Default: false. */
  newAccount?: boolean;
  /** Called when a load balancer is created: ELB then creates its service-linked role if it is missing (I17). */
  onFirstUse?: () => void;
  dataPlane: DataPlaneSettings;
  /** The share of the spread that public load balancers take where there are internal ones. Default: as assumed. */
  publicShare?: number | undefined;
  /** Called with the counts of a load balancer, at least once a second while there is traffic. */
  onMetrics?: DataPlaneEvents["metrics"];
}

/** Elastic Load Balancing v2 with Application Load Balancers: the control plane and its data plane processes. */
export class LoadBalancing {
  readonly clock: CloudClock;
  readonly loadBalancers: LoadBalancers;
  readonly listeners: Listeners;
  readonly rules: Rules;
  readonly targetGroups: TargetGroups;
  /** For Auto Scaling and ECS. */
  readonly targets: Targets;
  /** For DNS. */
  readonly names: LoadBalancerDnsNames;
  /** For proxies that connect to load balancers. */
  readonly nodes: LoadBalancerNodes;
  readonly #nodeChanges: NodeChanges;
  readonly #state = new ElbState();
  readonly #dataPlanes: DataPlanes;

  constructor(context: CloudContext, parts: LoadBalancingParts) {
    const { network, certificates, publicShare = SPREAD.publicShare } = parts;
    const state = this.#state;
    this.clock = context.clock;
    const arns = new ElbArns(context);
    const endpoints = new Endpoints();
    const lostNodes = new LostNodes(context);
    lostNodes.onChange(() => this.networkChanged());
    const dataPlanes = new DataPlanes(
      context,
      { state, reachability: network, certificates, endpoints, lostNodes, publicShare },
      parts.dataPlane,
      {
        targetHealth: (arn, changes) => this.targets.applyHealth(arn, changes),
        shortKeepAlive: (arn, found) => this.targets.reportKeepAlive(arn, found),
        idleConnection: (arn, found) => this.targets.reportIdle(arn, found),
        gatewayTimeout: (arn, found) => this.targets.reportTimeout(arn, found),
        accessLog: (loadBalancer, file) =>
          deliverAccessLog(context, loadBalancer, file, parts.deliverLog ?? (() => {})),
        metrics: (arn, metrics) => {
          this.targets.reportRequests(arn, metrics);
          parts.onMetrics?.(arn, metrics);
        },
      },
    );
    const send = (arn: string) => dataPlanes.send(arn);
    const targets = new Targets(context, state, endpoints, send);
    this.#dataPlanes = dataPlanes;
    this.targets = targets;
    this.names = new ElbDnsNames(state, lostNodes);
    this.nodes = new ElbNodes(state, network);
    this.targetGroups = new TargetGroups(context, state, arns, send);
    this.rules = new Rules(context, { state, arns, targets, send });
    this.listeners = new Listeners({ state, arns, dataPlanes, targets, certificates });
    this.loadBalancers = new LoadBalancers(context, {
      ...parts,
      state,
      arns,
      dataPlanes,
      targets,
      interfaces: new LoadBalancerInterfaces(context, network),
    });
    this.#nodeChanges = new NodeChanges(context, {
      loadBalancers: () => [...state.loadBalancers.values()],
      addNodes: (arn) => this.loadBalancers.addNodes(arn),
      removeNodes: (arn, nodes) => this.loadBalancers.removeNodes(arn, nodes),
    });
  }

  describeLoadBalancers(): LoadBalancer[] {
    return [...this.#state.loadBalancers.values()].map(describeLoadBalancer);
  }

  /** @throws AwsError TargetGroupNotFound */
  describeTargetHealth(targetGroupArn: string): TargetHealthDescription[] {
    return describeTargets(this.targetGroups.get(targetGroupArn));
  }

  /**
   * The rules of a listener by priority, with the default rule last.
   * @throws AwsError ListenerNotFound
   */
  describeRules(listenerArn: string): Rule[] {
    const { defaultAction } = this.listeners.get(listenerArn);
    return [...rulesOf(this.#state, listenerArn).map(describeRule), describeDefaultRule(listenerArn, defaultAction)];
  }

  /**
   * Reconfigures every data plane after a change of security groups, routes or nodes, which decide what targets a load
   * balancer reaches and what clients reach its listeners (E7, E9).
   */
  networkChanged(): void {
    for (const arn of this.#state.loadBalancers.keys()) this.#dataPlanes.send(arn);
  }

  /** Ends every process and every wait. */
  async close(): Promise<void> {
    this.#nodeChanges.close();
    this.targets.close();
    this.loadBalancers.close();
    await this.#dataPlanes.close();
  }
}
