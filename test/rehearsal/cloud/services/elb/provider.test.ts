import { expect } from "chai";
import { UNKNOWN } from "../../../../../components/core/pulumi-wire";
import type { ResourceType } from "../../../../../rehearsal/cloud/provider/resource-type";
import { elbTypes } from "../../../../../rehearsal/cloud/services/elb";
import { Resource } from "../../provider/resource";
import { ISSUED, Scene } from "./model/scene";

const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const RULE = "aws:lb/listenerRule:ListenerRule";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";

const PORT_OFFSET = 20_000;

/** The arguments as in components/edge/edge.ts and components/service/routing.ts. */
const loadBalancerArgs = {
  loadBalancerType: "application",
  internal: false,
  subnets: ["subnet-a", "subnet-b"],
  securityGroups: ["sg-edge"],
  accessLogs: { bucket: "logs", prefix: "public-blue", enabled: true },
  desyncMitigationMode: "defensive",
  dropInvalidHeaderFields: true,
  enableDeletionProtection: false,
  idleTimeout: 60,
  tags: { colour: "blue" },
};
const targetGroupArgs = {
  name: "users-bb",
  vpcId: "vpc-1",
  targetType: "instance",
  protocol: "HTTP",
  port: 8080,
  deregistrationDelay: 30,
  healthCheck: {
    protocol: "HTTP",
    port: "traffic-port",
    path: "/up",
    matcher: "200",
    interval: 10,
    timeout: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  },
  tags: {},
};

