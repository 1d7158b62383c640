import { assert } from "chai";
import { AwsTaskRunner } from "../../../automation/aws/run-task";
import { CannotStart } from "../../../automation/ports/run-task";
import { AwsServer } from "./server";

const WHAT = { cluster: "users-green", taskDefinition: "users-green-migrate:8", startedBy: "migrate-aaa" };
const described = (id: string, more: object = {}) => ({
  taskArn: `arn/${id}`,
  startedBy: WHAT.startedBy,
  lastStatus: "RUNNING",
  desiredStatus: "RUNNING",
  createdAt: 1_700_000_000,
  containers: [{ name: "app" }],
  ...more,
});

describe("AwsTaskRunner", () => {
  let aws: AwsServer;
  let runner: AwsTaskRunner;
  beforeEach(async () => {
    aws = await AwsServer.open();
    runner = new AwsTaskRunner("ap-northeast-1");
  });
  afterEach(() => aws.close());

  it("starts a task on an instance, with a token so that a retry starts no second one", async () => {
    aws.replies.RunTask = () => ({ tasks: [described("t1", { lastStatus: "PENDING" })], failures: [] });
    assert.deepEqual(await runner.start(WHAT), {
      id: "arn/t1",
      container: "app",
      status: "PENDING",
      exitCode: null,
      reason: "",
      wasStopped: false,
    });
    const [input] = aws.inputs("RunTask");
    assert.deepInclude(input, { ...WHAT, launchType: "EC2", count: 1 });
    assert.match(String(input!.clientToken), /^[\w-]{30,64}$/);
  });

  const refusals: { title: string; reply: object | string; message: RegExp; final: boolean }[] = [
    {
      title: "no instance yet",
      reply: "!InvalidParameterException No Container Instances were found in your cluster.",
      message: /^no instance is in the cluster yet$/,
      final: false,
    },
    {
      title: "no room",
      reply: {
        tasks: [],
        failures: [
          { arn: "ci-1", reason: "RESOURCE:MEMORY" },
          { arn: "ci-2", reason: "RESOURCE:MEMORY" },
        ],
      },
      message: /^no instance has room for it \(RESOURCE:MEMORY\)$/,
      final: true,
    },
    {
      title: "an agent that is not connected",
      reply: { tasks: [], failures: [{ arn: "ci-1", reason: "AGENT" }] },
      message: /\(AGENT\)$/,
      final: false,
    },
  ];
  for (const { title, reply, message, final } of refusals) {
    it(`cannot start: ${title}`, async () => {
      aws.replies.RunTask = () => reply;
      const error = await runner.start(WHAT).catch((failure: unknown) => failure);
      assert.instanceOf(error, CannotStart);
      assert.match((error as CannotStart).message, message);
      assert.equal((error as CannotStart).final, final);
    });
  }

  it("finds the tasks of one startedBy, stopped ones too, newest first", async () => {
    const tasks = [
      described("t1", { lastStatus: "STOPPED", desiredStatus: "STOPPED", containers: [{ name: "app", exitCode: 0 }] }),
      described("t2", { createdAt: 1_700_000_100 }),
      described("t3", { startedBy: "ecs-svc/1" }),
    ];
    aws.replies = {
      ListTasks: ({ desiredStatus }) => ({
        taskArns: tasks.filter((task) => task.desiredStatus === desiredStatus).map(({ taskArn }) => taskArn),
      }),
      DescribeTasks: (input) => ({ tasks: tasks.filter(({ taskArn }) => (input.tasks as string[]).includes(taskArn)) }),
    };
    const found = await runner.find("users-green", "migrate-aaa");
    assert.deepEqual(
      found.map(({ id, status, exitCode }) => [id, status, exitCode]),
      [
        ["arn/t2", "RUNNING", null],
        ["arn/t1", "STOPPED", 0],
      ],
    );
    assert.deepEqual(await runner.find("users-green", "migrate-"), found, "by what it begins with");
  });

  it("says why a task stopped, in ECS's words", async () => {
    const stopped = {
      lastStatus: "STOPPED",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "app", exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
    };
    aws.replies.DescribeTasks = () => ({ tasks: [described("t1", stopped)] });
    assert.deepInclude(await runner.look("users-green", "arn/t1"), {
      exitCode: 137,
      reason: "Essential container in task exited: OutOfMemoryError: Container killed due to memory usage",
    });
  });

  for (const [stopCode, wasStopped] of [
    ["EssentialContainerExited", false],
    ["TaskFailedToStart", false],
    [undefined, false],
    ["UserInitiated", true],
    ["TerminationNotice", true],
    ["SpotInterruption", true],
  ] as const)
    it(`says whether it was stopped: ${stopCode} (C52)`, async () => {
      const ended = { lastStatus: "STOPPED", stopCode, containers: [{ name: "app", exitCode: 0 }] };
      aws.replies.DescribeTasks = () => ({ tasks: [described("t1", ended)] });
      assert.deepInclude(await runner.look("users-green", "arn/t1"), { exitCode: 0, wasStopped });
    });

  it("takes the task's own container, not the one that GuardDuty added", async () => {
    const containers = [
      { name: "aws-guardduty-agent-a1b2c3", exitCode: 0 },
      { name: "app", exitCode: 3, reason: "broken" },
    ];
    aws.replies.DescribeTasks = () => ({ tasks: [described("t1", { lastStatus: "STOPPED", containers })] });
    assert.deepInclude(await runner.look("users-green", "arn/t1"), { container: "app", exitCode: 3, reason: "broken" });
  });

  it("says that ECS does not list a task", async () => {
    aws.replies.DescribeTasks = () => ({ tasks: [], failures: [{ arn: "arn/t1", reason: "MISSING" }] });
    assert.isNull(await runner.look("users-green", "arn/t1"));
  });

  it("stops a task", async () => {
    aws.replies.StopTask = () => ({});
    await runner.stop("users-green", "arn/t1", "no more");
    assert.deepEqual(aws.inputs("StopTask"), [{ cluster: "users-green", task: "arn/t1", reason: "no more" }]);
  });

  it("continues a log where the last call ended, and reads a stream that does not exist yet as empty", async () => {
    aws.replies.GetLogEvents = () => "!ResourceNotFoundException";
    assert.deepEqual(await runner.log("/users", "green-migrate/app/t1", null), { lines: [], next: null });
    aws.replies.GetLogEvents = ({ nextToken }) => ({
      events: nextToken ? [] : [{ message: "one" }, { message: "two" }],
      nextForwardToken: "f/2",
    });
    assert.deepEqual(await runner.log("/users", "green-migrate/app/t1", null), { lines: ["one", "two"], next: "f/2" });
    assert.deepEqual(await runner.log("/users", "green-migrate/app/t1", "f/2"), { lines: [], next: "f/2" });
    assert.deepInclude(aws.inputs("GetLogEvents").at(-1), {
      logStreamName: "green-migrate/app/t1",
      startFromHead: true,
    });
  });
});
