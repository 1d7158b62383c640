import { expect } from "chai";
import type { Group } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group";
import type { GroupSettings } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group-settings";
import { hasPassed } from "../../../../../has-passed";
import { Scene } from "../../../compute-scene";
import { REFUSED } from "../../../fake-targets";
import { refusal } from "../../../refusal";

const HEALTHY = { state: "healthy", reason: "", description: "" };

describe("rehearsal/cloud/services/autoscaling/model/group", () => {
  let scene: Scene;
  let settings: GroupSettings;

  beforeEach(() => {
    scene = new Scene({ bootSeconds: 4 });
    settings = sized(0);
  });
  afterEach(() => scene.close());

  const sized = (size: number, overrides: Partial<GroupSettings> = {}): GroupSettings =>
    scene.groupSettings(size, {
      ...{ subnetIds: ["subnet-a", "subnet-c"], targetGroupArns: ["blue", "green"], healthCheckType: "ELB" },
      ...overrides,
    });
  const create = (overrides: Partial<GroupSettings> = {}) =>
    scene.compute.autoScaling.create("users-blue", { ...settings, ...overrides });
  const inService = (group: Group) => group.members.filter((member) => member.lifecycleState === "InService");
  const idsOf = (group: Group) => group.members.map(({ instance }) => instance.instanceId);
  const setHealthEverywhere = (instanceId: string, health: typeof HEALTHY) => {
    for (const arn of ["blue", "green"]) scene.targets.say(arn, instanceId, health);
  };

  it("spreads instances over the zones, and registers each with all target groups before InService (A8)", async () => {
    const group = create(sized(2));
    expect(group.arn).to.match(
      /^arn:aws:autoscaling:ap-northeast-1:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/users-blue$/,
    );
    expect(group.members.map(({ instance }) => instance.availabilityZone).sort()).to.deep.equal([
      "ap-northeast-1a",
      "ap-northeast-1c",
    ]);
    expect(scene.targets.calls).to.deep.equal([]);
    await scene.until("two in service", () => inService(group).length === 2);
    expect(scene.targets.calls).to.have.lengthOf(4);
    expect(group.activities.all.map(({ status }) => status)).to.deep.equal(["Successful", "Successful"]);
  });

  it("refuses sizes that are not min <= desired <= max (A1)", () => {
    expect(refusal(() => create(sized(1, { desiredCapacity: 2 })))).to.equal(
      "ValidationError: Desired capacity:2 must be between the specified min size:1 and max size:1",
    );
    expect(refusal(() => create(sized(2, { maxSize: 1 })))).to.equal(
      "ValidationError: Max bound, 1, must be greater than or equal to min bound, 2",
    );
    create();
    expect(refusal(() => scene.compute.autoScaling.update("users-blue", sized(1, { desiredCapacity: 0 })))).to.match(
      /^ValidationError: Desired capacity:0 must be between/,
    );
  });

  it("refuses a name that is taken, and more than 50 target groups (A2-A3)", () => {
    create();
    expect(refusal(() => create())).to.equal(
      "AlreadyExists: AutoScalingGroup by this name already exists - A group with the name already exists",
    );
    const targetGroupArns = Array.from({ length: 51 }, (_, index) => `group-${index}`);
    expect(refusal(() => scene.compute.autoScaling.create("users-green", sized(0, { targetGroupArns })))).to.equal(
      "LimitExceeded: Number of Target Groups must not exceed 50.",
    );
  });

  it("deregisters, drains and then terminates an instance (A9)", async () => {
    let drained = () => {};
    scene.targets.drained = new Promise((resolve) => {
      drained = resolve;
    });
    const group = create(sized(1));
    await scene.until("one in service", () => inService(group).length === 1);
    const [id] = idsOf(group);
    group.update(sized(0));
    expect(group.members[0]!.lifecycleState).to.equal("Terminating");
    expect(scene.targets.calls.slice(-2)).to.deep.equal([`deregister blue ${id}`, `deregister green ${id}`]);
    await scene.context.clock.sleep(20);
    expect(scene.compute.instances.get(id!)!.state).to.equal("running");
    expect(group.activities.all[0]!.status).to.equal("WaitingForELBConnectionDraining");
    drained();
    await scene.until("an empty group", () => group.members.length === 0);
    expect(scene.compute.instances.get(id!)!.state).to.equal("terminated");
    expect(group.activities.all[0]).to.include({
      status: "Successful",
      description: `Terminating EC2 instance: ${id}`,
    });
  });

  it("cancels the launch of an instance that still boots", async () => {
    const group = create(sized(1));
    group.update(sized(0));
    await scene.until("an empty group", () => group.members.length === 0);
    expect(group.activities.all.map(({ status }) => status)).to.deep.equal(["Successful", "Cancelled"]);
  });

  it("replaces no instance before one has passed a health check, then each that any target group reports as unhealthy (A5, A6)", async () => {
    const group = create(sized(2));
    await scene.until("two in service", () => inService(group).length === 2);
    const [first, second] = idsOf(group) as [string, string];
    setHealthEverywhere(second, REFUSED);
    expect(inService(group)).to.have.lengthOf(2);
    setHealthEverywhere(first, HEALTHY);
    expect(group.members.find(({ instance }) => instance.instanceId === second)).to.include({
      lifecycleState: "Terminating",
      healthStatus: "Unhealthy",
    });
    await scene.until("a replacement", () => inService(group).length === 2);
    // It is replaced although another target group still reports it as healthy.
    scene.targets.say("green", first, REFUSED);
    expect(inService(group).map(({ instance }) => instance.instanceId)).not.to.include(first);
    expect(group.activities.all.map(({ cause }) => cause).join("\n")).to.contain("ELB system health check failure");
  });

  describe("with an instance maintenance policy that keeps 100 percent (A33)", () => {
    const instanceMaintenancePolicy = { minHealthyPercentage: 100, maxHealthyPercentage: 200 };
    const WARMUP_SECONDS = 40;
    const launchingFirst = () => create(sized(1, { instanceMaintenancePolicy, defaultInstanceWarmup: WARMUP_SECONDS }));
    const idsInService = (group: Group) => inService(group).map(({ instance }) => instance.instanceId);
    /** A group with one healthy instance. */
    async function serving(): Promise<{ group: Group; id: string }> {
      const group = launchingFirst();
      await scene.until("one in service", () => inService(group).length === 1);
      const [id] = idsOf(group) as [string];
      setHealthEverywhere(id, HEALTHY);
      return { group, id };
    }
    const isThere = (group: Group) => inService(group).length === 2;

    it("keeps an unhealthy instance until the one in its place has passed its checks and is warm", async () => {
      const { group, id } = await serving();
      setHealthEverywhere(id, REFUSED);
      expect(group.members[0]).to.include({ lifecycleState: "InService", healthStatus: "Unhealthy" });
      await scene.until("another one beside it", () => isThere(group));
      const inServiceAtMs = Date.now();
      const [, next] = idsOf(group) as [string, string];
      await scene.context.clock.sleep(2 * WARMUP_SECONDS);
      expect(idsInService(group)).to.deep.equal([id, next]);
      setHealthEverywhere(next, HEALTHY);
      expect(idsInService(group)).to.deep.equal([next]);
      expect(Date.now() - inServiceAtMs).to.be.at.least(scene.context.clock.realMs(WARMUP_SECONDS));
      await scene.until("the new one alone", () => idsOf(group).join() === next);
    });

    it("waits for the warm-up of one that is healthy at once", async () => {
      const { group, id } = await serving();
      let warmUp = () => false;
      const unsubscribe = group.onChange(() => {
        const next = idsInService(group)[1];
        if (next === undefined) return;
        unsubscribe();
        warmUp = hasPassed(scene.context.clock.realMs(WARMUP_SECONDS) - 10);
        setHealthEverywhere(next, HEALTHY);
      });
      setHealthEverywhere(id, REFUSED);
      await scene.until("the new one in service alone", () => !idsInService(group).includes(id));
      expect(warmUp()).to.equal(true);
      expect(inService(group)).to.have.lengthOf(1);
    });

    it("launches another one for one that is unhealthy, too, and never more than 200 percent", async () => {
      const { group, id } = await serving();
      setHealthEverywhere(id, REFUSED);
      await scene.until("another one beside it", () => isThere(group));
      const [, bad] = idsOf(group) as [string, string];
      setHealthEverywhere(bad, REFUSED);
      expect(idsInService(group)).to.deep.equal([id]);
      await scene.until("a third one", () => isThere(group) && !idsInService(group).includes(bad));
      const next = idsInService(group)[1]!;
      setHealthEverywhere(next, HEALTHY);
      await scene.until("the third one alone", () => idsOf(group).join() === next);
    });

    it("replaces an instance that does not run any more at once", async () => {
      const { group, id } = await serving();
      void scene.compute.instances.terminate(id);
      await scene.until("its replacement", () => inService(group).length === 1 && !idsInService(group).includes(id));
    });

    it("keeps the instance also where the zones are balanced", async () => {
      const { group, id } = await serving();
      group.rebalance(id);
      await scene.until("another one beside it", () => isThere(group));
      expect(idsInService(group)).to.include(id);
      setHealthEverywhere(idsInService(group)[1]!, HEALTHY);
      await scene.until("the new one alone", () => !idsOf(group).includes(id));
    });

    it("tries again after a launch that failed, and keeps the instance meanwhile", async () => {
      const { group, id } = await serving();
      const { id: fault } = scene.context.faults.add({ kind: "launchFailure" });
      setHealthEverywhere(id, REFUSED);
      expect(group.activities.all[0]!.status).to.equal("Failed");
      expect(idsInService(group)).to.deep.equal([id]);
      scene.context.faults.clear(fault);
      await scene.until("another one beside it", () => isThere(group));
    });

    it("takes the unhealthy one first where the size falls, and all of them where it falls to 0", async () => {
      const { group, id } = await serving();
      setHealthEverywhere(id, REFUSED);
      await scene.until("another one beside it", () => isThere(group));
      group.update({ ...group.settings, minSize: 0, desiredCapacity: 0 });
      await scene.until("an empty group", () => group.members.length === 0);
    });
  });

  it("refuses an instance maintenance policy with too wide a range (A33)", () => {
    const instanceMaintenancePolicy = { minHealthyPercentage: 50, maxHealthyPercentage: 200 };
    expect(refusal(() => create(sized(1, { instanceMaintenancePolicy })))).to.contain("ValidationError: ");
  });

  it("ignores the load balancers' health checks until the grace period is over (A7)", async () => {
    const group = create(sized(1, { healthCheckGracePeriod: 40 }));
    const [id] = idsOf(group);
    let inServiceDuringGrace: number | undefined;
    // In the same moment in which the grace period begins, so that it cannot be over on any machine.
    const unsubscribe = group.onChange(() => {
      if (inService(group).length === 0) return;
      unsubscribe();
      setHealthEverywhere(id!, HEALTHY);
      setHealthEverywhere(id!, REFUSED);
      inServiceDuringGrace = inService(group).length;
    });
    await scene.until("its replacement", () => !idsOf(group).includes(id!) && inService(group).length === 1);
    expect(inServiceDuringGrace).to.equal(1);
  });

  it("ignores the load balancers' health checks with the health check type EC2", async () => {
    const group = create(sized(1, { healthCheckType: "EC2" }));
    await scene.until("one in service", () => inService(group).length === 1);
    const [id] = idsOf(group);
    setHealthEverywhere(id!, HEALTHY);
    setHealthEverywhere(id!, REFUSED);
    expect(inService(group)).to.have.lengthOf(1);
    void scene.compute.instances.terminate(id!);
    await scene.until("its replacement", () => inService(group).some(({ instance }) => instance.instanceId !== id));
  });

  it("keeps protected instances when the size goes to 0 (A20)", async () => {
    const group = create(sized(1, { protectFromScaleIn: true }));
    await scene.until("one in service", () => inService(group).length === 1);
    group.update(sized(0));
    await scene.context.clock.sleep(30);
    expect(inService(group)).to.have.lengthOf(1);
    group.removeScaleInProtection();
    await scene.until("an empty group", () => group.members.length === 0);
  });

  it("records a failed launch as an activity and retries it (A12)", async () => {
    scene.context.faults.add({ kind: "launchFailure", count: 1 });
    const group = create(sized(2));
    expect(group.members).to.have.lengthOf(0);
    expect(group.activities.all[0]!.status).to.equal("Failed");
    expect(group.activities.all[0]!.statusMessage).to.match(
      /sufficient t3\.small capacity .*\w\. Launching EC2 instance failed\.$/,
    );
    await scene.until("both", () => inService(group).length === 2);
  });

  it("uses a new launch template only for new instances (A13)", async () => {
    const group = create(sized(1));
    await scene.until("one in service", () => inService(group).length === 1);
    const { id } = group.settings.launchTemplate;
    scene.compute.launchTemplates.addVersion(id, {
      ...scene.compute.launchTemplates.resolve(id, "1"),
      instanceType: "t3.medium",
    });
    group.update({ ...sized(2), launchTemplate: { id, version: "$Latest" } });
    expect(group.members.map(({ instance }) => instance.instanceType)).to.deep.equal(["t3.small", "t3.medium"]);
  });

  it("cannot be deleted while it has instances, including terminating ones (A19)", async () => {
    const group = create(sized(1));
    const remove = () => scene.compute.autoScaling.delete("users-blue", false);
    expect(refusal(remove)).to.match(/^ResourceInUse: /);
    group.update(sized(0));
    expect(refusal(remove)).to.match(/^ScalingActivityInProgress: /);
    await scene.until("an empty group", () => group.members.length === 0);
    expect(refusal(remove)).to.equal("accepted");
  });

  it("terminates its instances when its deletion is forced", async () => {
    const group = create(sized(1));
    await scene.until("one in service", () => inService(group).length === 1);
    const [id] = idsOf(group);
    scene.compute.autoScaling.delete("users-blue", true);
    expect(scene.compute.autoScaling.find("users-blue")).to.equal(undefined);
    await scene.until("a terminated instance", () => scene.compute.instances.get(id!)!.state === "terminated");
  });

  it("attaches only target groups that exist", () => {
    expect(refusal(() => create(sized(0, { targetGroupArns: ["grey"] })))).to.match(
      /^ValidationError: Provided Target Groups may not be valid/,
    );
  });

  it("registers its instances with a target group that is attached, and drains them from one that is detached", async () => {
    const group = create(sized(1, { targetGroupArns: ["blue"] }));
    await scene.until("one in service", () => inService(group).length === 1);
    const [id] = idsOf(group);
    scene.compute.autoScaling.attach("users-blue", "green");
    expect(group.attachments.states.get("green")).to.equal("Added");
    expect(scene.targets.health("green").map(({ targetId }) => targetId)).to.deep.equal([id]);
    await scene.compute.autoScaling.detach("users-blue", "blue");
    expect(scene.targets.health("blue")).to.deep.equal([]);
    expect(group.settings.targetGroupArns).to.deep.equal(["green"]);
    expect(inService(group)).to.have.lengthOf(1);
  });
});
