import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { COLOURS, type Colour, other } from "../core/colour-name";
import { physicalName } from "../core/physical-name";
import type { Tags } from "../core/tags";
import type { Edge } from "../edge/edge";
import { createListener } from "../edge/listener";
import type { LiveService } from "../live/live";
import type { ExposureOutputs, Wrapped } from "../live/outputs";
import { productionHost, testHost } from "../settings/host-names";
import type { Cutover, Exposure, ServiceSettings } from "../settings/settings";

const MAX_TARGET_GROUP_NAME = 32;
/** Sum of the weights in a rule, in percent. A group at 0 gets no request but is checked all the same, so that it is known healthy before its share grows. */
const ALL = 100;

export interface RoutingArgs {
  service: string;
  edge: Edge;
  /** Of its own listener, on an edge where no listener is shared. */
  listenerPort: number;
  cutover: Cutover;
  /** The active colour, the releases and, during a ramp, the idle colour's share. */
  live: LiveService;
  /** Rules of the services that it calls: in a run that changes both, callees come first, so that a new caller meets the new callee. */
  rulesAfter: readonly aws.lb.ListenerRule[];
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
 * Everything between a service's two names on one edge and the instances of its two colours: target groups, rules on both load balancers of the edge, the
 * two records; on the internal edge a listener of its own on each load balancer.
 *
 * With `cutover: routed` a colour has a target group on each load balancer (a target group can belong to only one), and both load balancers send the
 * production name to the active colour and the test name to the idle one: whichever address a client still holds, it is answered by the active
 * colour. With `dns` each load balancer serves its own colour under both names, and only the records move.
 *
 * Until the first release is active the production name answers 503. The test name's rules name every target group from the start.
 *
 * A flip changes actions of rules and targets of records, nothing else; rules first. A ramp before it changes weights in the production name's rules
 * alone, the same on both load balancers: whichever address a client holds, the idle colour has its share of the requests.
 *
 * Cost: none but the requests' (see Edge).
 */
export class Routing extends pulumi.ComponentResource {
  readonly edge: Exposure;
  /** Such as `https://users.example.jp`. */
  readonly url: string;
  /** Such as `https://users-test.example.jp`. */
  readonly testUrl: string;
  /** Target groups of a colour by the load balancer (its colour) that they belong to. */
  readonly targetGroups: Readonly<Record<Colour, Partial<Record<Colour, aws.lb.TargetGroup>>>>;
  /** Instances may come only when these exist: in a group that no rule names, targets are never checked. */
  readonly rules: aws.lb.ListenerRule[];
  /** The two names. */
  readonly records: aws.route53.Record[] = [];
  readonly outputs: Wrapped<ExposureOutputs>;
  readonly #name: string;
  readonly #args: RoutingArgs;

  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:routing:Routing", name, {}, opts);

    const { edge, service } = args;
    const sides = { blue: sidesOf("blue", args.cutover), green: sidesOf("green", args.cutover) };
    const groups = (colour: Colour) =>
      Object.fromEntries(sides[colour].map((side) => [side, createTargetGroup(this, name, colour, side, args)]));
    this.targetGroups = { blue: groups("blue"), green: groups("green") };
    const rulesOn = (side: Colour) => {
      const listener = edge.sides[side].sharedListener ?? createOwnListener(this, name, side, args);
      return {
        production: createRule(this, name, "production", side, listener, args),
        test: createRule(this, name, "test", side, listener, args),
      };
    };
    const rules = { blue: rulesOn("blue"), green: rulesOn("green") };
    this.rules = COLOURS.flatMap((side) => Object.values(rules[side]));

