import { expect } from "chai";
import type { Group } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group";
import { Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";

const DRAINING = { managedDraining: true, managedTerminationProtection: false };

describe("rehearsal/cloud/services/ecs/model/capacity-providers", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene({ bootSeconds: 1 });
    scene.compute.ecs.createCluster("users");
  });
  afterEach(() => scene.close());

  const createGroup = (
    name = "mailer-blue",
    overrides: { protectFromScaleIn?: boolean; size?: number } = {},
  ): Group => {
    const { size = 0, protectFromScaleIn = false } = overrides;
    const tags = [{ key: "colour", value: "blue", propagateAtLaunch: false }];
    return scene.compute.autoScaling.create(name, scene.groupSettings(size, { protectFromScaleIn, tags }));
  };
  const providers = () => scene.compute.ecs.capacityProviders;
  const create = (name: string, arn: string, settings = DRAINING) => providers().create(name, arn, settings);
  const link = (names: string[]) => providers().putForCluster(scene.compute.ecs.cluster("users"), names);

  it("needs a unique name without a prefix of AWS (C25)", () => {
    const { arn } = createGroup();
    for (const name of ["aws-mailer", "ecs-mailer", "fargate", "a b", "a".repeat(256)]) {
      expect(refusal(() => create(name, arn))).to.match(
        /^ClientException: The specified capacity provider name is invalid/,
      );
    }
    expect(create("mailer", arn).arn).to.equal("arn:aws:ecs:ap-northeast-1:123456789012:capacity-provider/mailer");
    expect(refusal(() => create("mailer", createGroup("mailer-green").arn))).to.match(
      /^ClientException: The specified capacity provider already exists/,
    );
  });

  it("needs an Auto Scaling group of its own", () => {
    const { arn } = createGroup();
    create("mailer", arn);
    expect(refusal(() => create("other", arn))).to.match(
      /^ClientException: The specified Auto Scaling group ARN is already being used by another capacity provider/,
    );
    expect(refusal(() => create("other", `${arn}-gone`))).to.match(
      /^ClientException: The specified Auto Scaling group ARN is invalid/,
    );
  });

  it("needs a protected group for termination protection, and logs that this does nothing without managed scaling (C26)", () => {
    const settings = { managedDraining: true, managedTerminationProtection: true };
    const refused =
      /^ClientException: The managed termination protection setting for the capacity provider is invalid\. To enable/;
    expect(refusal(() => create("mailer", createGroup().arn, settings))).to.match(refused);
    create("mailer", createGroup("plain").arn);
    expect(refusal(() => providers().update("mailer", settings))).to.match(refused);
    expect(scene.context.lines).to.deep.equal([]);
    create("protected", createGroup("protected", { protectFromScaleIn: true }).arn, settings);
    expect(scene.context.lines).to.deep.equal([
      "capacity provider protected: managed termination protection does nothing without managed scaling",
    ]);
  });

  it("tags its group once when it is linked (C29)", () => {
    const group = createGroup();
    create("mailer", group.arn);
    expect(group.settings.tags.map(({ key }) => key)).to.deep.equal(["colour"]);
    link(["mailer"]);
    link([]);
    link(["mailer"]);
    expect(group.settings.tags).to.deep.equal([
      { key: "colour", value: "blue", propagateAtLaunch: false },
      { key: "AmazonECSManaged", value: "", propagateAtLaunch: true },
    ]);
  });

  it("logs that a group already has instances (C25)", () => {
    create("mailer", createGroup("mailer-blue", { size: 1 }).arn);
    link(["mailer"]);
    expect(scene.context.lines[0]).to.contain("Auto Scaling group mailer-blue has 1 instance(s) already");
  });

  it("cannot be deleted while it is linked, nor can the cluster (C22, C25)", () => {
    create("mailer", createGroup().arn);
    expect(refusal(() => link(["mailer", "typo"]))).to.equal(
      "ClientException: The specified capacity provider does not exist: typo",
    );
    link(["mailer"]);
    expect(refusal(() => providers().delete("mailer"))).to.match(
      /^ResourceInUseException: The specified capacity provider is in use and cannot be removed/,
    );
    expect(refusal(() => scene.compute.ecs.deleteCluster("users"))).to.match(
      /^ClusterContainsCapacityProviderException: /,
    );
    link([]);
    expect(refusal(() => providers().delete("mailer"))).to.equal("accepted");
    expect(refusal(() => scene.compute.ecs.deleteCluster("users"))).to.equal("accepted");
  });

  it("keeps its hook on the group while managed draining is on", () => {
    const group = createGroup();
    create("mailer", group.arn, { ...DRAINING, managedDraining: false });
    link(["mailer"]);
    expect(group.hooks.all).to.deep.equal([]);
    providers().update("mailer", DRAINING);
    expect(group.hooks.all.map(({ name }) => name)).to.deep.equal(["ecs-managed-draining-termination-hook"]);
    providers().update("mailer", { ...DRAINING, managedDraining: false });
    expect(group.hooks.all).to.deep.equal([]);
  });
});
