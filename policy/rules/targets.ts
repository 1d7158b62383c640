import { at } from "../declared";
import { type Linked, ofType, type StackRule, TYPES, type Violation } from "../linked";

/**
 * What a cutover without a lost request depends on: the active colour answers on whichever load balancer a client
 * still uses. So each colour's instances are in a target group of each load balancer of an edge, and each rule names
 * both colours' target groups. With `cutover: dns` a load balancer serves its own colour alone.
 */
export const coloursAreOnBothLoadBalancers: StackRule = {
  name: "colours-are-on-both-load-balancers",
  description:
    "Each colour's instances are behind both load balancers of their edge, and each rule names both colours' target groups.",
  check(resources, { cutover }) {
    const wanted = cutover === "routed" ? 2 : 1;
    const rules = ofType(resources, "rule").filter((rule) => groupsOf(rule, "actions").length > 0);
    return [
      ...rules.flatMap((rule) => rulesNameColours(rule, wanted)),
      ...ofType(resources, "targetGroup").flatMap((group) => groupsAreNamed(group, rules)),
      ...ofType(resources, "instances").flatMap((instances) => instancesAreAttached(instances, rules, wanted)),
    ];
  },
};

export const trafficIsProtected: StackRule = {
  name: "traffic-is-protected",
  description:
    "Load balancers cannot be deleted by mistake. (A stack with deletionProtection: false is a disposable one.)",
  check: (resources, { deletionProtection }) =>
    ofType(resources, "loadBalancer")
      .filter(({ inputs }) => deletionProtection && inputs.enableDeletionProtection !== true)
      .map((resource) => ({ resource, message: "enableDeletionProtection is not true, but the stack's setting is" })),
};

function rulesNameColours(rule: Linked, wanted: number): Violation[] {
  const colours = new Set(groupsOf(rule, "actions").map((group) => at(group.inputs, "tags", "colour")));
  if (colours.size === wanted) return [];
  const named = [...colours].join(" and ");
  return [
    {
      resource: rule,
      message: `its actions name target groups of ${named}: wanted ${wanted === 2 ? "both colours, one with weight 0" : "one colour"}`,
    },
  ];
}

/**
 * Targets in a group that no rule names are never checked (aws-rules E30); AWS refuses a group that two load
 * balancers name (E1).
 */
function groupsAreNamed(group: Linked, rules: readonly Linked[]): Violation[] {
  const count = loadBalancersOf(group, rules).length;
  if (count === 1) return [];
  return [{ resource: group, message: `the rules of ${count} load balancers name it: wanted one` }];
}

function instancesAreAttached(instances: Linked, rules: readonly Linked[], wanted: number): Violation[] {
  const attached = groupsOf(instances, "targetGroupArns").flatMap((group) => loadBalancersOf(group, rules));
  return [false, true].flatMap((internal) => {
    const loadBalancers = new Set(attached.filter((each) => (at(each.inputs, "internal") ?? false) === internal));
    if (loadBalancers.size === 0 || loadBalancers.size === wanted) return [];
    const edge = internal ? "internal" : "public";
    const message = `its target groups are on ${loadBalancers.size} load balancer(s) of the ${edge} edge: wanted ${wanted}`;
    return [{ resource: instances, message }];
  });
}

function loadBalancersOf(group: Linked, rules: readonly Linked[]): Linked[] {
  const naming = rules.filter((rule) => groupsOf(rule, "actions").includes(group));
  const listeners = naming.flatMap((rule) => rule.links.listenerArn ?? []);
  return [...new Set(listeners.flatMap((listener) => listener.links.loadBalancerArn ?? []))];
}

function groupsOf(resource: Linked, input: string): Linked[] {
  return (resource.links[input] ?? []).filter(({ type }) => type === TYPES.targetGroup);
}
