import { countOf } from "../../components/core/count-of";
import { answeringRoute, type OwnedRoute } from "../../components/settings/own-hosts";
import type { Change } from "./change";

const RULE = "aws:lb/listenerRule:ListenerRule";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";

/** Nouns for the resource types that requests or jobs pass through, in the order of a request. */
const CARRIERS: ReadonlyMap<string, string> = new Map([
  ["aws:route53/zone:Zone", "hosted zone"],
  ["aws:route53/record:Record", "record"],
  ["aws:acm/certificate:Certificate", "certificate"],
  ["aws:lb/loadBalancer:LoadBalancer", "load balancer"],
  ["aws:lb/listener:Listener", "listener"],
  [RULE, "rule"],
  [TARGET_GROUP, "target group"],
  ["aws:autoscaling/group:Group", "Auto Scaling group"],
  ["aws:ecs/cluster:Cluster", "cluster"],
  ["aws:ecs/service:Service", "ECS service"],
  ["aws:sqs/queue:Queue", "queue"],
]);
const NAMES_SHOWN = 4;

/** Changes that delete or replace a resource that carries traffic. */
export interface TrafficChanges {
  replaced: Change[];
  /** Deletions of shared resources and of services that remain, without rules whose requests another rule answers from then on. */
  deleted: Change[];
  /** Deletions that belong to a removed service, by its name. */
  removed: Record<string, Change[]>;
}

export function trafficChanges(changes: readonly Change[], removedServices: readonly string[]): TrafficChanges {
  const carrying = changes.filter(({ type }) => CARRIERS.has(type));
  const isRemoved = ({ service }: Change) => service !== null && removedServices.includes(service);
  const deleted = carrying.filter(({ operation }) => operation === "delete");
  const created = carrying.flatMap((change) => (change.operation === "create" ? (hostRoute(change) ?? []) : []));
  const isAnswered = (change: Change) => {
    const route = hostRoute(change);
    // The path stands for a request that no exact path matches.
    return route !== undefined && answeringRoute(created, route.host, route.path ?? "/*") !== undefined;
  };
  return {
    replaced: carrying.filter(({ operation }) => operation === "replace"),
    deleted: deleted.filter((change) => !isRemoved(change) && !isForTesters(change) && !isAnswered(change)),
    removed: Object.fromEntries(
      removedServices.map((name) => [name, deleted.filter(({ service }) => service === name)]),
    ),
  };
}

/** True if one of the changes fails requests to a service that remains. */
export function breaksTraffic({ replaced, deleted }: TrafficChanges): boolean {
  return replaced.length + deleted.length > 0;
}

/** Without the rules of the test header its requests are answered by those of production. */
function isForTesters({ type, name }: Change): boolean {
  return type === RULE && /-for-testers-at-(?:blue|green)$/.test(name);
}

/**
 * The route of a rule, as it is in its name, such as `users-example.jp/api/*-at-blue`; its host has the load balancer with it. Undefined for a rule of a
 * service's own names, and for anything else.
 */
function hostRoute({ type, name, service }: Change): OwnedRoute | undefined {
  if (type !== RULE || service === null || !name.startsWith(`${service}-`)) return undefined;
  const found = /^([^/]*\.[^/]*?)(\/.*)?-at-(blue|green)$/.exec(name.slice(`${service}-`.length));
  return found ? { service, host: `${found[1]} at ${found[3]}`, path: found[2] ?? null } : undefined;
}

/** Returns a sentence for each group of changes that fail requests; empty if there is none. */
export function trafficWarnings({ replaced, deleted, removed }: TrafficChanges): string[] {
  return [
    ...(replaced.length > 0 ? [`Replaces what carries traffic: ${listed(replaced)}. Requests fail meanwhile.`] : []),
    ...(deleted.length > 0 ? [`Deletes what carries traffic: ${listed(deleted)}. Requests fail from then on.`] : []),
    ...Object.entries(removed).map(([name, changes]) => {
      const what = changes.length > 0 ? ` and what carries its traffic: ${listed(changes, 0)}` : "";
      return `Removes the service ${name}${what}. Requests to it fail from then on.`;
    }),
  ];
}

/** Returns a text such as `2 load balancers (public-blue, public-green), 1 rule (users-test-at-blue)`. */
function listed(changes: readonly Change[], namesShown = NAMES_SHOWN): string {
  const parts = [...CARRIERS].flatMap(([type, noun]) => {
    const names = changes.filter((change) => change.type === type).map(({ name }) => name);
    if (names.length === 0) return [];
    const shown = names.slice(0, namesShown).join(", ");
    const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : "";
    return [`${countOf(names.length, noun)}${namesShown > 0 ? ` (${shown}${more})` : ""}`];
  });
  return parts.join(", ");
}
