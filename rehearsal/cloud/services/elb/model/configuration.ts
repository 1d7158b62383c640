import type {
  ListenerConfig,
  LoadBalancerConfig,
  TargetConfig,
  TargetGroupConfig,
} from "../../../data-plane/load-balancer/types";
import type { LostNodes } from "../../../faults/node-faults";
import type { Certificates, Reachability } from "../../../kernel/ports";
import { arnSuffix } from "./arns";
import { listenersOf, rulesOf } from "./associations";
import type { Endpoints } from "./endpoints";
import { internetReachesNode, internetReachesPort } from "./internet-reachability";
import type { ElbState, ListenerState, LoadBalancerState, TargetEntry, TargetGroupState } from "./state";
import { isGone, servesZone } from "./target-health";

export interface ConfigurationSources {
  state: ElbState;
  reachability: Reachability;
  certificates: Certificates;
  endpoints: Endpoints;
  lostNodes: LostNodes;
  /** The share of the spread that public load balancers take where there are internal ones. */
  publicShare: number;
}

/** The complete configuration of one load balancer's data plane, from the current state. */
export function configurationOf(loadBalancer: LoadBalancerState, sources: ConfigurationSources): LoadBalancerConfig {
  const { state, reachability, lostNodes } = sources;
  const { settings } = loadBalancer;
  return {
    name: loadBalancer.name,
    nodes: loadBalancer.nodes.map(({ zone, address, subnetId }) => ({
      zone,
      address,
      internet: internetReachesNode(loadBalancer, subnetId, reachability),
      lost: lostNodes.isLost({ loadBalancer: loadBalancer.name, zone, address }),
    })),
    listeners: listenersOf(state, loadBalancer.arn).map((listener) => listenerConfig(loadBalancer, listener, sources)),
    targetGroups: [...state.targetGroups.values()]
      .filter((group) => group.loadBalancerArn === loadBalancer.arn)
      .map((group) => targetGroupConfig(group, loadBalancer, sources)),
    idleTimeoutSeconds: settings.idleTimeoutSeconds,
    clientKeepAliveSeconds: settings.clientKeepAliveSeconds,
    dropInvalidHeaderFields: settings.dropInvalidHeaderFields,
    spreadShare: spreadShareOf(loadBalancer, sources),
    ...(settings.accessLogs ? { accessLogName: arnSuffix(loadBalancer.arn) } : {}),
  };
}

/** Public load balancers are faster than internal ones, if there are any (E24). */
function spreadShareOf({ internal }: LoadBalancerState, { state, publicShare }: ConfigurationSources): number {
  return !internal && [...state.loadBalancers.values()].some((other) => other.internal) ? publicShare : 1;
}

function listenerConfig(
  loadBalancer: LoadBalancerState,
  listener: ListenerState,
  { state, certificates, reachability }: ConfigurationSources,
): ListenerConfig {
  const own = listener.certificateArn === null ? [] : [listener.certificateArn];
  return {
    arn: listener.arn,
    port: listener.port,
    protocol: listener.protocol,
    internet: internetReachesPort(loadBalancer, listener.port, reachability),
    certificates: [...own, ...listener.furtherCertificateArns].flatMap((arn) => certificates.issued(arn) ?? []),
    rules: rulesOf(state, listener.arn).map(({ listenerArn: _, ...rule }) => rule),
    defaultAction: listener.defaultAction,
  };
}

function targetGroupConfig(
  group: TargetGroupState,
  loadBalancer: LoadBalancerState,
  sources: ConfigurationSources,
): TargetGroupConfig {
  const { healthCheck, deregistrationDelaySeconds } = group.settings;
  const targets = [...group.targets.values()].filter((target) => servesZone(loadBalancer, target) && !isGone(target));
  return {
    arn: group.arn,
    name: group.name,
    protocolVersion: group.protocolVersion,
    healthCheck,
    deregistrationDelaySeconds,
    targets: targets.map((target) => targetConfig(target, group, loadBalancer, sources)),
  };
}

function targetConfig(
  { instance, draining }: TargetEntry,
  group: TargetGroupState,
  loadBalancer: LoadBalancerState,
  { reachability, endpoints }: ConfigurationSources,
): TargetConfig {
  const from = loadBalancer.settings.securityGroups;
  return {
    id: instance.instanceId,
    port: group.port,
    endpoint: endpoints.find(instance.instanceId, group.port),
    reachable: reachability.allows(from, instance.securityGroupIds, group.port),
    draining: draining !== null,
  };
}
