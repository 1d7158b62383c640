import {
  AutoScalingClient,
  DeletePolicyCommand,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
} from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { Scene as ApiScene, refusalOf } from "../../../api/scene";
import { Scene } from "../../../compute-scene";
import { workerRequest } from "../model/task-request";

const STARTED_BY = "migrate-aaaaaaaaaaaa";

/** The calls of a deploy, with the SDK's own clients. */
describe("rehearsal/cloud/services/ecs/api/ecs", () => {
  let scene: Scene;
  let api: ApiScene;
  let ecs: ECSClient;
  let autoScaling: AutoScalingClient;

  beforeEach(async () => {
    scene = new Scene({ bootSeconds: 0 });
    const { compute } = scene;
    const cluster = compute.ecs.createCluster("users");
    compute.ecs.taskDefinitions.register(workerRequest());
    const group = compute.autoScaling.create("mailer-blue", scene.groupSettings(0));
    compute.ecs.capacityProviders.create("mailer", group.arn, {
      managedDraining: true,
      managedTerminationProtection: false,
    });
    compute.ecs.capacityProviders.putForCluster(cluster, ["mailer"]);
    compute.autoScaling.update("mailer-blue", scene.groupSettings(1));
    await scene.until("an instance", () => cluster.instances.size === 1);
    api = new ApiScene();
    await api.start(scene.apis);
    ecs = new ECSClient(api.options());
    autoScaling = new AutoScalingClient(api.options());
  });
  afterEach(async () => {
    await api.close();
    scene.close();
  });

  const run = (command: string[], input: Partial<RunTaskCommandInput> = {}) =>
    ecs.send(
      new RunTaskCommand({
        cluster: "users",
        taskDefinition: "mailer",
        launchType: "EC2",
        count: 1,
        startedBy: STARTED_BY,
        overrides: {
          containerOverrides: [{ name: "users", command, environment: [{ name: "RELEASE", value: "2" }] }],
        },
        ...input,
      }),
    );
  const list = async (input: Partial<ListTasksCommandInput>) =>
    (await ecs.send(new ListTasksCommand({ cluster: "users", ...input }))).taskArns;
  const describeTask = async (arn: string) =>
    (await ecs.send(new DescribeTasksCommand({ cluster: "users", tasks: [arn] }))).tasks![0]!;

  it("drains an instance and makes it active again (C24), ten in one call at most (C40)", async () => {
    const [host] = scene.compute.ecs.cluster("users").instances.values();
    const set = async (containerInstances: string[], status: "ACTIVE" | "DRAINING") =>
      ecs.send(new UpdateContainerInstancesStateCommand({ cluster: "users", containerInstances, status }));
    const described = async () => {
      const { containerInstances } = await ecs.send(
        new DescribeContainerInstancesCommand({ cluster: "users", containerInstances: [host!.arn] }),
      );
      return containerInstances![0]!.status;
    };
    for (const status of ["DRAINING", "DRAINING", "ACTIVE"] as const) {
      const { containerInstances, failures } = await set([host!.arn], status);
      expect([containerInstances![0]!.status, failures, await described()]).to.deep.equal([status, [], status]);
    }
    expect((await set(["gone"], "DRAINING")).failures).to.deep.equal([{ arn: "gone", reason: "MISSING" }]);
    const [name, message] = await refusalOf(
      set(
        Array.from({ length: 11 }, (_, n) => `i${n}`),
        "DRAINING",
      ),
    );
    expect(name).to.equal("InvalidParameterException");
    expect(message).to.include("at most 10");
  });

  it("runs a task, finds it by startedBy, and returns its exit code", async () => {
    const { tasks, failures } = await run(["sh", "-c", 'sleep 0.1; exit "$((RELEASE + 1))"']);
    const taskArn = tasks![0]!.taskArn!;
    expect(failures).to.deep.equal([]);
    expect(tasks![0]).to.deep.include({
      group: "family:mailer",
      startedBy: STARTED_BY,
      taskDefinitionArn: "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/mailer:1",
      launchType: "EC2",
    });
    for (const filter of [{ startedBy: STARTED_BY }, { family: "mailer" }])
      expect(await list(filter)).to.deep.equal([taskArn]);
    for (const filter of [{ startedBy: "other" }, { family: "users" }]) expect(await list(filter)).to.deep.equal([]);
    await scene.until("an ended task", () => scene.compute.ecs.cluster("users").tasks[0]!.lastStatus === "STOPPED");
    expect(await list({ startedBy: STARTED_BY })).to.deep.equal([]);
    expect(await list({ startedBy: STARTED_BY, desiredStatus: "STOPPED" })).to.deep.equal([taskArn]);
    const ended = await describeTask(taskArn);
    expect(ended).to.include({ lastStatus: "STOPPED", stopCode: "EssentialContainerExited", startedBy: STARTED_BY });
    expect(ended.containers![0]).to.include({ exitCode: 3, name: "users" });
  });

  it("stops a task", async () => {
    const { tasks } = await run(["sleep", "60"]);
    const [{ taskArn }] = tasks as [{ taskArn: string }];
    await scene.until("a running task", () => scene.compute.ecs.cluster("users").tasks[0]!.lastStatus === "RUNNING");
    const { task } = await ecs.send(new StopTaskCommand({ cluster: "users", task: taskArn, reason: "took too long" }));
    expect(task).to.include({ desiredStatus: "STOPPED", stopCode: "UserInitiated" });
    await scene.until("an ended task", () => scene.compute.ecs.cluster("users").tasks[0]!.lastStatus === "STOPPED");
    expect(await describeTask(taskArn)).to.include({ stoppedReason: "took too long" });
  });

  it("returns the reason why a container did not start", async () => {
    scene.images.clear();
    const { tasks } = await run(["true"]);
    await scene.until("an ended task", () => scene.compute.ecs.cluster("users").tasks[0]!.lastStatus === "STOPPED");
    const [container] = (await describeTask(tasks![0]!.taskArn!)).containers!;
    expect(container!.exitCode).to.equal(undefined);
    expect(container!.reason).to.match(/^CannotPullContainerError: /);
  });

  it("lists a family's active revisions, and deregisters one", async () => {
    const { taskDefinitions } = scene.compute.ecs;
    taskDefinitions.register({ ...workerRequest(), family: "mailer-migrate" });
    const second = taskDefinitions.register(workerRequest());
    const listed = async (input: { familyPrefix?: string; status?: "INACTIVE" }) =>
      (await ecs.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns!.map((arn) => arn.split("/").at(-1));
    expect(await listed({ familyPrefix: "mailer" })).to.deep.equal(["mailer:1", "mailer:2"]);
    const { taskDefinition } = await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "mailer:2" }));
    expect(taskDefinition).to.include({ taskDefinitionArn: second.arn, status: "INACTIVE" });
    expect(await listed({})).to.deep.equal(["mailer:1", "mailer-migrate:1"]);
    expect(await listed({ status: "INACTIVE" })).to.deep.equal(["mailer:2"]);
  });

  it("deletes revisions that were deregistered before, ten at once (C51)", async () => {
    scene.compute.ecs.taskDefinitions.register(workerRequest());
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "mailer:2" }));
    const remove = (taskDefinitions: string[]) => ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
    const { taskDefinitions, failures } = await remove(["mailer:1", "mailer:2"]);
    expect(taskDefinitions!.map(({ revision, status }) => [revision, status])).to.deep.equal([
      [2, "DELETE_IN_PROGRESS"],
    ]);
    expect(failures).to.deep.equal([
      {
        arn: "mailer:1",
        reason: "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      },
    ]);
    const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({ status: "INACTIVE" }));
    expect(taskDefinitionArns).to.deep.equal([]);
    expect((await refusalOf(remove(Array(11).fill("mailer:2"))))[0]).to.equal("InvalidParameterException");
  });

  it("lists a cluster's services, and deletes one with its tasks", async () => {
    const service = scene.compute.ecs.createService("users", {
      name: "mailer",
      definition: scene.compute.ecs.taskDefinitions.get("mailer:1"),
      desiredCount: undefined,
      minimumHealthyPercent: 0,
      maximumPercent: 100,
      tags: {},
    });
    const listed = async () => (await ecs.send(new ListServicesCommand({ cluster: "users" }))).serviceArns;
    expect(await listed()).to.deep.equal([service.arn]);
    const deleted = await ecs.send(new DeleteServiceCommand({ cluster: "users", service: "mailer" }));
    expect(deleted.service).to.include({ serviceName: "mailer", status: "DRAINING" });
    await scene.until("no service", () => service.status === "INACTIVE");
    expect(await listed()).to.deep.equal([]);
  });

  it("lists a group's scaling policies, and deletes one", async () => {
    const { policies } = scene.compute.autoScaling;
    const policy = {
      groupName: "mailer-blue",
      metricType: "ASGAverageCPUUtilization" as const,
      targetValue: 60,
      disableScaleIn: false,
      warmupSeconds: 180,
      enabled: true,
    };
    for (const name of ["first", "second"]) policies.put({ ...policy, name });
    const group = { AutoScalingGroupName: "mailer-blue" };
    const listed = async () => (await autoScaling.send(new DescribePoliciesCommand(group))).ScalingPolicies!;
    expect((await listed())[0]).to.deep.include({
      PolicyName: "first",
      PolicyType: "TargetTrackingScaling",
      EstimatedInstanceWarmup: 180,
    });
    await autoScaling.send(new DeletePolicyCommand({ ...group, PolicyName: "first" }));
    expect((await listed()).map(({ PolicyName }) => PolicyName)).to.deep.equal(["second"]);
  });

  it("refuses requests with the errors of ECS", async () => {
    scene.compute.ecs.taskDefinitions.register({ ...workerRequest(), family: "large", memory: 10_000 });
    const full = await run(["true"], { taskDefinition: "large" });
    expect([full.tasks, full.failures!.map(({ reason }) => reason)]).to.deep.equal([[], ["RESOURCE:MEMORY"]]);
    scene.compute.ecs.createCluster("empty");
    expect(await refusalOf(run(["true"], { cluster: "empty" }))).to.deep.equal([
      "InvalidParameterException",
      "No Container Instances were found in your cluster.",
    ]);
    expect(await refusalOf(run(["true"], { taskDefinition: "typo" }))).to.deep.equal([
      "ClientException",
      "TaskDefinition not found.",
    ]);
    expect((await refusalOf(list({ startedBy: STARTED_BY, family: "mailer" })))[1]).to.contain(
      "must be the only filter",
    );
    expect((await refusalOf(run(["true"], { launchType: "FARGATE" })))[1]).to.contain(
      "does not support launch_type FARGATE",
    );
  });

  it("shows an instance that is held while it drains", async () => {
    const { tasks } = await run(["sleep", "60"]);
    await scene.until("a running task", () => scene.compute.ecs.cluster("users").tasks[0]!.lastStatus === "RUNNING");
    scene.compute.autoScaling.update("mailer-blue", scene.groupSettings(0));
    await scene.until(
      "a draining instance",
      () => [...scene.compute.ecs.cluster("users").instances.values()][0]!.status === "DRAINING",
    );
    const { AutoScalingGroups } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["mailer-blue"] }),
    );
    expect(AutoScalingGroups![0]).to.include({ DesiredCapacity: 0 });
    expect(AutoScalingGroups![0]!.Instances![0]!.LifecycleState).to.equal("Terminating:Wait");
    const { containerInstances } = await ecs.send(
      new DescribeContainerInstancesCommand({
        cluster: "users",
        containerInstances: [tasks![0]!.containerInstanceArn!],
      }),
    );
    expect(containerInstances![0]).to.include({
      status: "DRAINING",
      capacityProviderName: "mailer",
      runningTasksCount: 1,
    });
  });
});
