import { expect } from "chai";
import type { CloudEvent } from "../../../../../../rehearsal/cloud/kernel/events";
import type { Permissions } from "../../../../../../rehearsal/cloud/kernel/ports";
import type { RunTaskRequest } from "../../../../../../rehearsal/cloud/services/ecs/model/run-task";
import { TaskDefinitions } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { type ScheduleSettings, timeAfter } from "../../../../../../rehearsal/cloud/services/scheduler/model/schedule";
import { Scheduler, type SchedulerPorts } from "../../../../../../rehearsal/cloud/services/scheduler/model/scheduler";
import { eventually } from "../../../../../eventually";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";
import { workerRequest } from "../../ecs/model/task-request";

/** An AWS minute is 60 ms. */
const SPEED = 1000;
const MINUTE_MS = 60_000;
const CLUSTER = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/report-blue";
const ROLE = "arn:aws:iam::123456789012:role/report-scheduler";
const GROUP = "arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/shop";
const INPUT = JSON.stringify({
  containerOverrides: [{ name: "users", environment: [{ name: "TIME", value: "<aws.scheduler.scheduled-time>" }] }],
});

describe("rehearsal/cloud/services/scheduler/model", () => {
  /** What random numbers were asked for; the least one is taken. */
  const drawn: object[] = [];
  const quiet = silentCloud(SPEED);
  const within = (range: { min: number; max: number }) => {
    drawn.push(range);
    return range.min;
  };
  const random = Object.assign(Object.create(quiet.random), { within });
  let told: CloudEvent[];
  const context = { ...quiet, random, emit: (event: CloudEvent) => void told.push(event) };
  let scheduler: Scheduler;
  let started: RunTaskRequest[];
  let counted: object[];
  /** Client tokens of RunTask, one for each attempt. */
  let asked: string[];
  /** Actions that the role may not do. */
  let denied: Set<string>;
  let definitions: TaskDefinitions;
  /** What RunTask throws. */
  let failure: Error | null;

  beforeEach(() => {
    started = [];
    counted = [];
    told = [];
    asked = [];
    denied = new Set();
    failure = null;
    definitions = new TaskDefinitions(context);
    const permissions: Permissions = {
      allows: (_, action) => !denied.has(action),
      trusts: (_, principal, sourceArn) => principal === "scheduler.amazonaws.com" && sourceArn === GROUP,
      roleOfProfile: () => undefined,
      roleNameOfArn: (arn) => (arn === ROLE ? "report-scheduler" : undefined),
    };
    scheduler = new Scheduler({
      context,
      permissions,
      metrics: { count: (metric) => void counted.push(metric) },
      ecs: {
        taskDefinitions: definitions,
        findCluster: () => ({ arn: CLUSTER, name: "report-blue" }),
        runTask: (_: string, request: RunTaskRequest) => {
          asked.push(request.clientToken!);
          if (failure) throw failure;
          started.push(request);
          return { tasks: [], failures: [] };
        },
      } as unknown as SchedulerPorts["ecs"],
    });
    scheduler.createGroup("shop");
  });
  afterEach(() => scheduler.close());

  const settings = (more: Partial<ScheduleSettings> = {}): ScheduleSettings => ({
    scheduleExpression: "cron(* * * * ? *)",
    scheduleExpressionTimezone: "UTC",
    state: "ENABLED",
    target: target(definitions.register(workerRequest()).arn),
    ...more,
  });
  const target = (taskDefinitionArn: string, maximumRetryAttempts = 0): ScheduleSettings["target"] => ({
    arn: CLUSTER,
    roleArn: ROLE,
    input: INPUT,
    retryPolicy: { maximumEventAgeInSeconds: 900, maximumRetryAttempts },
    ecsParameters: {
      taskDefinitionArn,
      launchType: "FARGATE",
      taskCount: 1,
      network: { subnets: ["subnet-a"], securityGroups: ["sg-a"] },
      enableEcsManagedTags: true,
      enableExecuteCommand: false,
      propagateTags: "TASK_DEFINITION",
    },
  });
  const timesOf = () => started.map(({ overrides }) => Date.parse(overrides.environment[0]!.value));

  const until = (what: string, holds: () => boolean) => eventually(what, holds, () => context.lines.join("\n"));

  it("starts its task once at each of its times, within the minute, with the target of then", async () => {
    const schedule = scheduler.create("shop", "report", settings());
    const lateMs: number[] = [];
    const push = started.push.bind(started);
    started.push = (...requests) => {
      lateMs.push(context.clock.nowMs - Date.parse(requests[0]!.overrides.environment[0]!.value));
      return push(...requests);
    };
    await until("three starts", () => started.length >= 3);
    const next = definitions.register(workerRequest());
    scheduler.update("shop", "report", settings({ target: target(next.arn) }));
    const before = started.length;
    await until("three starts of the next", () => started.length >= before + 3);
    const times = timesOf().sort((one, other) => one - other);
    expect(times.map((timeMs) => (timeMs - times[0]!) / MINUTE_MS)).to.deep.equal(times.map((_, place) => place));
    expect(new Set(started.slice(before).map(({ definition }) => definition.arn))).to.deep.equal(new Set([next.arn]));
    expect(started[0]!.startedBy).to.equal("chronos-schedule/report");
    expect(schedule.target.ecsParameters.taskDefinitionArn).to.equal(next.arn);
    // A busy machine is late; a schedule never is early, and at most a minute late by itself.
    expect(Math.min(...lateMs)).to.be.at.least(-1);
    expect(drawn[0]).to.deep.equal({ min: 0, max: 59 });
  });

  it("counts a rate from its creation, which is its first time, and anew from a change", () => {
    const rate = { scheduleExpression: "rate(5 minutes)", scheduleExpressionTimezone: "UTC", countedFromMs: 1_000 };
    expect(timeAfter(rate, 999)).to.equal(1_000);
    expect(timeAfter(rate, 1_000)).to.equal(301_000);
    const expression = { scheduleExpression: "rate(1 day)" };
    const schedule = scheduler.create("shop", "report", settings(expression));
    const { countedFromMs } = schedule;
    return until("a later moment", () => context.clock.nowMs > countedFromMs + 1).then(() => {
      scheduler.update("shop", "report", settings(expression));
      expect(schedule.countedFromMs).to.be.above(countedFromMs);
    });
  });

  it("starts nothing while it is disabled or after it was deleted", async () => {
    scheduler.create("shop", "off", settings({ state: "DISABLED" }));
    scheduler.create("shop", "gone", settings());
    scheduler.deleteGroup("shop");
    scheduler.createGroup("shop");
    scheduler.create("shop", "on", settings());
    await until("two starts", () => started.length >= 2);
    expect(new Set(started.map(({ startedBy }) => startedBy))).to.deep.equal(new Set(["chronos-schedule/on"]));
  });

  it("tries again, gives up as its retry policy says, and counts that", async () => {
    failure = new Error("no capacity");
    scheduler.create("shop", "report", settings({ target: target(definitions.register(workerRequest()).arn, 1) }));
    await until("a time that is given up", () => counted.length > 0);
    expect(counted[0]).to.deep.equal({
      namespace: "AWS/Scheduler",
      metricName: "InvocationDroppedCount",
      dimensions: { ScheduleGroup: "shop" },
    });
    const { atMs: _, ...given } = told[0]!;
    expect(given).to.deep.equal({
      ...{ kind: "scheduledRun", service: "report", release: "", taskId: null, exitCode: null, reason: "no capacity" },
    });
    // One time has one token, whatever the attempt.
    expect(asked.filter((token) => token === asked[0])).to.have.lengthOf(2);
    expect(context.lines.join("\n")).to.include(
      "schedule shop/report could not start its task, and gives this time up: no capacity",
    );
    expect(started).to.deep.equal([]);
  });

  for (const action of ["ecs:RunTask", "ecs:TagResource", "iam:PassRole"])
    it(`starts nothing if its role may not ${action}`, async () => {
      denied.add(action);
      scheduler.create("shop", "report", settings());
      await until("a time that is given up", () => counted.length > 0);
      expect(started).to.deep.equal([]);
      expect(context.lines.join("\n")).to.include(`is not authorized to perform: ${action}`);
    });

  it("refuses what AWS refuses", () => {
    const create = (more: Partial<ScheduleSettings>, group = "shop", name = "report") =>
      refusal(() => scheduler.create(group, name, settings(more)));
    expect(refusal(() => scheduler.createGroup("shop"))).to.equal(
      "ConflictException: Schedule group shop already exists.",
    );
    expect(create({}, "other")).to.equal("ResourceNotFoundException: Schedule group other does not exist.");
    expect(refusal(() => scheduler.get("shop", "report"))).to.equal(
      "ResourceNotFoundException: Schedule report does not exist.",
    );
    for (const scheduleExpression of ["cron(* * * * *)", "cron(* * * * * *)", "rate(0 minutes)", "hourly"])
      expect(create({ scheduleExpression }), scheduleExpression).to.equal(
        `ValidationException: Invalid Schedule Expression ${scheduleExpression}.`,
      );
    expect(create({ scheduleExpressionTimezone: "Tokyo" })).to.equal(
      "ValidationException: Invalid Schedule Expression Timezone Tokyo.",
    );
    const untrusted =
      "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";
    expect(create({ target: { ...target("a"), roleArn: "arn:aws:iam::123456789012:role/other" } })).to.equal(untrusted);
    // The role trusts the group shop alone.
    expect(create({}, "default")).to.equal(untrusted);
    expect(create({})).to.equal("accepted");
    expect(create({})).to.equal("ConflictException: Schedule report already exists.");
  });
});
