import { expect } from "chai";
import type { TargetGroupSettings } from "../../../../../../rehearsal/cloud/services/elb/model/state";
import { forwardTo, hostIs, refused, Scene, targetGroupSettings } from "./scene";

describe("rehearsal/cloud/services/elb/model/target-groups", () => {
  let scene: Scene;

  before(async () => {
    scene = await Scene.set("127.68.20");
  });
  after(() => scene.loadBalancing.close());

  it("creates a group with an ARN in AWS's form and a unique name (E3)", async () => {
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

  it("refuses to delete a group that a rule forwards to, whatever targets it has (E39)", async () => {
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
      "an interval as short as the timeout (E27)",
      check({ intervalSeconds: 10, timeoutSeconds: 10 }),
      "Health check interval must be greater than the timeout.",
    ],
    [
      "an interval out of range (E26)",
      check({ intervalSeconds: 301 }),
      "Health check interval '301' must be a whole number between 5 and 300",
    ],
    ["a timeout out of range (E26)", check({ timeoutSeconds: 1 }), /Health check timeout '1' .* between 2 and 120/],
    [
      "a healthy threshold out of range (E26)",
      check({ healthyThreshold: 1 }),
      /Healthy threshold count '1' .* between 2 and 10/,
    ],
    [
      "an unhealthy threshold out of range (E26)",
      check({ unhealthyThreshold: 11 }),
      /Unhealthy threshold count '11' .* between 2 and 10/,
    ],
    ["a path without a leading slash (E26)", check({ path: "up" }), /must begin with '\/'/],
    ["a status code above 499 (E26)", check({ matcher: "200-599" }), /must be within '200-499' inclusive/],
    [
      "a deregistration delay out of range (E37)",
      { deregistrationDelaySeconds: 3601 },
      /Deregistration delay '3601' .* between 0 and 3600/,
    ],
  ];
  it("takes gRPC's codes for a group with gRPC, and no others (E57)", async () => {
    for (const matcher of ["0", "12", "0-99", "0,12"])
      expect(scene.createTargetGroup(check({ matcher }), undefined, "GRPC").protocolVersion).to.equal("GRPC");
    for (const matcher of ["200", "100", "", "5-0"])
      await refused(
        () => scene.createTargetGroup(check({ matcher }), undefined, "GRPC"),
        "ValidationError",
        `Health check matcher GRPC code '${matcher}' must be within '0-99' inclusive`,
      );
    const { arn } = scene.createTargetGroup(check({ matcher: "0" }), undefined, "GRPC");
    await refused(
      () => scene.loadBalancing.targetGroups.modify(arn, targetGroupSettings()),
      "ValidationError",
      "Health check matcher GRPC code '200' must be within '0-99' inclusive",
    );
    await refused(
      () => scene.createTargetGroup(check({ matcher: "0" }), undefined, "HTTP2"),
      "ValidationError",
      "Health check matcher HTTP code '0' must be within '200-499' inclusive",
    );
  });

  for (const [rule, changes, message] of cases) {
    it(`refuses ${rule}`, () => refused(() => scene.createTargetGroup(changes), "ValidationError", message));
  }
});
