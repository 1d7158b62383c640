import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { COLOURS, type Colour, other } from "../core/colour-name";
import { targetGroupName } from "../core/names";
import type { Tags } from "../core/tags";
import type { Edge } from "../edge/edge";
import { hostRegex } from "../edge/host-condition";
import { createListener } from "../edge/listener";
import type { LiveService } from "../live/live";
import type { ExposureOutputs, Wrapped } from "../live/outputs";
import { type RulePriorities, ruleKey } from "../live/rule-priorities";
import type { TestHeader } from "../security/test-header";
import { productionHost, testHost } from "../settings/host-names";
import { type HostRoute, routeText } from "../settings/own-hosts";
import type { Cutover, Exposure, Protocol, ServiceSettings } from "../settings/settings";
import type { CountedTargets } from "./instances";
import { asHostRecord, asImported, nameRecord, type Use } from "./record-aliases";

/**
 * Sum of the weights in a rule, in percent. A target group at 0 gets no requests, but its targets are checked, so
 * that they are known to be healthy before the share grows.
 */
const ALL = 100;

/** A target group's protocol version, and what a target answers that is healthy: a status of HTTP, or one of gRPC. */
const TARGETS: Readonly<Record<Protocol, { protocolVersion?: string; matcher: string }>> = {
  // AWS's default is left out, as older programs did: a target group cannot change it (aws-rules E56).
  http1: { matcher: "200" },
  http2: { protocolVersion: "HTTP2", matcher: "200" },
  grpc: { protocolVersion: "GRPC", matcher: "0" },
};

export interface RoutingArgs {
  service: string;
  edge: Edge;
  /** Port of its own listener, on an edge where no listener is shared. */
  listenerPort: number;
  cutover: Cutover;
  /** Hosts of its own on this edge, with the paths that it answers there. */
  hostRoutes: readonly (HostRoute & { healthCheckUrl: string | null })[];
  /** Priorities of all listener rules of the stack. */
  priorities: RulePriorities;
  /** Leads testers to the idle colour; absent without the setting. */
  testHeader: TestHeader | undefined;
  /** The active colour, the releases and, during a ramp, the idle colour's share. */
  live: LiveService;
  /**
   * Rules of the services that it calls. In a run that changes both, callees come first, so that a new caller meets
   * the new callee.
   */
  rulesAfter: readonly aws.lb.ListenerRule[];
  vpcId: pulumi.Input<string>;
  /** Port of the instances. */
  targetPort: number;
  protocol: Protocol;
  /**
   * With the path that each colour's release was deployed with: instances that do not answer at another one would be replaced
   * (aws-rules A5).
   */
  healthChecks: Readonly<Record<Colour, ServiceSettings["healthCheck"]>>;
  deregistrationDelaySeconds: number;
  /** What makes the target groups' physical names unique in the account: project, stack, network. */
  identity: readonly string[];
  tags: Tags;
}

/** What a rule matches, and to what end. */
interface RuleArgs {
  /** Logical name of the rule's resource, without the load balancer. */
  name: string;
  use: Use;
  route: HostRoute;
  /** Requests with another header do not match. */
  header?: TestHeader;
}

/**
 * Everything between a service's names on one edge and the instances of its two colours: target groups, rules on
 * both load balancers of the edge and the two records, and on the internal edge a listener of its own on each load
 * balancer.
 *
 * With `cutover: routed` a colour has a target group on each load balancer (a target group can belong to only one).
 * Both load balancers send the production name to the active colour and the test name to the idle one, so that the
 * active colour answers a client whichever address it still holds. With `dns` each load balancer serves its own
 * colour under both names, and only the records change.
 *
 * Hosts of its own have the same rules as the production name, one for each host and path. Their records are those of the
 * edge, because services may share a host (see host-records.ts).
 *
 * With a test header each rule of the production name and of a host has one before it, which sends requests with that
 * header to the idle colour.
 *
 * Until the first release is active the production name answers 503. The test name's rules name every target group
 * from the start.
 *
 * A cutover changes actions of rules and targets of records, and nothing else; rules first. A ramp before it changes
 * weights in the production name's rules alone, equally on both load balancers, so that the idle colour gets its
 * share of the requests whichever address clients hold.
 *
 * Cost: none but that of the requests (see Edge).
 */