    this.#name = name;
    this.#args = args;
    this.edge = edge.name;
    this.url = edge.urlOf(productionHost(service, edge.domain), args.listenerPort);
    this.testUrl = edge.urlOf(testHost(service, edge.domain), args.listenerPort);
    this.outputs = {
      url: this.url,
      testUrl: this.testUrl,
      zoneId: edge.zoneId,
      productionRules: { blue: rules.blue.production.arn, green: rules.green.production.arn },
    };
    this.registerOutputs({ url: this.url, testUrl: this.testUrl });
  }

  /** The two names. They come when the instances' groups exist and, when the service is removed, go before them. */
  createRecords(instances: readonly pulumi.Resource[]): void {
    const { active } = this.#args.live;
    this.records.push(
      createRecord(this, this.#name, "production", active, instances, this.#args),
      createRecord(this, this.#name, "test", other(active), instances, this.#args),
    );
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
        `${args.service}-${args.edge.name === "public" ? "" : "i"}${colour[0]}${side[0]}`,
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

function createOwnListener(parent: Routing, name: string, side: Colour, args: RoutingArgs): aws.lb.Listener {
  const { loadBalancer } = args.edge.sides[side];
  const { certificateArn } = args.edge;
  return createListener(parent, `${name}-${side}-https`, {
    loadBalancer,
    port: args.listenerPort,
    certificateArn,
    tags: { ...args.tags, colour: side },
  });
}

function createRule(
  parent: Routing,
  name: string,
  use: Use,
  side: Colour,
  listener: aws.lb.Listener,
  args: RoutingArgs,
): aws.lb.ListenerRule {
  // No priority: all rules name exact hosts, so their order means nothing, and the provider takes the next free number.
  return new aws.lb.ListenerRule(
    `${name}-${use}-at-${side}`,
    {
      listenerArn: listener.arn,
      conditions: [{ hostHeader: { values: [hostOf(use, args)] } }],
      actions: [
        use === "production" && !isReleased(side, args)
          ? noRelease(args.service)
          : { type: "forward", forward: { targetGroups: shares(parent, use, side, args) } },
      ],
      tags: args.tags,
    },
    { parent, dependsOn: [...args.rulesAfter] },
  );
}

function hostOf(use: Use, { service, edge }: RoutingArgs): string {
  return use === "production" ? productionHost(service, edge.domain) : testHost(service, edge.domain);
}

/** True if the colour that this load balancer's production rule leads to has had a release. */
function isReleased(side: Colour, { cutover, live }: RoutingArgs): boolean {
  return live.colours[cutover === "routed" ? live.active : side].release !== null;
}

function noRelease(service: string) {
  return {
    type: "fixed-response",
    fixedResponse: {
      statusCode: "503",
      contentType: "text/plain",
      messageBody: `${service} has no release yet: deploy one.\n`,
    },
  };
}

/** Every group of this load balancer is in each rule, so that a flip never leaves one unnamed: it would lose its health. */
function shares({ targetGroups }: Routing, use: Use, side: Colour, { live }: RoutingArgs) {
  const idle = use === "test" ? ALL : (live.idleShare ?? 0);
  const weights: Record<Colour, number> = { blue: idle, green: idle, [live.active]: ALL - idle };
  const here = COLOURS.flatMap((colour) => {
    const group = targetGroups[colour][side];
    return group ? [{ colour, group }] : [];
  });
  return here.map(({ colour, group }) => ({ arn: group.arn, weight: here.length === 1 ? ALL : weights[colour] }));
}

function createRecord(
  parent: Routing,
  name: string,
  use: Use,
  side: Colour,
  instances: readonly pulumi.Resource[],
  args: RoutingArgs,
): aws.route53.Record {
  const { loadBalancer } = args.edge.sides[side];
  return new aws.route53.Record(
    `${name}-${use}-record`,
    {
      zoneId: args.edge.zoneId,
      name: hostOf(use, args),
      type: "A",
      // The idle colour's groups are empty; with its health evaluated, the load balancer would count as down.
      aliases: [{ name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: false }],
    },
    { parent, dependsOn: [...parent.rules, ...instances] },
  );
}
