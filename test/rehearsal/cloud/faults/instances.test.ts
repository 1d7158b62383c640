import { expect } from "chai";
import { InstanceFaults } from "../../../../rehearsal/cloud/faults/instance-faults";
import { instanceMishaps } from "../../../../rehearsal/cloud/instance-mishaps";
import type { FaultRequest } from "../../../../rehearsal/cloud/kernel/fault-kinds";
import type { Group } from "../../../../rehearsal/cloud/services/autoscaling/model/group";
import { hasPassed } from "../../../has-passed";
import { Scene } from "../compute-scene";
import { taskRequest } from "../services/ecs/model/task-request";

describe("rehearsal/cloud/faults/instances", () => {
  let scene: Scene;
  let faults: InstanceFaults;
  let group: Group;
  let oldest: string;

  beforeEach(async () => {
    scene = new Scene({ bootSeconds: 1 });
    const { ecs, instances, autoScaling } = scene.compute;
    faults = new InstanceFaults(scene.context, scene.context.faults, instanceMishaps(instances, autoScaling, ecs));
    ecs.createCluster("users");
    scene.serve("users", taskRequest({}));
    const settings = scene.groupSettings(2, {
      ...{ subnetIds: ["subnet-a", "subnet-c"], targetGroupArns: ["blue"] },
      ...{ healthCheckType: "ELB", healthCheckGracePeriod: 600 },
    });
    group = autoScaling.create("users-blue", settings);
    await scene.until("two tasks that listen", () => scene.targets.endpoints.size === 2);
    oldest = group.members[0]!.instance.instanceId;
  });
  afterEach(() => {
    faults.close();
    scene.close();
  });

  const add = (request: FaultRequest) => scene.context.faults.add(request);
  const injections = () =>
    scene.events.flatMap((event) => (event.kind === "fault" && event.state === "injected" ? [event.detail] : []));
  const host = () => scene.compute.ecs.cluster("users").instances.get(oldest);
  const taskOf = (instanceId: string) =>
    scene.compute.ecs.cluster("users").tasks.find((task) => task.host.instance.instanceId === instanceId)!;
  const isGone = (instanceId: string) => !group.members.some(({ instance }) => instance.instanceId === instanceId);
  const isWhole = () => group.members.length === 2 && scene.targets.endpoints.size === 2;

  it("loseInstance: its task is killed without a word, ECS does not know, and Auto Scaling replaces it", async () => {
    add({ kind: "loseInstance" });
    expect(injections()).to.have.length(1);
    expect(injections()[0]).to.contain(`instance ${oldest} of users`);
    await scene.until("another instance in its place", () => isGone(oldest) && isWhole());
    expect(scene.written.filter((line) => line.endsWith(": bye"))).to.deep.equal([]);
    expect(scene.context.faults.list()).to.deep.equal([]);
  });

  it("loseAgent: its task goes on, and the agent connects again when the fault is off", async () => {
    const { id } = add({ kind: "loseAgent" });
    expect(host()).to.include({ agentConnected: false, status: "ACTIVE" });
    expect(taskOf(oldest).lastStatus).to.equal("RUNNING");
    expect(scene.targets.endpoints.size).to.equal(2);
    scene.context.faults.clear(id);
    expect(host()!.agentConnected).to.equal(true);
    expect(isWhole()).to.equal(true);
  });

  it("spotInterruption: nothing happens during the notice, then the instance shuts down and is replaced", async () => {
    const passed = hasPassed(scene.context.clock.realMs(120));
    add({ kind: "spotInterruption" });
    expect(scene.context.lines.at(-1)).to.contain("EC2 interrupts it in 120 s");
    const { instance } = group.members[0]!;
    expect(instance.state).to.equal("running");
    await scene.until("its shutdown", () => instance.state !== "running");
    expect(passed()).to.equal(true);
    await scene.until("another instance in its place", () => isGone(oldest) && isWhole());
    await scene.until("its last line", () => scene.written.some((line) => line.endsWith(": bye")));
  });

  it("rebalance: an instance is launched first, and only then one is terminated", async () => {
    const sizes = new Set<number>();
    const stop = group.onChange(() =>
      sizes.add(group.members.filter(({ lifecycleState }) => lifecycleState === "InService").length),
    );
    add({ kind: "rebalance" });
    expect(group.members).to.have.length(3);
    await scene.until("another instance in its place", () => isGone(oldest) && isWhole());
    stop();
    expect(Math.min(...sizes)).to.equal(2);
    const terminations = group.activities.all.filter(({ description }) => description.startsWith("Terminating"));
    expect(terminations.map(({ description }) => description)).to.deep.equal([`Terminating EC2 instance: ${oldest}`]);
  });

  it("waits for a machine that it means", async () => {
    add({ kind: "loseInstance", release: "2" });
    expect(injections()).to.deep.equal([]);
    scene.compute.ecs
      .service("users", "users")
      .update(scene.compute.ecs.taskDefinitions.register(taskRequest({ release: "2" })), 0, {});
    await scene.until("an injection", () => injections().length === 1);
    expect(injections()[0]).to.match(/ of users 2$/);
  });
});
