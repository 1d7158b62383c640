import type { LoadBalancer, Rule, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LostNodes } from "../../../faults/node-faults";
import type { CloudClock } from "../../../kernel/clock";
import type { CloudContext } from "../../../kernel/context";
import type { Certificates, LoadBalancerNodes } from "../../../kernel/ports";
import { ElbArns } from "./arns";
import { rulesOf } from "./associations";
import { type DataPlaneEvents, type DataPlaneSettings, DataPlanes } from "./data-planes";
import { describeDefaultRule, describeLoadBalancer, describeRule, describeTargets } from "./descriptions";
import { Endpoints } from "./endpoints";
import { Listeners } from "./listeners";
import { ElbNames, type LoadBalancerNames } from "./load-balancer-names";
import { ElbNodes } from "./load-balancer-nodes";
import type { MayDeliverLogs } from "./load-balancer-settings";
import { LoadBalancers } from "./load-balancers";
import { type LoadBalancerNetwork, NetworkInterfaces } from "./network-interfaces";
import { Rules } from "./rules";
import { ElbState } from "./state";
import { TargetGroups } from "./target-groups";
import { Targets } from "./targets";

export interface LoadBalancingParts {
  network: LoadBalancerNetwork;
  certificates: Certificates;
  mayDeliverLogs: MayDeliverLogs;
  /** A loopback address that nobody else has; one for each zone of each load balancer. */
  allocateAddress: () => string;
  dataPlane: DataPlaneSettings;
  /** What a load balancer counted, at least once a second while there is traffic. */
  onMetrics?: DataPlaneEvents["metrics"];
}

/** Elastic Load Balancing (ELBv2, Application Load Balancers): the control plane, and the processes that serve. */
export class LoadBalancing {
  readonly clock: CloudClock;
  readonly loadBalancers: LoadBalancers;
  readonly listeners: Listeners;
  readonly rules: Rules;
  readonly targetGroups: TargetGroups;
  /** For Auto Scaling and ECS. */
  readonly targets: Targets;
  /** For DNS. */
  readonly names: LoadBalancerNames;
  /** For those who carry packets to them. */
  readonly nodes: LoadBalancerNodes;
  readonly #state = new ElbState();
  readonly #dataPlanes: DataPlanes;

  constructor(context: CloudContext, parts: LoadBalancingParts) {
    const { network, certificates } = parts;
    const state = this.#state;
    this.clock = context.clock;
    const arns = new ElbArns(context);
    const endpoints = new Endpoints();
    const lostNodes = new LostNodes(context);
    lostNodes.onChange(() => this.networkChanged());
    const dataPlanes = new DataPlanes(
      context,
      { state, reachability: network, certificates, endpoints, lostNodes },
      parts.dataPlane,
      {
        targetHealth: (arn, changes) => this.targets.takeHealth(arn, changes),
        drained: (group, target) => this.targets.takeDrained(group, target),
        metrics: (arn, metrics) => parts.onMetrics?.(arn, metrics),
      },
    );
    const send = (arn: string) => dataPlanes.send(arn);
    const targets = new Targets(context, state, endpoints, send);
    this.#dataPlanes = dataPlanes;
    this.targets = targets;
    this.names = new ElbNames(state, lostNodes);
    this.nodes = new ElbNodes(state, network);
    this.targetGroups = new TargetGroups(state, arns, send);
    this.rules = new Rules(context, { state, arns, targets, send });
    this.listeners = new Listeners({ state, arns, dataPlanes, targets, certificates });
    this.loadBalancers = new LoadBalancers(context, {
      ...parts,
      state,
      arns,
      dataPlanes,
      targets,
      interfaces: new NetworkInterfaces(context, network),
    });
  }

  describeLoadBalancers(): LoadBalancer[] {
    return [...this.#state.loadBalancers.values()].map(describeLoadBalancer);
  }

  /** @throws AwsError TargetGroupNotFound */
  describeTargetHealth(targetGroupArn: string): TargetHealthDescription[] {
    return describeTargets(this.targetGroups.get(targetGroupArn));
  }

  /** By priority, the default rule last. @throws AwsError ListenerNotFound */
  describeRules(listenerArn: string): Rule[] {
    const { defaultAction } = this.listeners.get(listenerArn);
    return [...rulesOf(this.#state, listenerArn).map(describeRule), describeDefaultRule(listenerArn, defaultAction)];
  }

  /** Security groups, routes or nodes changed: which targets can be reached, and who reaches the listeners, is worked out again (E7, E9). */
  networkChanged(): void {
    for (const arn of this.#state.loadBalancers.keys()) this.#dataPlanes.send(arn);
  }

  /** Ends every process and every wait. */
  async close(): Promise<void> {
    this.targets.close();
    this.loadBalancers.close();
    await this.#dataPlanes.close();
  }
}
