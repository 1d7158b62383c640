import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { COLOURS, type Colour, other } from "./colour-name";
import type { Edge } from "./edge";
import { physicalName } from "./physical-name";
import type { Cutover, ServiceSettings } from "./settings";
import type { Tags } from "./tags";

const MAX_TARGET_GROUP_NAME = 32;
/** Weights in a rule. A group at 0 gets no request but is checked all the same, so that it is known healthy before its share grows. */
const ALL = 100;
const NONE = 0;

export interface RoutingArgs {
  edge: Edge;
  cutover: Cutover;
  /** The colour that the production name reaches. */
  active: Colour;
  productionHost: string;
  testHost: string;
  zoneId: pulumi.Input<string>;
  vpcId: pulumi.Input<string>;
  /** Port of the instances. */
  targetPort: number;
  healthCheck: ServiceSettings["healthCheck"];
  deregistrationDelaySeconds: number;
  /** What makes the target groups' physical names unique in the account: project, stack, network. */
  identity: readonly string[];
  tags: Tags;
}

type Use = "production" | "test";

/**
 * Everything between a service's two names and the instances of its two colours: target groups, rules on both load balancers of the edge, the two
 * records.
 *
 * With `cutover: routed` a colour has a target group on each load balancer (a target group can belong to only one), and both load balancers send the
 * production name to the active colour and the test name to the idle one: whichever address a client still holds, it is answered by the active
 * colour. With `dns` each load balancer serves its own colour under both names, and only the records move.
 *
 * A flip changes actions of rules and targets of records, nothing else; rules first.
 *
 * Cost: none but the requests' (see Edge).
 */
export class Routing extends pulumi.ComponentResource {
  /** Target groups of a colour by the load balancer (its colour) that they belong to. */
  readonly targetGroups: Readonly<Record<Colour, Partial<Record<Colour, aws.lb.TargetGroup>>>>;
  /** Instances may come only when these exist: in a group that no rule names, targets are never checked. */
  readonly rules: aws.lb.ListenerRule[];

  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:routing:Routing", name, {}, opts);

    const sides = { blue: sidesOf("blue", args.cutover), green: sidesOf("green", args.cutover) };
    const groups = (colour: Colour) =>
      Object.fromEntries(sides[colour].map((side) => [side, createTargetGroup(this, name, colour, side, args)]));
    this.targetGroups = { blue: groups("blue"), green: groups("green") };
    this.rules = COLOURS.flatMap((side) => [
      createRule(this, name, "production", side, args),
      createRule(this, name, "test", side, args),
    ]);
    createRecord(this, name, "production", args.productionHost, args.active, args);
    createRecord(this, name, "test", args.testHost, other(args.active), args);
    this.registerOutputs({});
  }
}

/** The load balancers on which a colour has a target group. */
function sidesOf(colour: Colour, cutover: Cutover): readonly Colour[] {
  return cutover === "routed" ? COLOURS : [colour];
}

function createTargetGroup(
  parent: Routing,
  name: string,
  colour: Colour,
  side: Colour,
  args: RoutingArgs,
): aws.lb.TargetGroup {
  const logicalName = `${name}-${colour}-at-${side}`;
  return new aws.lb.TargetGroup(
    logicalName,
    {
      // At most 32 characters, which the engine's own naming would spend on the suffix. Port and network cannot change in place: they are part of
      // the identity, because a successor of the same name would be refused.
      name: physicalName(
        `${name}-${colour[0]}${side[0]}`,
        [...args.identity, logicalName, args.targetPort],
        MAX_TARGET_GROUP_NAME,
      ),
      vpcId: args.vpcId,
      targetType: "instance",
      protocol: "HTTP",
      port: args.targetPort,
      deregistrationDelay: args.deregistrationDelaySeconds,
      healthCheck: {
        protocol: "HTTP",
        port: "traffic-port",
        path: args.healthCheck.path,
        matcher: "200",
        interval: args.healthCheck.intervalSeconds,
        timeout: args.healthCheck.timeoutSeconds,
        healthyThreshold: args.healthCheck.healthyCount,
        unhealthyThreshold: args.healthCheck.unhealthyCount,
      },
      tags: { ...args.tags, colour },
    },
    { parent },
  );
}

function createRule(parent: Routing, name: string, use: Use, side: Colour, args: RoutingArgs): aws.lb.ListenerRule {
  // No priority: all rules name exact hosts, so their order means nothing, and the provider takes the next free number.
  return new aws.lb.ListenerRule(
    `${name}-${use}-at-${side}`,
    {
      listenerArn: args.edge.sides[side].httpsListener.arn,
      conditions: [{ hostHeader: { values: [use === "production" ? args.productionHost : args.testHost] } }],
      actions: [{ type: "forward", forward: { targetGroups: shares(parent, use, side, args) } }],
      tags: args.tags,
    },
    { parent },
  );
}

/** Every group of this load balancer is in each rule, so that a flip never leaves one unnamed: it would lose its health. */
function shares({ targetGroups }: Routing, use: Use, side: Colour, args: RoutingArgs) {
  const wanted = use === "production" ? args.active : other(args.active);
  const here = COLOURS.flatMap((colour) => {
    const group = targetGroups[colour][side];
    return group ? [{ colour, group }] : [];
  });
  return here.map(({ colour, group }) => ({
    arn: group.arn,
    weight: colour === wanted || here.length === 1 ? ALL : NONE,
  }));
}

function createRecord(
  parent: Routing,
  name: string,
  use: Use,
  host: string,
  side: Colour,
  args: RoutingArgs,
): aws.route53.Record {
  const { loadBalancer } = args.edge.sides[side];
  return new aws.route53.Record(
    `${name}-${use}-record`,
    {
      zoneId: args.zoneId,
      name: host,
      type: "A",
      // The idle colour's groups are empty; with its health evaluated, the load balancer would count as down.
      aliases: [{ name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: false }],
    },
    { parent, dependsOn: parent.rules },
  );
}
