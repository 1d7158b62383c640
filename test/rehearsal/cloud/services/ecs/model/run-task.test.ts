import { expect } from "chai";
import type { RunTaskRequest } from "../../../../../../rehearsal/cloud/services/ecs/model/run-task";
import type { Task } from "../../../../../../rehearsal/cloud/services/ecs/model/task";
import { Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";
import { taskRequest, workerRequest } from "./task-request";

const PRINT = ["sh", "-c", 'echo "$RELEASE $MODE $PORT"; exit 3'];

describe("rehearsal/cloud/services/ecs/model/run-task", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene({ bootSeconds: 0 });
    scene.compute.ecs.createCluster("users");
  });
  afterEach(() => scene.close());

  const register = (wanted: Parameters<typeof workerRequest>[0] = {}) =>
    scene.compute.ecs.taskDefinitions.register(workerRequest(wanted));
  const request = (overrides: Partial<RunTaskRequest> = {}): RunTaskRequest => ({
    definition: register(),
    count: 1,
    startedBy: "migrate-aaaaaaaaaaaa",
    group: undefined,
    overrides: { environment: [] },
    clientToken: undefined,
    ...overrides,
  });
  const run = (overrides: Partial<RunTaskRequest> = {}) => scene.compute.ecs.runTask("users", request(overrides));
  const instance = async (count = 1) => {
    for (let launched = 0; launched < count; launched += 1) {
      scene.compute.instances.launch({
        launchTemplateId: scene.launchTemplate(),
        version: "$Latest",
        subnetId: "subnet-a",
        autoScalingGroup: "users-blue",
      });
    }
    const { instances } = scene.compute.ecs.cluster("users");
    await scene.until("the instances in the cluster", () => instances.size === count);
    return [...instances.values()];
  };
  const serve = () => scene.serve("users", taskRequest({ memory: 1536, cpu: 1536 }));
  const ended = (task: Task) => scene.until("an ended task", () => task.lastStatus === "STOPPED");

  it("runs beside the service's task, once, with its own log stream, exit code and overrides", async () => {
    const service = serve();
    await instance();
    await scene.until("a listening service", () => scene.targets.endpoints.size === 1);
    const overrides = { command: PRINT, environment: [{ name: "MODE", value: "expand" }] };
    const [task] = run({ overrides }).tasks;
    expect(task!.request).to.include({
      group: "family:mailer",
      startedBy: "migrate-aaaaaaaaaaaa",
      serviceName: undefined,
    });
    await ended(task!);
    expect(task).to.include({ exitCode: 3, stopCode: "EssentialContainerExited" });
    // No port mapping: PORT is what the definition says.
    await scene.until("its line", () =>
      scene.written.some((line) => line.endsWith(`blue/users/${task!.id}: 1 expand 3000`)),
    );
    await scene.context.clock.sleep(60);
    expect(scene.compute.ecs.cluster("users").tasks).to.have.lengthOf(2);
    expect(service).to.include({ isSteady: true, desiredCount: 1 });
    expect(scene.targets.endpoints.size).to.equal(1);
  });

  for (const [what, definition, reason] of [
    ["memory", () => workerRequest({ container: { memoryReservation: 400 } }), "RESOURCE:MEMORY"],
    ["CPU", () => workerRequest({ container: { cpu: 513 } }), "RESOURCE:CPU"],
    ["the port", () => taskRequest({ memory: 64, cpu: 128 }), "RESOURCE:PORTS"],
  ] as const) {
    it(`starts nothing where ${what} is missing beside the service, and returns a failure for each instance`, async () => {
      serve();
      const hosts = await instance(2);
      const { tasks, failures } = run({ definition: scene.compute.ecs.taskDefinitions.register(definition()) });
      expect(tasks).to.deep.equal([]);
      expect(failures).to.deep.equal(hosts.map(({ arn }) => ({ arn, reason })));
    });
  }

  it("spreads tasks over the instances and starts as many as fit", async () => {
    const hosts = await instance(2);
    const definition = register({ container: { memoryReservation: 1000 }, command: ["sleep", "60"] });
    const { tasks, failures } = run({ definition, count: 3 });
    expect(new Set(tasks.map(({ host }) => host))).to.deep.equal(new Set(hosts));
    expect(failures).to.have.lengthOf(2);
  });

  it("refuses requests with the errors of ECS", async () => {
    expect(refusal(() => run())).to.equal(
      "InvalidParameterException: No Container Instances were found in your cluster.",
    );
    await instance();
    expect(refusal(() => run({ overrides: { name: "other", environment: [] } }))).to.equal(
      "InvalidParameterException: Override for container named other is not a container in the TaskDefinition.",
    );
    expect(refusal(() => run({ startedBy: "a b" }))).to.match(
      /^InvalidParameterException: startedBy is "a b"; wanted up to 128/,
    );
    expect(refusal(() => scene.compute.ecs.stopTask("users", "0".repeat(32), "no"))).to.equal(
      "InvalidParameterException: The referenced task was not found.",
    );
  });

  it("starts no task twice for the same token", async () => {
    await instance();
    const same = request({ clientToken: "token", overrides: { command: ["sleep", "60"], environment: [] } });
    const [first] = scene.compute.ecs.runTask("users", same).tasks;
    expect(scene.compute.ecs.runTask("users", same).tasks).to.deep.equal([first]);
    expect(scene.compute.ecs.cluster("users").tasks).to.have.lengthOf(1);
    expect(refusal(() => scene.compute.ecs.runTask("users", { ...same, count: 2 }))).to.match(/^ConflictException: /);
  });

  it("is stopped with SIGTERM and has the code and reason of the stop", async () => {
    await instance();
    const [task] = run({ overrides: { command: ["sleep", "60"], environment: [] } }).tasks;
    await scene.until("a running task", () => task!.lastStatus === "RUNNING");
    scene.compute.ecs.stopTask("users", task!.arn, "changed my mind");
    await ended(task!);
    expect(task).to.include({ exitCode: 143, stopCode: "UserInitiated", stoppedReason: "changed my mind" });
  });

  it("stops before it runs if its image is missing, and is not retried", async () => {
    await instance();
    scene.images.clear();
    const [task] = run().tasks;
    await ended(task!);
    expect(task).to.include({ stopCode: "TaskFailedToStart", exitCode: undefined });
    expect(task!.stoppedReason).to.match(/^CannotPullContainerError: /);
    await scene.context.clock.sleep(60);
    expect(scene.compute.ecs.cluster("users").tasks).to.have.lengthOf(1);
  });

  it("tells of each run that a schedule started how it ended, but not of one that a person or the cloud's end stopped", async () => {
    await instance();
    const startedBy = "chronos-schedule/users";
    const command = (...words: string[]) => ({ startedBy, definition: register({ command: words, release: "v2" }) });
    const failed = run(command("sh", "-c", "exit 7")).tasks[0]!;
    const missing = run(command("no-such-program")).tasks[0]!;
    await Promise.all([failed, missing].map(ended));
    const stopped = run(command("sleep", "60")).tasks[0]!;
    await scene.until("a task that runs", () => stopped.lastStatus === "RUNNING");
    await stopped.stop("enough", "UserInitiated");
    await ended(run({ definition: register({ command: ["true"] }) }).tasks[0]!);
    const last = run(command("sleep", "60")).tasks[0]!;
    await scene.until("a task that runs", () => last.lastStatus === "RUNNING");
    scene.stop();
    await ended(last);
    const told = scene.events.flatMap((event) => (event.kind === "scheduledRun" ? [event] : []));
    const of = ({ id }: Task) => told.find(({ taskId }) => taskId === id);
    expect(of(failed)).to.include({ service: "users", release: "v2", exitCode: 7 });
    expect(of(missing)).to.deep.include({ exitCode: null, reason: missing.stoppedReason });
    expect(told).to.have.lengthOf(2);
  });
});
