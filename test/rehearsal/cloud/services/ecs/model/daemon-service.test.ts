import { expect } from "chai";
import type { DaemonService } from "../../../../../../rehearsal/cloud/services/ecs/model/daemon-service";
import type { TaskDefinition } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definition";
import { hasPassed } from "../../../../../has-passed";
import { IMAGE, NEXT_IMAGE, Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";
import { taskRequest } from "./task-request";

describe("rehearsal/cloud/services/ecs/model/daemon-service", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene({ bootSeconds: 0 });
    scene.compute.ecs.createCluster("users");
  });
  afterEach(() => scene.close());

  const register = (overrides: Parameters<typeof taskRequest>[0] = {}) =>
    scene.compute.ecs.taskDefinitions.register(taskRequest(overrides));
  const create = (definition: TaskDefinition, overrides: Record<string, unknown> = {}, cluster = "users") =>
    scene.compute.ecs.createService(cluster, {
      name: "users",
      definition,
      desiredCount: undefined,
      minimumHealthyPercent: 0,
      maximumPercent: 100,
      tags: {},
      ...overrides,
    });
  const launch = (overrides: Record<string, unknown> = {}) =>
    scene.compute.instances.launch({
      launchTemplateId: scene.launchTemplate(overrides),
      version: "$Latest",
      subnetId: "subnet-a",
      autoScalingGroup: "users-blue",
    });
  const endpoints = () => [...scene.targets.endpoints.values()];
  const answer = async () => (await fetch(`http://127.0.0.1:${endpoints()[0]!.port}/`)).text();
  const lastTask = () => scene.compute.ecs.cluster("users").tasks.at(-1);
  const stopped = (count = 1) => {
    const tasks = () => scene.compute.ecs.cluster("users").tasks.filter((task) => task.lastStatus === "STOPPED");
    return scene.until(`${count} stopped task(s)`, () => tasks().length >= count);
  };
  const hasEvent = (service: DaemonService, text: string) =>
    service.events.some(({ message }) => message.includes(text));

  it("runs one real process on each instance (C4) and registers its endpoint", async () => {
    const service = create(register());
    expect(service).to.include({ desiredCount: 0, isSteady: true });
    launch();
    launch();
    await scene.until("both listening", () => endpoints().length === 2);
    expect(service).to.include({ desiredCount: 2, isSteady: true });
    expect(await answer()).to.equal("1");
    expect(endpoints()[0]).to.include({ service: "users" });
    const [task] = service.tasks;
    expect(task!.arn).to.match(/^arn:aws:ecs:ap-northeast-1:123456789012:task\/users\/[0-9a-f]{32}$/);
    expect(task).to.include({ lastStatus: "RUNNING", imageDigest: IMAGE.split("@")[1] });
    await scene.until("the task's output", () => scene.written.length === 2);
    expect(scene.written.sort()[0]).to.match(/^users blue\/users\/[0-9a-f]{32}: listening 1$/);
    expect(hasEvent(service, "has reached a steady state")).to.equal(true);
  });

  it("stops the old task before the new one starts (C7)", async () => {
    const service = create(register());
    launch();
    await scene.until("revision 1 listening", () => endpoints().length === 1);
    const old = service.tasks[0]!;
    const seen: string[] = [];
    service.update(register({ image: NEXT_IMAGE, release: "2" }), 0, {});
    await scene.until("revision 2 listening", () => {
      seen.push(service.tasks.map((task) => `${task.definition.revision} ${task.lastStatus}`).join());
      return endpoints().length === 1 && !service.tasks.includes(old);
    });
    expect(seen.filter((state) => state.includes("1") && state.includes("2"))).to.deep.equal([]);
    expect(await answer()).to.equal("2");
    expect(old).to.include({ lastStatus: "STOPPED", exitCode: 0, stopCode: "ServiceSchedulerInitiated" });
  });

  it("restarts a task that ended by itself", async () => {
    const service = create(register({ command: [process.execPath, "-e", "setTimeout(() => process.exit(7), 150)"] }));
    launch();
    await stopped(2);
    const [first] = scene.compute.ecs.cluster("users").tasks;
    expect(first).to.include({
      exitCode: 7,
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    });
    // The delay does not grow for tasks that did run.
    expect(hasEvent(service, "unable to consistently start tasks")).to.equal(false);
  });

  for (const [what, spoil, reason] of [
    [
      "an image that does not exist (C14)",
      (s: Scene) => s.images.clear(),
      /^CannotPullContainerError: .*manifest for .*users@sha256:a+ not found/,
    ],
    [
      "a role that may not log in to ECR (C16)",
      (s: Scene) => s.denied.add("ecr:GetAuthorizationToken"),
      /^CannotPullECRContainerError: .*role users-execution is not authorized to perform: ecr:GetAuthorizationToken/,
    ],
    [
      "a role that may not pull (C16)",
      (s: Scene) => s.denied.add("ecr:BatchGetImage"),
      /^CannotPullContainerError: .*pull access denied.*ecr:BatchGetImage on resource: arn:aws:ecr:ap-northeast-1:123456789012:repository\/users/,
    ],
    [
      "no route to ECR (C13)",
      (s: Scene) => s.noRoute.set("ecr.dkr", "no NAT"),
      /^CannotPullContainerError: .*request canceled while waiting for connection \(ecr.dkr: no NAT\)/,
    ],
    [
      "a missing log group (C18)",
      (s: Scene) => s.logGroups.clear(),
      /failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist\.$/,
    ],
    [
      "a role that may not create log streams (C16)",
      (s: Scene) => s.denied.add("logs:CreateLogStream"),
      /AccessDeniedException: role users-execution is not authorized to perform: logs:CreateLogStream on arn:aws:logs:ap-northeast-1:123456789012:log-group:users:log-stream:blue\/users\/[0-9a-f]{32}$/,
    ],
    [
      "a role that ECS may not assume (I5)",
      (s: Scene) => s.untrusted.add("ecs-tasks.amazonaws.com"),
      /^ECS was unable to assume the role 'arn:aws:iam::123456789012:role\/users-task'/,
    ],
  ] as const) {
    it(`${what}: the task stops, and the delay before the next start grows`, async () => {
      const service = create(register());
      spoil(scene);
      const { instanceId } = launch();
      const cluster = scene.compute.ecs.cluster("users");
      await scene.until(
        "three stopped tasks, or one that runs",
        () =>
          cluster.tasks.filter(({ lastStatus }) => lastStatus === "STOPPED").length >= 3 ||
          cluster.tasks.some(({ startedAtMs }) => startedAtMs !== undefined),
      );
      const { tasks } = cluster;
      expect(tasks[0]).to.include({ stopCode: "TaskFailedToStart", startedAtMs: undefined });
      expect(tasks[0]!.stoppedReason).to.match(reason);
      await scene.until("the service's event", () =>
        hasEvent(service, "is unable to consistently start tasks successfully"),
      );
      const pauses = tasks.slice(1).map((task, index) => task.createdAtMs - tasks[index]!.stoppedAtMs!);
      expect(pauses[1]).to.be.at.least(scene.context.clock.realMs(20) - 2);
      expect(scene.compute.ecs.explain(instanceId).join()).to.contain("task of service users stopped: ");
    });
  }

  it("runs a task whose role may not write to its log stream, and loses its lines (C18)", async () => {
    create(register());
    scene.denied.add("logs:PutLogEvents");
    launch();
    await scene.until("listening", () => endpoints().length === 1);
    expect(await answer()).to.equal("1");
    expect(scene.context.lines.join("\n")).to.match(/its logs are lost, because role users-execution/);
    expect(scene.written).to.deep.equal([]);
  });

  it("stops a task whose command cannot be started, with the reason", async () => {
    create(register({ command: ["no-such-program"] }));
    launch();
    await stopped();
    expect(lastTask()!.stoppedReason).to.match(
      /^CannotStartContainerError: .*exec: "no-such-program": executable file not found in \$PATH: unknown$/,
    );
  });

  it("pulls with the instance's role if there is no execution role (C16)", async () => {
    create(register({ executionRoleArn: undefined }));
    scene.denied.add("ecr:BatchGetImage");
    launch();
    await stopped();
    expect(lastTask()!.stoppedReason).to.contain("role users-instance is not authorized");
  });

  for (const [what, overrides, text] of [
    ["the host port is taken (C9)", { hostPort: 51678 }, "is already using a port required by your task"],
    ["there is too little memory (C3)", { memory: 1905 }, "has insufficient memory available"],
    ["there is too little CPU (C3)", { cpu: 2049 }, "has insufficient CPU units available"],
  ] as const) {
    it(`places nothing when ${what}`, async () => {
      const service = create(register(overrides));
      const { instanceId } = launch();
      await scene.until("the service's event", () => hasEvent(service, text));
      expect(service.tasks).to.deep.equal([]);
      expect(service.events[0]!.message).to.match(
        /^\(service users\) was unable to place a task because no container instance met all of its requirements\./,
      );
      expect(scene.compute.ecs.explain(instanceId)[0]).to.contain(text);
    });
  }

  it("takes over the host port of a deleted service", async () => {
    const old = create(register());
    launch();
    await scene.until("listening", () => endpoints().length === 1);
    const successor = create(register({ release: "2" }), { name: "users-2" });
    expect(hasEvent(successor, "is already using a port required by your task")).to.equal(true);
    old.delete();
    await scene.until("the successor", () => successor.isSteady && endpoints().length === 1);
    expect(await answer()).to.equal("2");
  });

  it("registers no endpoint if PORT is not the container port", async () => {
    create(register({ port: "9999" }));
    launch();
    await scene.until("a line on the log", () => scene.context.lines.length > 0);
    expect(scene.context.lines[0]).to.contain(
      "nothing answers on host port 8080: PORT is 9999, but the mapped container port is 3000",
    );
    expect(endpoints()).to.deep.equal([]);
  });

  it("lists a terminated instance and its tasks as they were for 1 to 20 min, because no agent reports their end (C23)", async () => {
    const service = create(register());
    const { instanceId } = launch();
    await scene.until("listening", () => endpoints().length === 1);
    const cluster = scene.compute.ecs.cluster("users");
    const host = cluster.instances.get(instanceId)!;
    const passed = hasPassed(scene.context.clock.realMs(60));
    await scene.compute.instances.terminate(instanceId);
    await scene.until("its last line", () => scene.written.some((line) => line.endsWith(": bye")));
    expect(endpoints()).to.deep.equal([]);
    expect(host).to.include({ status: "ACTIVE", agentConnected: false });
    expect(lastTask()).to.include({ lastStatus: "RUNNING", desiredStatus: "RUNNING", stoppedReason: "" });
    expect(service).to.include({ desiredCount: 0, isSteady: false });
    expect(cluster.assertEmpty.bind(cluster)).to.throw("Services are active");
    await scene.until("that ECS finds out", () => lastTask()!.lastStatus === "STOPPED");
    expect(passed()).to.equal(true);
    expect(lastTask()).to.include({
      exitCode: undefined,
      stopCode: "TerminationNotice",
      stoppedReason: `Host EC2 (instance ${instanceId}) terminated.`,
    });
    expect(service).to.include({ desiredCount: 0, isSteady: true });
    expect(cluster.instances.size).to.equal(0);
  });

  it("is deleted only when ECS has found out about tasks that nobody reports (C21, C23)", async () => {
    const service = create(register());
    const { instanceId } = launch();
    await scene.until("listening", () => endpoints().length === 1);
    await scene.compute.instances.terminate(instanceId);
    service.delete();
    expect([service.status, lastTask()!.lastStatus]).to.deep.equal(["DRAINING", "RUNNING"]);
    await scene.until("an inactive service", () => service.status === "INACTIVE");
    expect(lastTask()!.lastStatus).to.equal("STOPPED");
  });

  it("starts and stops nothing on an instance whose agent is disconnected, and does it when the agent connects (C23)", async () => {
    const service = create(register());
    const { instanceId } = launch();
    await scene.until("listening", () => endpoints().length === 1);
    const host = scene.compute.ecs.cluster("users").instances.get(instanceId)!;
    const first = lastTask()!;
    host.disconnectAgent();
    service.update(register({ image: NEXT_IMAGE, release: "2" }), 0, {});
    void first.stop("asked", "UserInitiated");
    expect([first.lastStatus, first.desiredStatus]).to.deep.equal(["RUNNING", "STOPPED"]);
    expect(await answer()).to.equal("1");
    expect(lastTask()).to.equal(first);
    host.connectAgent();
    service.reconcile();
    await scene.until("the successor", () => lastTask() !== first && lastTask()!.lastStatus === "RUNNING");
    expect(first).to.include({ lastStatus: "STOPPED", stopCode: "UserInitiated", exitCode: 0 });
  });

  it("is DRAINING until its tasks have stopped, then INACTIVE (C21)", async () => {
    const definition = register();
    const service = create(definition);
    launch();
    await scene.until("listening", () => endpoints().length === 1);
    expect(refusal(() => create(definition))).to.equal(
      "InvalidParameterException: Creation of service was not idempotent.",
    );
    service.delete();
    expect(service.status).to.equal("DRAINING");
    expect(refusal(() => create(definition))).to.equal(
      "InvalidParameterException: Unable to Start a service that is still Draining.",
    );
    expect(refusal(() => scene.compute.ecs.service("users", "users"))).to.equal(
      "ServiceNotActiveException: Service was not ACTIVE.",
    );
    await scene.until("an inactive service", () => service.status === "INACTIVE");
    expect(refusal(() => create(definition))).to.equal("accepted");
  });

  it("refuses settings that a daemon service cannot have (C4-C6)", () => {
    const definition = register();
    expect(refusal(() => create(definition, { desiredCount: 1 }))).to.match(
      /^InvalidParameterException: The daemon scheduling strategy does not support a desired count for services/,
    );
    expect(refusal(() => create(definition, { maximumPercent: 200 }))).to.match(
      /^InvalidParameterException: The daemon scheduling strategy does not support values above 100 for maximumPercent/,
    );
    expect(refusal(() => create(definition, { minimumHealthyPercent: 100 }))).to.match(
      /^InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100/,
    );
    expect(refusal(() => create(definition, { hasCapacityProviderStrategy: true }))).to.equal(
      "InvalidParameterException: Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.",
    );
    expect(refusal(() => create(definition, {}, "typo"))).to.equal("ClusterNotFoundException: Cluster not found.");
  });

  it("leaves nothing running when the cloud closes", async () => {
    create(register());
    launch();
    await scene.until("listening", () => endpoints().length === 1);
    const { port } = endpoints()[0]!;
    scene.stop();
    await scene.until("a refused connection", () => lastTask()!.lastStatus === "STOPPED");
    const failure = await fetch(`http://127.0.0.1:${port}/`).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error);
  });
});
