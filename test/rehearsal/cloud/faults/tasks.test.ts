import { expect } from "chai";
import type { Faults } from "../../../../rehearsal/cloud/kernel/faults";
import type { DaemonService } from "../../../../rehearsal/cloud/services/ecs/model/daemon-service";
import { IMAGE, Scene, userData } from "../compute-scene";
import { taskRequest } from "../services/ecs/model/task-request";

/** As the program names it. */
const CLUSTER = "app-test-users-blue";

describe("faults of tasks", () => {
  let scene: Scene;
  let faults: Faults;
  let service: DaemonService;

  beforeEach(() => {
    scene = new Scene({ bootSeconds: 0 });
    faults = scene.context.faults;
    scene.compute.ecs.createCluster(CLUSTER);
    service = scene.serve("users", taskRequest({ release: "v2" }), CLUSTER);
  });
  afterEach(() => scene.close());

  const launch = () =>
    scene.compute.instances.launch({
      launchTemplateId: scene.launchTemplate({ userData: userData(CLUSTER) }),
      version: "$Latest",
      subnetId: "subnet-a",
      autoScalingGroup: "users-blue",
    });
  const endpoints = () => [...scene.targets.endpoints.values()];
  const failures = () => endpoints().map((endpoint) => ("failure" in endpoint ? endpoint.failure : null));
  const running = (count: number) => scene.until(`${count} listening`, () => endpoints().length === count);
  const stopped = () => scene.compute.ecs.cluster(CLUSTER).tasks.filter((task) => task.lastStatus === "STOPPED");

  it("imagePullFailure: the task does not start, in ECS's words; a machine that has a copy runs it (C15)", async () => {
    faults.add({ kind: "imagePullFailure", colour: "blue", count: 1 });
    launch();
    await scene.until("a task that failed", () => stopped().length === 1);
    expect(stopped()[0]).to.include({
      stopCode: "TaskFailedToStart",
      stoppedReason: `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${IMAGE}: failed to do request: Head "https://123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/v2/users/manifests/${IMAGE.split("@")[1]}": dial tcp: i/o timeout`,
    });
    await running(1);
    faults.add({ kind: "imagePullFailure" });
    await service.tasks[0]!.stop("test", "UserInitiated");
    await running(1);
    expect(stopped()).to.have.lengthOf(2);
  });

  it("crashLoop: aborts the task after its time, and those that ECS starts in its place, until it is off", async () => {
    launch();
    await running(1);
    faults.add({ kind: "crashLoop", service: "users", release: "v2" });
    await scene.until("two crashes", () => stopped().length >= 2);
    for (const task of stopped()) {
      expect(task).to.include({ exitCode: 134, stopCode: "EssentialContainerExited" });
      expect(task.stoppedAtMs! - task.startedAtMs!).to.be.at.least(Math.floor(scene.context.clock.realMs(5)));
    }
    faults.clear();
    const crashes = stopped().length;
    await running(1);
    await scene.context.clock.sleep(60);
    expect(stopped().length).to.be.at.most(crashes + 1);
    expect(service.isSteady).to.equal(true);
  });

  it("leave the tasks of other services, colours and releases alone", async () => {
    launch();
    await running(1);
    for (const other of [{ service: "doodle" }, { colour: "green" as const }, { release: "v1" }]) {
      faults.add({ kind: "crashLoop", afterSeconds: 0, ...other });
      faults.add({ kind: "unhealthyAfter", ...other });
    }
    await scene.context.clock.sleep(60);
    expect(failures()).to.deep.equal([null]);
    expect(stopped()).to.deep.equal([]);
  });

  it("unhealthyAfter and errorsAfter: tell the load balancers how the task fails, from its time on", async () => {
    launch();
    await running(1);
    const startedMs = service.tasks[0]!.startedAtMs!;
    faults.add({ kind: "errorsAfter", share: 0.05, afterSeconds: 400 });
    const early = failures();
    // A machine that is too slow to look within a second sees the next state.
    if (Date.now() - startedMs < 1000) expect(early).to.deep.equal([null]);
    await scene.until("a failing task", () => failures()[0] !== null);
    expect(Date.now() - startedMs).to.be.at.least(1000);
    expect(failures()).to.deep.equal([{ status: 500, share: 0.05, healthChecks: false }]);
    const { id } = faults.add({ kind: "unhealthyAfter", since: "now" });
    expect(failures()).to.deep.equal([{ status: 503, share: 1, healthChecks: true }]);
    faults.clear(id);
    expect(failures()).to.deep.equal([{ status: 500, share: 0.05, healthChecks: false }]);
    faults.clear();
    expect(failures()).to.deep.equal([null]);
  });

  it("are injected into so many tasks at most, and those that start later too", async () => {
    faults.add({ kind: "unhealthyAfter", count: 2 });
    for (let count = 1; count <= 3; count += 1) launch();
    await running(3);
    await scene.until("two ill", () => failures().filter((failure) => failure !== null).length === 2);
    expect(faults.list()[0]).to.include({ strikes: 2, remaining: 0 });
    faults.clear();
    expect(failures()).to.deep.equal([null, null, null]);
  });
});
