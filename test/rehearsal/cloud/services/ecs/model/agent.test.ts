import { expect } from "chai";
import { Scene, userData } from "../../../compute-scene";

describe("rehearsal/cloud/services/ecs/model/agent", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene({ bootSeconds: 1 });
    scene.compute.ecs.createCluster("users");
  });
  afterEach(() => scene.close());

  const launch = (overrides: Record<string, unknown> = {}) =>
    scene.compute.instances.launch({
      launchTemplateId: scene.launchTemplate(overrides),
      version: "$Latest",
      subnetId: "subnet-a",
      autoScalingGroup: "users-blue",
    });
  const joined = (cluster = "users") => [...(scene.compute.ecs.findCluster(cluster)?.instances.keys() ?? [])];

  it("joins the cluster of the user data", async () => {
    const { instanceId } = launch();
    await scene.until("the instance in the cluster", () => joined().includes(instanceId));
    const [host] = scene.compute.ecs.cluster("users").activeInstances;
    expect(host!.arn).to.match(/^arn:aws:ecs:ap-northeast-1:123456789012:container-instance\/users\/[0-9a-f]{32}$/);
    expect(host).to.include({ status: "ACTIVE", agentConnected: true });
    expect(scene.context.lines).to.deep.equal([]);
  });

  for (const [what, spoil, obstacle] of [
    [
      "a role without the permission",
      (s: Scene) => s.denied.add("ecs:RegisterContainerInstance"),
      "role users-instance may not ecs:RegisterContainerInstance on arn:aws:ecs:ap-northeast-1:123456789012:cluster/users",
    ],
    [
      "a role that EC2 may not assume (I5)",
      (s: Scene) => s.untrusted.add("ec2.amazonaws.com"),
      "role users-instance does not trust ec2.amazonaws.com",
    ],
    [
      "no route",
      (s: Scene) => s.noRoute.set("ecs", "subnet-a has no route to a NAT gateway"),
      "no route to ECS: subnet-a has no route to a NAT gateway",
    ],
  ] as const) {
    it(`does not join with ${what}, logs the reason once, and joins when that is fixed (C10)`, async () => {
      spoil(scene);
      const { instanceId } = launch();
      await scene.until("an obstacle", () => scene.compute.ecs.explain(instanceId).length > 0);
      expect(scene.compute.ecs.explain(instanceId)).to.deep.equal([`did not join an ECS cluster: ${obstacle}`]);
      await scene.context.clock.sleep(60);
      expect(scene.context.lines).to.deep.equal([`instance ${instanceId} did not join an ECS cluster: ${obstacle}`]);
      expect(joined()).to.deep.equal([]);
      scene.denied.clear();
      scene.untrusted.clear();
      scene.noRoute.clear();
      await scene.until("the instance in the cluster", () => joined().includes(instanceId));
    });
  }

  it("does not join a cluster that does not exist (C11)", async () => {
    const { instanceId } = launch({ userData: userData("typo") });
    await scene.until("an obstacle", () => scene.compute.ecs.explain(instanceId).length > 0);
    expect(scene.compute.ecs.explain(instanceId)).to.deep.equal([
      "did not join an ECS cluster: cluster typo: ClientException: Cluster not found.",
    ]);
  });

  it("creates the cluster default without a cluster in the user data, if its role may (C11)", async () => {
    scene.denied.add("ecs:CreateCluster");
    const { instanceId } = launch({ userData: "" });
    await scene.until("an obstacle", () => scene.compute.ecs.explain(instanceId)[0]?.includes("ecs:CreateCluster"));
    expect(joined("default")).to.deep.equal([]);
    scene.denied.clear();
    await scene.until("the instance in the cluster", () => joined("default").includes(instanceId));
  });

  it("has no credentials without an instance profile", async () => {
    const { instanceId } = launch({ instanceProfile: undefined });
    await scene.until("an obstacle", () => scene.compute.ecs.explain(instanceId).length > 0);
    expect(scene.compute.ecs.explain(instanceId)[0]).to.contain("has no instance profile");
  });
});
