import { expect } from "chai";
import type { Group } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group";
import { hasPassed } from "../../../../../has-passed";
import { IMAGE, Scene } from "../../../compute-scene";
import { workerRequest } from "./task-request";

/**
 * Time that a worker needs after SIGTERM: longer than Docker's own limit at shutdown, shorter than its stopTimeout.
 * Real milliseconds.
 */
const FINISH_MS = 2500;
/** 10 s of real time at the usual speed: far more than a worker needs. AWS seconds. */
const LONG_STOP_SECONDS = 4000;
const WORKER = [
  process.execPath,
  "-e",
  `setInterval(() => {}, 1000);
   process.on("SIGTERM", () => { console.log("finishing"); setTimeout(() => { console.log("finished"); process.exit(0); }, ${FINISH_MS}); });
   console.log("working");`,
];
const QUICK = [process.execPath, "-e", 'setInterval(() => {}, 1000); console.log("working");'];
const DEAF = [
  process.execPath,
  "-e",
  'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("working");',
];

describe("rehearsal/cloud/services/ecs/model/managed-draining", () => {
  let scene: Scene;
  let group: Group;

  afterEach(() => scene.close());

  /** Starts one worker's instance. Resolves when its task has written its first line. */
  const set = async (
    options: { command?: string[]; link?: "before" | "after" | "never"; speed?: number; stopTimeout?: number } = {},
  ) => {
    const { command = WORKER, link = "before", speed = 400, stopTimeout = LONG_STOP_SECONDS } = options;
    scene = new Scene({ speed, bootSeconds: 1 });
    const { ecs, autoScaling } = scene.compute;
    ecs.createCluster("users");
    scene.serve("mailer", workerRequest({ command, container: { stopTimeout } }));
    group = autoScaling.create("mailer-blue", scene.groupSettings(0));
    ecs.capacityProviders.create("mailer-blue", group.arn, {
      managedDraining: true,
      managedTerminationProtection: false,
    });
    if (link === "before") linkTo(["mailer-blue"]);
    resize(1);
    await scene.until("a working task", () => scene.written.some((line) => line.endsWith(": working")));
    if (link === "after") linkTo(["mailer-blue"]);
  };
  const resize = (size: number) => scene.compute.autoScaling.update("mailer-blue", scene.groupSettings(size));
  const linkTo = (names: string[]) =>
    scene.compute.ecs.capacityProviders.putForCluster(scene.compute.ecs.cluster("users"), names);
  const stateOf = () => group.members[0]?.lifecycleState;
  const host = () => [...scene.compute.ecs.cluster("users").instances.values()][0];
  const task = () => scene.compute.ecs.cluster("users").tasks[0]!;
  /** Until ECS, which hears of it a while after the instance has begun to wait, says why it does not drain it. */
  const undrained = (reason: string) => {
    const end = `in Terminating:Wait, and ECS does not drain it: ${reason}`;
    return scene.until("that ECS does not drain it", () => scene.context.lines.at(-1)?.endsWith(end) === true);
  };

  it("lets a worker finish: Terminating:Wait, DRAINING, SIGTERM, then the termination (C27)", async () => {
    await set();
    expect(group.hooks.all).to.deep.equal([{ name: "ecs-managed-draining-termination-hook", heartbeatSeconds: 3600 }]);
    resize(0);
    // ECS hears of it a while after the instance has begun to wait.
    await scene.until("an instance that drains", () => host()!.status === "DRAINING");
    expect(stateOf()).to.equal("Terminating:Wait");
    expect(host()).to.include({ agentConnected: true, capacityProviderName: "mailer-blue" });
    expect(group.activities.all[0]!.status).to.equal("MidLifecycleAction");
    await scene.until("its first word after SIGTERM", () => scene.written.some((line) => line.endsWith(": finishing")));
    expect(stateOf()).to.equal("Terminating:Wait");
    await scene.until("an empty group", () => group.members.length === 0);
    expect(task()).to.include({ exitCode: 0, stopCode: "ServiceSchedulerInitiated", lastStatus: "STOPPED" });
    expect(task().stoppedReason).to.contain("instance draining");
    await scene.until("its last word", () => scene.written.some((line) => line.endsWith(": finished")));
    expect(scene.compute.ecs.cluster("users").instances.size).to.equal(0);
  });

  it("drains only when ECS has heard of it, which takes as long as is assumed", async () => {
    await set({ command: QUICK });
    const { assumptions, clock } = scene.context;
    scene.context.assumptions = { ...assumptions, drainingEvent: { min: 60, max: 61 } };
    const passed = hasPassed(clock.realMs(60));
    resize(0);
    await scene.until("an instance that drains", () => host()!.status === "DRAINING");
    expect(passed()).to.equal(true);
    await scene.until("an empty group", () => group.members.length === 0);
  });

  it("kills a task that ignores SIGTERM after its stopTimeout (C19)", async () => {
    await set({ command: DEAF, stopTimeout: 600 });
    const passed = hasPassed(scene.context.clock.realMs(600));
    resize(0);
    await scene.until("an empty group", () => group.members.length === 0);
    expect(task().exitCode).to.equal(137);
    expect(passed()).to.equal(true);
  });

  it("gives a worker without managed draining only Docker's 10 s (12 f)", async () => {
    await set({ link: "never" });
    resize(0);
    await scene.until("an empty group", () => group.members.length === 0);
    expect(scene.written.some((line) => line.endsWith(": finishing"))).to.equal(true);
    expect(scene.written.some((line) => line.endsWith(": finished"))).to.equal(false);
    expect(host()).to.include({ status: "ACTIVE", agentConnected: false });
    expect(group.hooks.all).to.deep.equal([]);
  });

  it("does not drain instances that joined before the link (C25) or after the link was removed (C28)", async () => {
    for (const [link, before, reason] of [
      ["after", () => {}, "it joined the cluster before its group was linked to it"],
      ["before", () => linkTo([]), "its capacity provider is not linked to a cluster any more"],
    ] as const) {
      await set({ link, speed: 4000 });
      before();
      const passed = hasPassed(scene.context.clock.realMs(3600));
      resize(0);
      await undrained(reason);
      expect([stateOf(), host()!.status, task().lastStatus]).to.deep.equal(["Terminating:Wait", "ACTIVE", "RUNNING"]);
      const statuses = new Set<string>();
      await scene.until("an empty group", () => {
        if (stateOf() === "Terminating:Wait") statuses.add(host()!.status);
        return group.members.length === 0;
      });
      expect([...statuses]).to.deep.equal(["ACTIVE"]);
      expect(passed()).to.equal(true);
      scene.close();
    }
  });

  it("is skipped by a forced deletion of the group", async () => {
    await set();
    scene.compute.autoScaling.delete("mailer-blue", true);
    await scene.until("a stopped task", () => task().lastStatus === "STOPPED");
    expect(task()).to.include({ exitCode: undefined, stopCode: "TerminationNotice" });
  });

  it("ends when the deletion of the group is forced while it drains", async () => {
    await set();
    resize(0);
    await scene.until("an instance that waits", () => stateOf() === "Terminating:Wait");
    const { instance } = group.members[0]!;
    scene.compute.autoScaling.delete("mailer-blue", true);
    await scene.until("a terminated instance", () => instance.state === "terminated");
    await scene.until("an empty cluster", () => scene.compute.ecs.cluster("users").instances.size === 0);
  });

  it("waits for an agent that is disconnected, at most the hook's heartbeat, and drains when it connects (C28)", async () => {
    await set();
    host()!.disconnectAgent();
    resize(0);
    await undrained("its agent is disconnected");
    expect([stateOf(), host()!.status, task().lastStatus]).to.deep.equal(["Terminating:Wait", "ACTIVE", "RUNNING"]);
    host()!.connectAgent();
    expect(host()!.status).to.equal("DRAINING");
    await scene.until("an empty group", () => group.members.length === 0);
    expect(task()).to.include({ exitCode: 0, stopCode: "ServiceSchedulerInitiated" });
  });

  it("waits for a standalone task and does not stop it (C24)", async () => {
    await set();
    const { ecs } = scene.compute;
    const command = [process.execPath, "-e", "setTimeout(() => process.exit(0), 3000)"];
    const { tasks } = ecs.runTask("users", {
      definition: ecs.taskDefinitions.register(workerRequest({ image: IMAGE, command })),
      count: 1,
      startedBy: "migrate",
      group: undefined,
      overrides: { environment: [] },
      clientToken: undefined,
    });
    await scene.until("a running standalone task", () => tasks[0]!.lastStatus === "RUNNING");
    resize(0);
    await scene.until("a stopped daemon task", () => task().lastStatus === "STOPPED");
    expect([stateOf(), tasks[0]!.lastStatus]).to.deep.equal(["Terminating:Wait", "RUNNING"]);
    await scene.until("an empty group", () => group.members.length === 0);
    expect(tasks[0]!.exitCode).to.equal(0);
  });

  it("does not hold an instance that has not joined the cluster", async () => {
    await set();
    resize(0);
    await scene.until("an empty group", () => group.members.length === 0);
    resize(1);
    const askedAt = Date.now();
    resize(0);
    expect(stateOf()).to.equal("Terminating");
    await scene.until("an empty group", () => group.members.length === 0);
    expect(Date.now() - askedAt).to.be.below(scene.context.clock.realMs(3600));
  });
});
