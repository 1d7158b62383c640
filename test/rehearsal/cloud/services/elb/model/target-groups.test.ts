import { expect } from "chai";
import type { TargetGroupSettings } from "../../../../../../rehearsal/cloud/services/elb/model/state";
import { forwardTo, hostIs, refused, Scene, targetGroupSettings } from "./scene";

describe("rehearsal/cloud/services/elb/model/target-groups", () => {
  let scene: Scene;

  before(async () => {
    scene = await Scene.set("127.68.20");
  });
  after(() => scene.loadBalancing.close());

  it("gives a new group AWS's ARN, and its name to nobody else (E3)", async () => {
    expect(scene.createTargetGroup({}, "users-bb").arn).to.match(
      /^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup\/users-bb\/[0-9a-f]{16}$/,
    );
    await refused(
      () => scene.createTargetGroup({}, "users-bb"),
      "DuplicateTargetGroupName",
      "A target group with the same name 'users-bb' exists, but with different settings",
    );
    await refused(
      () => scene.createTargetGroup({}, "a".repeat(33)),
      "ValidationError",
      `Target group name '${"a".repeat(33)}' cannot be longer than '32' characters`,
    );
  });

  it("cannot be deleted while a rule names it, whatever is registered (E39)", async () => {
    const { targetGroups, rules } = scene.loadBalancing;
    const group = scene.createTargetGroup();
    const listener = await scene.createListener((await scene.createLoadBalancer()).arn);
    const rule = rules.create({
      listenerArn: listener.arn,
      conditions: hostIs("users.example.jp"),
      actions: [forwardTo({ ...group, weight: 0 })],
    });
    expect(targetGroups.loadBalancerOf(group.arn)).to.equal(listener.loadBalancerArn);
    await refused(
      () => targetGroups.delete(group.arn),
      "ResourceInUse",
      `Target group '${group.arn}' is currently in use by a listener or a rule`,
    );
    rules.delete(rule.arn);
    targetGroups.delete(group.arn);
    expect(targetGroups.find(group.arn)).to.equal(undefined);
    await refused(() => targetGroups.get(group.arn), "TargetGroupNotFound", "One or more target groups not found");
  });

  const check = (changes: Partial<TargetGroupSettings["healthCheck"]>) => ({
    healthCheck: { ...targetGroupSettings().healthCheck, ...changes },
  });
  const cases: [string, Partial<TargetGroupSettings>, string | RegExp][] = [
    [
      "E27 interval = timeout",
      check({ intervalSeconds: 10, timeoutSeconds: 10 }),
      "Health check interval must be greater than the timeout.",
    ],
    [
      "E26 interval",
      check({ intervalSeconds: 301 }),
      "Health check interval '301' must be a whole number between 5 and 300",
    ],
    ["E26 timeout", check({ timeoutSeconds: 1 }), /Health check timeout '1' .* between 2 and 120/],
    ["E26 healthy count", check({ healthyThreshold: 1 }), /Healthy threshold count '1' .* between 2 and 10/],
    ["E26 unhealthy count", check({ unhealthyThreshold: 11 }), /Unhealthy threshold count '11' .* between 2 and 10/],
    ["E26 path", check({ path: "up" }), /must begin with '\/'/],
    ["E26 codes", check({ matcher: "200-599" }), /must be within '200-499' inclusive/],
    ["E37 delay", { deregistrationDelaySeconds: 3601 }, /Deregistration delay '3601' .* between 0 and 3600/],
  ];
  for (const [rule, changes, message] of cases) {
    it(`refuses ${rule}`, () => refused(() => scene.createTargetGroup(changes), "ValidationError", message));
  }
});