describe("rehearsal/cloud/services/elb/provider", () => {
  let scene: Scene;
  let types: ResourceType[];

  before(async () => {
    scene = await Scene.set("127.68.70");
    types = elbTypes(scene.loadBalancing, PORT_OFFSET);
  });
  after(() => scene.loadBalancing.close());

  it("creates an edge and a service, shifts its traffic, and deletes everything", async () => {
    const loadBalancer = await Resource.create(types, LOAD_BALANCER, loadBalancerArgs, "public-blue");
    const { arn, arnSuffix, dnsName, zoneId, vpcId, name } = loadBalancer.outputs;
    expect(name).to.match(/^public-blue-[0-9a-f]{7}$/);
    expect(arnSuffix).to.equal((arn as string).split(":loadbalancer/")[1]);
    expect(dnsName).to.match(/^public-blue-[0-9a-f]{7}-\d+\.ap-northeast-1\.elb\.amazonaws\.com$/);
    expect({ zoneId, vpcId }).to.deep.equal({ zoneId: "Z14GRHDCWA56QT", vpcId: "vpc-1" });

    const redirect = { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" };
    const http = await Resource.create(types, LISTENER, {
      loadBalancerArn: arn,
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect }],
    });
    const fixedResponse = { statusCode: "404", contentType: "text/plain", messageBody: "No service\n" };
    const https = await Resource.create(types, LISTENER, {
      loadBalancerArn: arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificateArn: ISSUED,
      defaultActions: [{ type: "fixed-response", fixedResponse }],
    });
    const blue = await Resource.create(types, TARGET_GROUP, targetGroupArgs);
    const green = await Resource.create(types, TARGET_GROUP, { ...targetGroupArgs, name: "users-gb" });
    const ruleArgs = (...weights: number[]) => ({
      listenerArn: https.outputs.arn,
      conditions: [{ hostHeader: { values: ["users.example.jp"] } }],
      actions: [
        {
          type: "forward",
          forward: { targetGroups: [blue, green].map(({ id }, index) => ({ arn: id, weight: weights[index] })) },
        },
      ],
    });
    const rule = await Resource.create(types, RULE, ruleArgs(100, 0));
    expect(rule.outputs.priority).to.equal(1);
    await rule.update(ruleArgs(0, 100));
    const regexValues = ["^users\\.internal\\.example\\.jp(:4711)?$"];
    const byRegex = await Resource.create(types, RULE, {
      ...ruleArgs(0, 100),
      conditions: [{ hostHeader: { regexValues } }],
    });
    const [described] = scene.loadBalancing.describeRules(https.id);
    expect(described!.Actions![0]!.ForwardConfig!.TargetGroups!.map((group) => group.Weight)).to.deep.equal([0, 100]);

    for (const resource of [loadBalancer, http, https, rule, byRegex]) await resource.refresh();
    await byRegex.delete();
    expect((await blue.type.read(blue.id, blue.outputs))!.loadBalancerArns).to.deep.equal([arn]);
    await loadBalancer.update({ ...loadBalancerArgs, idleTimeout: 120 });
    await https.update({ ...https.inputs, defaultActions: [{ type: "fixed-response", fixedResponse }] });
    const { healthCheck } = targetGroupArgs;
    await blue.update({ ...targetGroupArgs, healthCheck: { ...healthCheck, path: "/health" } });
    for (const resource of [loadBalancer, https]) await resource.refresh();

    // The engine deletes independent resources in parallel, and the provider retries until the rule is deleted (E39).
    await Promise.all([blue.delete(), green.delete(), scene.context.clock.sleep(3).then(() => rule.delete())]);
    await https.delete();
    await http.delete();
    await loadBalancer.delete();
    for (const resource of [loadBalancer, http, https, rule, blue]) expect(await resource.refresh()).to.equal(null);
    // A second deletion does nothing.
    for (const resource of [loadBalancer, http, rule, blue]) await resource.delete();
  });

  it("refuses a port that this machine does not have once the offset is added", () => {
    const args = { loadBalancerArn: "arn", defaultActions: [{ type: "fixed-response" }] };
    expect(Resource.problems(types, LISTENER, { ...args, port: 45_535 })).to.deep.equal([]);
    expect(Resource.problems(types, LISTENER, { ...args, port: 45_536 })).to.deep.equal([
      "port: given 45536, wanted at most 45535: the rehearsal cloud serves port N of AWS on port N + 20000 of this machine, and ports end at 65535; take a lower port (such as internalPort in aoshingo:services), or a lower PORT_OFFSET for the cloud",
    ]);
  });

  it("fills in the provider's defaults", async () => {
    const { name: _, healthCheck: __, deregistrationDelay: ___, ...bare } = targetGroupArgs;
    const group = await Resource.create(types, TARGET_GROUP, { ...bare, namePrefix: "users-" }, "group");
    expect(group.inputs.name).to.match(/^users-[0-9a-f]{26}$/);
    expect(group.inputs).to.deep.include({
      deregistrationDelay: 300,
      loadBalancingAlgorithmType: "round_robin",
      healthCheck: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
        path: "/",
        matcher: "200",
        interval: 30,
        timeout: 5,
        healthyThreshold: 3,
        unhealthyThreshold: 3,
      },
    });
    expect(group.inputs.protocolVersion).to.equal("HTTP1");
    await group.refresh();
    expect(group.outputs.arnSuffix).to.match(/^targetgroup\/users-/);
  });

  it("replaces a resource for a change that ELB cannot make in place (E4, E7, E56)", async () => {
    const group = await Resource.create(types, TARGET_GROUP, { ...targetGroupArgs, name: "fixed" });
    expect(group.replacedBy({ ...targetGroupArgs, name: "fixed", protocolVersion: "HTTP2" })).to.deep.equal([
      "protocolVersion",
    ]);
    expect(group.replacedBy({ ...targetGroupArgs, name: "fixed", port: 8081, vpcId: "vpc-2" })).to.have.members([
      "port",
      "vpcId",
    ]);
    expect(group.replacedBy({ ...targetGroupArgs, name: "fixed", deregistrationDelay: 0 })).to.deep.equal([]);
  });

  it("reads a single target group in the form of the program", async () => {
    const loadBalancer = await scene.createLoadBalancer();
    const listener = await scene.createListener(loadBalancer.arn);
    const group = scene.createTargetGroup();
    const args = { listenerArn: listener.arn, conditions: [{ pathPattern: { values: ["/api/*"] } }], priority: 5 };
    const short = { ...args, actions: [{ type: "forward", targetGroupArn: group.arn }] };
    const rule = await Resource.create(types, RULE, short);
    await rule.refresh();
    await rule.update({ ...short, priority: 6 });
    expect((await rule.refresh())!.priority).to.equal(6);
    await rule.update({ ...args, actions: [{ type: "forward", forward: { targetGroups: [{ arn: group.arn }] } }] });
    await rule.refresh();
  });

  const cases: [string, string, object, RegExp][] = [
    [
      "slow start, as any unknown argument (E38)",
      TARGET_GROUP,
      { ...targetGroupArgs, slowStart: 30 },
      /^slowStart: .* has no argument "slowStart"/,
    ],
    [
      "an unknown argument inside",
      TARGET_GROUP,
      { ...targetGroupArgs, healthCheck: { grace: 1 } },
      /^healthCheck: .*"grace"/,
    ],
    ["group stickiness (E23)", RULE, stickyRule(), /^actions\.0\.forward\.stickiness\.enabled: .*expected false/],
    ["six groups (E19)", RULE, wideRule(6), /^actions\.0\.forward\.targetGroups: Too big/],
    ["another scheme", LOAD_BALANCER, { ...loadBalancerArgs, loadBalancerType: "network" }, /^loadBalancerType: /],
    ["no security group", LOAD_BALANCER, { ...loadBalancerArgs, securityGroups: [] }, /default security group/],
    ["a long prefix (E2)", LOAD_BALANCER, { ...loadBalancerArgs, namePrefix: "public-" }, /^namePrefix: /],
  ];
  for (const [what, token, args, problem] of cases) {
    it(`refuses ${what}`, () => {
      const problems = Resource.problems(types, token, args as Record<string, unknown>);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(problem);
    });
  }

  it("accepts the unknown values of a preview", () => {
    expect(Resource.problems(types, RULE, { ...wideRule(1), listenerArn: UNKNOWN })).to.deep.equal([]);
    expect(Resource.problems(types, LOAD_BALANCER, { ...loadBalancerArgs, subnets: [UNKNOWN] })).to.deep.equal([]);
  });
});

function wideRule(count: number) {
  const targetGroups = Array.from({ length: count }, (_, index) => ({ arn: `arn:${index}`, weight: 1 }));
  return {
    listenerArn: "arn:listener",
    conditions: [{ hostHeader: { values: ["a.jp"] } }],
    actions: [{ type: "forward", forward: { targetGroups } }],
  };
}

function stickyRule() {
  const rule = wideRule(1);
  const [action] = rule.actions;
  return {
    ...rule,
    actions: [{ ...action, forward: { ...action!.forward, stickiness: { enabled: true, duration: 60 } } }],
  };
}