export class Routing extends pulumi.ComponentResource {
  readonly edge: Exposure;
  /** Such as `https://users.example.jp`. */
  readonly url: string;
  /** Such as `https://users-test.example.jp`. */
  readonly testUrl: string;
  /** Target groups of a colour by the colour of their load balancer. */
  readonly targetGroups: Readonly<Record<Colour, Partial<Record<Colour, aws.lb.TargetGroup>>>>;
  /** Instances may boot only when these exist: targets in a group that no rule names are never checked. */
  readonly rules: aws.lb.ListenerRule[];
  /** Records of the two names. */
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
      const rule = (rule: RuleArgs) => createRule(this, rule, side, listener, args);
      const named = (use: Use): RuleArgs => ({
        name: `${name}-${use}`,
        use,
        route: { host: hostOf(use, args), path: null },
      });
      const production = named("production");
      const hosts = args.hostRoutes.map(
        (route): RuleArgs => ({ name: `${name}-${routeText(route)}`, use: "production", route }),
      );
      const { testHeader: header } = args;
      return {
        production: rule(production),
        test: rule(named("test")),
        hosts: hosts.map(rule),
        testers: header
          ? [production, ...hosts].map((each) =>
              rule({ ...each, name: `${each.name}-for-testers`, use: "test", header }),
            )
          : [],
      };
    };
    const rules = { blue: rulesOn("blue"), green: rulesOn("green") };
    this.rules = COLOURS.flatMap((side) => {
      const { production, test, hosts, testers } = rules[side];
      return [production, test, ...hosts, ...testers];
    });

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
      ...(args.hostRoutes.length > 0
        ? {
            hosts: args.hostRoutes.map((route, place) => ({
              ...route,
              rules: { blue: rules.blue.hosts[place]!.arn, green: rules.green.hosts[place]!.arn },
            })),
          }
        : {}),
    };
    this.registerOutputs({ url: this.url, testUrl: this.testUrl });
  }

  /** A colour's target groups on the load balancers of these colours. With `cutover: dns` it has one on its own alone. */
  countedTargets(colour: Colour, sides: readonly Colour[]): CountedTargets[] {
    return sides.flatMap((side) => {
      const group = this.targetGroups[colour][side];
      if (!group) return [];
      const { loadBalancer } = this.#args.edge.sides[side];
      const resourceLabel = pulumi.interpolate`${loadBalancer.arnSuffix}/${group.arnSuffix}`;
      return [{ name: targetGroupKey(this.#name, colour, side), resourceLabel }];
    });
  }

  /**
   * Creates the records of the two names. They are created after the instances' groups and, when the service is
   * removed, deleted before them.
   */
  createRecords(instances: readonly pulumi.Resource[]): void {
    const { active } = this.#args.live;
    this.records.push(
      createRecord(this, this.#name, "production", active, instances, this.#args),
      createRecord(this, this.#name, "test", other(active), instances, this.#args),
    );
  }
}

/** Colours of the load balancers on which a colour has a target group. */
function sidesOf(colour: Colour, cutover: Cutover): readonly Colour[] {
  return cutover === "routed" ? COLOURS : [colour];
}

/** Logical name of a colour's target group on a load balancer. */
function targetGroupKey(name: string, colour: Colour, side: Colour): string {
  return `${name}-${colour}-at-${side}`;
}

function createTargetGroup(
  parent: Routing,
  name: string,
  colour: Colour,
  side: Colour,
  args: RoutingArgs,
): aws.lb.TargetGroup {
  const logicalName = targetGroupKey(name, colour, side);
  const { protocolVersion, matcher } = TARGETS[args.protocol];
  const healthCheck = args.healthChecks[colour];
  return new aws.lb.TargetGroup(
    logicalName,
    {
      // At most 32 characters, of which the engine's own naming would spend some on a suffix. Port, network and
      // protocol cannot change in place, so they are part of the identity: AWS would refuse a successor with the same name.
      name: targetGroupName(`${args.service}-${args.edge.name === "public" ? "" : "i"}${colour[0]}${side[0]}`, [
        ...args.identity,
        logicalName,
        args.targetPort,
        ...(protocolVersion === undefined ? [] : [protocolVersion]),
      ]),
      vpcId: args.vpcId,
      targetType: "instance",
      protocol: "HTTP",
      ...(protocolVersion === undefined ? {} : { protocolVersion }),
      port: args.targetPort,
      deregistrationDelay: args.deregistrationDelaySeconds,
      healthCheck: {
        protocol: "HTTP",
        port: "traffic-port",
        path: healthCheck.path,
        matcher,
        interval: healthCheck.intervalSeconds,
        timeout: healthCheck.timeoutSeconds,
        healthyThreshold: healthCheck.healthyCount,
        unhealthyThreshold: healthCheck.unhealthyCount,
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
  { name, use, route: { host, path }, header }: RuleArgs,
  side: Colour,
  listener: aws.lb.Listener,
  args: RoutingArgs,
): aws.lb.ListenerRule {
  const priority = args.priorities[ruleKey(args.service, host, path)]!;
  return new aws.lb.ListenerRule(
    `${name}-at-${side}`,
    {
      listenerArn: listener.arn,
      priority: header ? priority - 1 : priority,
      conditions: [
        { hostHeader: hostCondition(host, args) },
        ...(path === null ? [] : [{ pathPattern: { values: [path] } }]),
        ...(header ? [{ httpHeader: { httpHeaderName: header.name, values: [header.value] } }] : []),
      ],
      actions: [
        use === "production" && !isReleased(side, args)
          ? noRelease(args.service)
          : { type: "forward", forward: { targetGroups: shares(parent, use, side, args) } },
      ],
      tags: args.tags,
    },
    {
      parent,
      dependsOn: [...args.rulesAfter],
      // A rule of an older program keeps the priority that the provider gave to it, unless one for testers has to come
      // before it: of the rules without a header no two with such priorities match the same request.
      ignoreChanges: [...(args.testHeader ? [] : ["priority"]), ...(header?.isUnknown ? ["conditions"] : [])],
    },
  );
}

function hostCondition(host: string, { edge, listenerPort }: RoutingArgs) {
  return edge.sides.blue.sharedListener ? { values: [host] } : { regexValues: [hostRegex(host, listenerPort)] };
}

function hostOf(use: Use, { service, edge }: RoutingArgs): string {
  return use === "production" ? productionHost(service, edge.domain) : testHost(service, edge.domain);
}

/** True if the colour that this load balancer's production rule forwards to has had a release. */
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

/**
 * Target groups and their weights in a rule. Every group of this load balancer is in each rule, so that a cutover
 * never leaves a group unnamed, which would lose its health.
 */
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
  const host = hostOf(use, args);
  return new aws.route53.Record(
    nameRecord(name, use),
    {
      zoneId: args.edge.zoneId,
      name: host,
      type: "A",
      // The idle colour's groups are empty. If Route 53 evaluated their health, the load balancer would count as
      // unhealthy.
      aliases: [{ name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: false }],
    },
    {
      parent,
      dependsOn: [...parent.rules, ...instances],
      aliases: args.edge.name === "public" ? [asHostRecord(host), asImported(nameRecord(name, use))] : [],
    },
  );
}
