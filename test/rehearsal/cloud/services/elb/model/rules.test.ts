import { expect } from "chai";
import { ask } from "./http";
import { forwardTo, hostIs, notFound, PORT_OFFSET, refused, Scene, targetGroupSettings } from "./scene";

describe("rehearsal/cloud/services/elb/model/rules", () => {
  let scene: Scene;
  let listenerArn: string;
  let address: string;

  beforeEach(async () => {
    scene = await Scene.set(`127.68.${3 + addresses++}`);
    const { arn, nodes } = await scene.createLoadBalancer();
    address = nodes[0]!.address;
    listenerArn = (await scene.createListener(arn)).arn;
  });
  let addresses = 0;
  afterEach(() => scene.loadBalancing.close());

  const create = (host: string, priority?: number, actions = [notFound as object]) =>
    scene.loadBalancing.rules.create({
      listenerArn,
      priority,
      conditions: hostIs(host),
      actions: actions as (typeof notFound)[],
    });

  it("gives a rule the next priority by default, and lists the default rule last (E15)", async () => {
    create("a.example.jp", 7);
    expect(create("b.example.jp").priority).to.equal(8);
    expect(create("c.example.jp", 3).arn).to.match(/:listener-rule\/app\/web-1(\/[0-9a-f]{16}){3}$/);
    const described = scene.loadBalancing.describeRules(listenerArn);
    expect(described.map((rule) => [rule.Priority, rule.IsDefault])).to.deep.equal([
      ["3", false],
      ["7", false],
      ["8", false],
      ["default", true],
    ]);
    await refused(() => create("d.example.jp", 7), "PriorityInUse", "Priority '7' is currently in use");
    await refused(() => create("d.example.jp", 50_001), "ValidationError", /between 1 and 50000/);
  });

  it("forwards from a listener with HTTP to target groups with HTTP/1.1 alone (E56)", async () => {
    const healthCheck = { ...targetGroupSettings().healthCheck, matcher: "0" };
    for (const [version, changes] of [
      ["HTTP2", {}],
      ["GRPC", { healthCheck }],
    ] as const) {
      const group = scene.createTargetGroup(changes, undefined, version);
      await refused(
        () => create("a.example.jp", 1, [forwardTo(group)]),
        "InvalidLoadBalancerAction",
        `Listener protocol 'HTTP' is not supported with a target group with the protocol-version '${version}'`,
      );
    }
    expect(create("a.example.jp", 1, [forwardTo(scene.createTargetGroup())]).priority).to.equal(1);
  });

  it("changes priorities only with SetRulePriorities (E15)", async () => {
    const { rules } = scene.loadBalancing;
    const first = create("a.example.jp", 1);
    create("b.example.jp", 2);
    await refused(() => rules.setPriority(first.arn, 2), "PriorityInUse", "Priority '2' is currently in use");
    expect(rules.setPriority(first.arn, 9).priority).to.equal(9);
    expect(rules.modify(first.arn, { conditions: hostIs("a.example.jp"), actions: [notFound] }).priority).to.equal(9);
  });

  it("allows a target group one load balancer (E1)", async () => {
    const group = scene.createTargetGroup();
    create("a.example.jp", 1, [forwardTo(group)]);
    const other = await scene.createListener((await scene.createLoadBalancer()).arn);
    const stolen = { listenerArn: other.arn, conditions: hostIs("a.example.jp"), actions: [forwardTo(group)] };
    await refused(
      () => scene.loadBalancing.rules.create(stolen),
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${group.arn}`,
    );
  });

  it("refuses the 101st target group of a load balancer, and lets a rule replace its own (E14)", async () => {
    const groups = Array.from({ length: 100 }, () => scene.createTargetGroup());
    for (let start = 0; start < 100; start += 5) {
      create(`h${start}.example.jp`, undefined, [forwardTo(...groups.slice(start, start + 5))]);
    }
    const extra = scene.createTargetGroup();
    await refused(
      () => create("extra.example.jp", undefined, [forwardTo(extra)]),
      "TooManyUniqueTargetGroupsPerLoadBalancer",
      "You've reached the limit on the number of unique target groups per load balancer across all listeners",
    );
    const [first] = scene.loadBalancing.describeRules(listenerArn);
    const change = { conditions: hostIs("h0.example.jp"), actions: [forwardTo(extra)] };
    expect(scene.loadBalancing.rules.modify(first!.RuleArn!, change).action).to.deep.include({ type: "forward" });
  });

  it("allows 100 rules per load balancer (E13)", async () => {
    for (let index = 0; index < 100; index++) create(`h${index}.example.jp`);
    await refused(
      () => create("more.example.jp"),
      "TooManyRules",
      "You've reached the limit on the number of rules per load balancer.",
    );
  });

  it("returns before the nodes follow, and emits the change (E24)", async () => {
    const rule = create("a.example.jp", 1, [
      { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "200" } },
    ]);
    const status = async () =>
      (await ask({ address, port: 80 + PORT_OFFSET, headers: { host: "a.example.jp" } })).status;
    while ((await status()) !== 200);
    scene.loadBalancing.rules.delete(rule.arn);
    while ((await status()) !== 404);

    const [blue, green] = [scene.createTargetGroup({}, "blue"), scene.createTargetGroup({}, "green")];
    const weighted = create("b.example.jp", 2, [forwardTo({ ...blue, weight: 100 }, { ...green, weight: 0 })]);
    scene.loadBalancing.rules.modify(weighted.arn, {
      conditions: hostIs("b.example.jp"),
      actions: [forwardTo({ ...blue, weight: 0 }, { ...green, weight: 0 })],
    });
    const emitted = scene.context.events.flatMap((event) => (event.kind === "rule" ? [event] : []));
    expect(emitted.map(({ host, targetGroups }) => ({ host, targetGroups }))).to.deep.equal([
      { host: "a.example.jp", targetGroups: [] },
      {
        host: "b.example.jp",
        targetGroups: [
          { name: "blue", weight: 100 },
          { name: "green", weight: 0 },
        ],
      },
      {
        host: "b.example.jp",
        targetGroups: [
          { name: "blue", weight: 0 },
          { name: "green", weight: 0 },
        ],
      },
    ]);
    expect(scene.context.lines.join()).to.include("all weights are 0");
  });

  it("refuses listeners and target groups that do not exist", async () => {
    const { rules } = scene.loadBalancing;
    await refused(() => rules.delete("arn:none"), "RuleNotFound", "One or more rules not found");
    await refused(
      () => rules.create({ listenerArn: "arn:none", conditions: hostIs("a.jp"), actions: [notFound] }),
      "ListenerNotFound",
      "One or more listeners not found",
    );
    await refused(
      () => create("a.example.jp", 1, [forwardTo({ arn: "arn:none" })]),
      "TargetGroupNotFound",
      "Target groups 'arn:none' not found",
    );
  });
});
