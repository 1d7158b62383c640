import { assert } from "chai";
import { AwsObserver } from "../../../automation/aws/observer";
import type { ColourOutputs } from "../../../components/live/outputs";
import { AwsServer } from "./server";

const ARN = "arn:aws:ecs:ap-northeast-1:111111111111";
const NEW = `${ARN}:task-definition/users-green:8`;
const OLD = `${ARN}:task-definition/users-green:7`;
const DIGEST = `sha256:${"a".repeat(64)}`;
const COLOUR: ColourOutputs = {
  cluster: "users-green",
  ecsService: "users-green",
  autoScalingGroup: "users-green-group",
  taskDefinition: NEW,
  migrationTaskDefinition: null,
  targetGroups: [{ edge: "public", loadBalancer: "blue", loadBalancerArn: "lb-blue", arn: "tg-blue" }],
};

const task = (id: string, more: object = {}) => ({
  taskArn: `${ARN}:task/users-green/${id}`,
  taskDefinitionArn: NEW,
  containerInstanceArn: "ci-1",
  group: "service:users-green",
  lastStatus: "RUNNING",
  desiredStatus: "RUNNING",
  createdAt: 1_700_000_000,
  containers: [{ name: "app", imageDigest: DIGEST }],
  ...more,
});
const ended = { lastStatus: "STOPPED", desiredStatus: "STOPPED" };
const crashed = (id: string, createdAt: number, more: object = {}) =>
  task(id, {
    ...ended,
    createdAt,
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    containers: [{ name: "app", exitCode: 1 }],
    ...more,
  });

const instance = (id: string, state: string) =>
  `<member><InstanceId>${id}</InstanceId><LifecycleState>${state}</LifecycleState></member>`;
const groups = (
  desired: number,
) => `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>
  <DesiredCapacity>${desired}</DesiredCapacity><Instances>${instance("i-1", "InService")}${instance("i-2", "InService")}${instance("i-3", "Pending")}${instance("i-4", "Terminating:Wait")}</Instances>
  </member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`;
const INSTANCES = [
  { id: "i-1", state: "InService", agent: "connected" },
  { id: "i-2", state: "InService", agent: "disconnected" },
  { id: "i-3", state: "Pending", agent: "none", isStarting: true },
  { id: "i-4", state: "Terminating:Wait", agent: "none" },
];
const activity = (code: string, message: string) =>
  `<member><StartTime>2026-11-29T10:00:00Z</StartTime><StatusCode>${code}</StatusCode><StatusMessage>${message}</StatusMessage></member>`;
const ACTIVITIES = `<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities>
  ${activity("Successful", "")}${activity("Failed", "t3.small is sold out")}</Activities></DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>`;
const HEALTH = `<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member>
  <Target><Id>i-1</Id></Target><TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description></TargetHealth>
  </member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`;

describe("AwsObserver", () => {
  let aws: AwsServer;
  let observer: AwsObserver;
  /** Tasks as DescribeTasks returns them; ListTasks filters them by desired status. */
  let tasks: ReturnType<typeof task>[];
  const short = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

  beforeEach(async () => {
    aws = await AwsServer.open();
    observer = new AwsObserver("ap-northeast-1");
    tasks = [];
    aws.replies = {
      DescribeTargetHealth: () => HEALTH,
      // Two pages.
      ListTasks: ({ desiredStatus, nextToken }) => {
        const arns = tasks.filter((one) => one.desiredStatus === desiredStatus).map(({ taskArn }) => taskArn);
        return nextToken ? { taskArns: arns.slice(1) } : { taskArns: arns.slice(0, 1), nextToken: "2" };
      },
      DescribeTasks: (input) => ({ tasks: tasks.filter(({ taskArn }) => (input.tasks as string[]).includes(taskArn)) }),
      // Two pages.
      ListContainerInstances: ({ nextToken }) =>
        nextToken ? { containerInstanceArns: ["ci-2"] } : { containerInstanceArns: ["ci-1"], nextToken: "2" },
      DescribeContainerInstances: (input) => ({
        containerInstances: [
          { containerInstanceArn: "ci-1", ec2InstanceId: "i-1", agentConnected: true },
          { containerInstanceArn: "ci-2", ec2InstanceId: "i-2", agentConnected: false },
        ].filter(({ containerInstanceArn }) => (input.containerInstances as string[]).includes(containerInstanceArn)),
      }),
      DescribeAutoScalingGroups: () => groups(3),
      DescribeScalingActivities: () => ACTIVITIES,
    };
  });
  afterEach(() => aws.close());

  it("reads targets, instances and failed launches", async () => {
    tasks = ["ci-1", "ci-2"].map((containerInstanceArn) =>
      task(containerInstanceArn, { containerInstanceArn, startedAt: 1_700_000_010 }),
    );
    const { targets, instances, joinedInstances, inService, failedActivities } = await observer.colour(COLOUR);
    assert.deepEqual(targets, [
      { targetGroup: "tg-blue", instanceId: "i-1", state: "unhealthy", reason: "Target.Timeout: Request timed out" },
    ]);
    assert.equal(joinedInstances, 1, "an agent that is not connected runs nothing new");
    assert.equal(inService, 2);
    assert.deepEqual(instances, INSTANCES);
    assert.deepEqual(failedActivities, [{ reason: "t3.small is sold out", startedMs: Date.UTC(2026, 10, 29, 10) }]);
  });

  it("compares this machine's clock with AWS's by the answers", async () => {
    assert.isNull(observer.clockAheadMs());
    aws.aheadMs = 10 * 60_000;
    await observer.colour(COLOUR);
    // Dates have whole seconds, and an answer takes its time.
    assert.closeTo(observer.clockAheadMs()!, -10 * 60_000, 60_000);
  });

  it("reads the weights of more rules than one call describes (E62)", async () => {
    aws.replies.DescribeRules = (input) => {
      const arns = Object.entries(input).flatMap(([key, arn]) => (key.startsWith("RuleArns.") ? [String(arn)] : []));
      if (arns.length > 20) return "!ValidationError You cannot describe more than '20' rules at a time";
      const rules = arns.map(
        (arn) => `<member><RuleArn>${arn}</RuleArn><Actions><member><ForwardConfig><TargetGroups>
          <member><TargetGroupArn>tg-${arn}</TargetGroupArn><Weight>10</Weight></member>
          <member><TargetGroupArn>tg-other</TargetGroupArn><Weight>90</Weight></member>
        </TargetGroups></ForwardConfig></member></Actions></member>`,
      );
      return `<DescribeRulesResponse><DescribeRulesResult><Rules>${rules.join("")}</Rules></DescribeRulesResult></DescribeRulesResponse>`;
    };
    // A service with two hosts and eleven paths on each.
    const arns = Array.from({ length: 46 }, (_, place) => `rule-${place}`);
    const weights = await observer.weights(arns);
    assert.deepEqual([...weights.keys()].sort(), [...arns].sort());
    assert.deepEqual(Object.fromEntries(weights.get("rule-45")!), { "tg-rule-45": 10, "tg-other": 90 });
    assert.lengthOf(aws.inputs("DescribeRules"), 3);
  });

  it("counts no instance in service that is only there to replace another one", async () => {
    aws.replies.DescribeAutoScalingGroups = () => groups(1);
    assert.equal((await observer.colour(COLOUR)).inService, 1);
  });

  it("says of an instance whether it is still starting, which it is not once a task has ended there", async () => {
    const startedAt = Date.now() / 1000 - 60;
    const starting = async (...on: object[]) => {
      tasks = on.map((more, place) => task(`t${place}`, more));
      const { instances } = await observer.colour(COLOUR);
      return instances.flatMap(({ id, isStarting }) => (isStarting ? [id] : []));
    };
    assert.deepEqual(await starting({ startedAt }, { containerInstanceArn: "ci-2", lastStatus: "PENDING" }), [
      "i-1",
      "i-2",
      "i-3",
    ]);
    assert.deepEqual(await starting({ startedAt: startedAt - 300 }), ["i-2", "i-3"]);
    assert.deepEqual(await starting({ ...ended, startedAt }, { startedAt }), ["i-2", "i-3"]);
  });

  it("reads no target health for a worker", async () => {
    await observer.colour({ ...COLOUR, targetGroups: [] });
    assert.isEmpty(aws.inputs("DescribeTargetHealth"));
  });

  it("returns each task with its id, its instance and the image that really runs", async () => {
    tasks = [task("t1"), task("t2", { containerInstanceArn: "ci-2" })];
    const seen = await observer.colour(COLOUR);
    const common = { status: "RUNNING", digests: { app: DIGEST }, taskDefinition: NEW };
    assert.deepEqual(seen.tasks, [
      { id: tasks[0]!.taskArn, instanceId: "i-1", ...common },
      { id: tasks[1]!.taskArn, instanceId: "i-2", ...common },
    ]);
  });

  it("returns a task that is stopping, but not as one that runs", async () => {
    tasks = [
      task("t1", { desiredStatus: "STOPPED" }),
      task("t2", { desiredStatus: "STOPPED", lastStatus: "DEACTIVATING" }),
      task("t3", ended),
    ];
    const seen = await observer.colour(COLOUR);
    assert.deepEqual(
      seen.tasks.map(({ id, status }) => `${short(id)} ${status}`),
      ["t1 STOPPING", "t2 DEACTIVATING"],
    );
  });

  it("leaves out standalone tasks, also when it looks for the newest revision", async () => {
    const migration = { group: "family:users-green-migrate", taskDefinitionArn: `${ARN}:task-definition/m:1` };
    tasks = [task("m1", { ...migration, createdAt: 1_700_000_900 }), crashed("t1", 1_700_000_000)];
    const seen = await observer.colour(COLOUR);
    assert.isEmpty(seen.tasks);
    assert.deepEqual(seen.failedTasks, [
      { id: tasks[1]!.taskArn, reason: "Essential container in task exited (exit code 1)" },
    ]);
  });

  it("returns tasks of the newest revision that failed by themselves, newest first", async () => {
    tasks = [
      crashed("t1", 1_700_000_100),
      crashed("t2", 1_700_000_200, {
        stopCode: "TaskFailedToStart",
        stoppedReason: "CannotPullContainerError",
        containers: [],
      }),
      crashed("old", 1_700_000_050, { taskDefinitionArn: OLD }),
      task("scaled-in", { ...ended, stopCode: "ServiceSchedulerInitiated", createdAt: 1_700_000_300 }),
    ];
    const { failedTasks } = await observer.colour(COLOUR);
    assert.deepEqual(
      failedTasks.map(({ id, reason }) => `${short(id)}: ${reason}`),
      ["t2: CannotPullContainerError", "t1: Essential container in task exited (exit code 1)"],
    );
  });

  it("says which of several containers ended badly", async () => {
    const containers = [
      { name: "users", exitCode: 0 },
      { name: "agent", exitCode: 7 },
    ];
    tasks = [crashed("t1", 1_700_000_100, { containers })];
    const { failedTasks } = await observer.colour(COLOUR);
    assert.equal(failedTasks[0]!.reason, "Essential container in task exited (agent: exit code 7)");
  });

  it("knows nothing of a container that GuardDuty added to a job's task", async () => {
    const containers = [
      { name: "aws-guardduty-agent-a1b2c3", imageDigest: "sha256:of-guardduty", exitCode: 0 },
      { name: "report", imageDigest: DIGEST, exitCode: 3 },
    ];
    const job = { ...COLOUR, cluster: "report-green", ecsService: null, autoScalingGroup: "", targetGroups: [] };
    const run = { group: "family:report-green", containers, stoppedAt: 1_700_000_100 };
    tasks = [task("t1", run), task("t2", { ...run, ...ended })];
    assert.deepEqual((await observer.colour(job)).tasks[0]!.digests, { report: DIGEST });
    const runs = await observer.runs(job.cluster);
    assert.deepEqual(
      runs.map(({ exitCode }) => exitCode),
      [3, 3],
    );
  });

  it("finds an image by tag or digest", async () => {
    aws.replies.DescribeImages = () => ({ imageDetails: [{ imageDigest: DIGEST }] });
    assert.deepEqual(await observer.image("users", { tag: "v2" }), { digest: DIGEST });
    assert.deepEqual(await observer.image("users", { digest: DIGEST }), { digest: DIGEST });
    assert.deepEqual(
      aws.inputs("DescribeImages").map(({ imageIds }) => imageIds),
      [[{ imageTag: "v2" }], [{ imageDigest: DIGEST }]],
    );
    aws.replies.DescribeImages = () => "!ImageNotFoundException";
    assert.isNull(await observer.image("users", { tag: "v3" }));
    aws.replies.DescribeImages = () => "!RepositoryNotFoundException";
    const other = { registryId: "222222222222", region: "eu-west-1" };
    assert.isNull(await observer.image("proxy", { tag: "v3" }, other));
    assert.equal(aws.inputs("DescribeImages").at(-1)!.registryId, "222222222222");
  });

  describe("secrets", () => {
    const current = { v1: ["AWSCURRENT"] };
    beforeEach(() => {
      const existing = ["/prod/db", "plain"];
      aws.replies.DescribeParameters = ({ ParameterFilters, NextToken }) => {
        const [{ Values }] = ParameterFilters as [{ Values: string[] }];
        const found = Values.filter((name) => existing.includes(name)).map((Name) => ({ Name, Version: 3 }));
        return NextToken ? { Parameters: found.slice(1) } : { Parameters: found.slice(0, 1), NextToken: "2" };
      };
      const secrets: Record<string, object | string> = {
        fine: { ARN: "arn:fine", VersionIdsToStages: { v0: ["AWSPREVIOUS"], ...current } },
        rotating: { ARN: "arn:rotating", RotationEnabled: true, VersionIdsToStages: current },
        empty: {},
        doomed: { VersionIdsToStages: current, DeletedDate: 1_700_000_000 },
      };
      aws.replies.DescribeSecret = ({ SecretId }) => secrets[SecretId as string] ?? "!ResourceNotFoundException";
    });

    it("says the current version of each secret, or why a task could not read it", async () => {
      const stored = ["ssm:prod/db", "ssm:/prod/db", "ssm:plain", "ssm:other", "ssm:/prod/none"];
      const managed = ["fine", "rotating", "empty", "doomed", "none"].map((name) => `secretsmanager:${name}`);
      assert.deepEqual(Object.fromEntries(await observer.secrets([...stored, ...managed])), {
        "ssm:prod/db": { version: "3" },
        "ssm:/prod/db": { version: "3" },
        "ssm:plain": { version: "3" },
        "ssm:other": { missing: "there is no SSM parameter other" },
        "ssm:/prod/none": { missing: "there is no SSM parameter /prod/none" },
        "secretsmanager:fine": { version: "v1", arn: "arn:fine" },
        "secretsmanager:rotating": { version: "v1", arn: "arn:rotating", rotates: true },
        "secretsmanager:empty": { missing: "the secret empty has no value" },
        "secretsmanager:doomed": { missing: "the secret doomed is scheduled for deletion" },
        "secretsmanager:none": { missing: "there is no secret none" },
      });
    });

    it("reads only names, fifty with one request", async () => {
      await observer.secrets(Array.from({ length: 120 }, (_, index) => `ssm:p${index}`));
      const sizes = aws.inputs("DescribeParameters").map((input) => {
        const [{ Values }] = input.ParameterFilters as [{ Values: string[] }];
        return Values.length;
      });
      assert.deepEqual([...new Set(sizes)], [50, 20]);
      assert.deepEqual([...new Set(aws.asked.map(({ operation }) => operation))], ["DescribeParameters"]);
    });

    it("throws AWS's refusal", async () => {
      aws.replies.DescribeSecret = () => "!AccessDeniedException";
      const error = await observer.secrets(["secretsmanager:fine"]).catch((failure: unknown) => failure);
      assert.equal((error as Error).name, "AccessDeniedException");
    });
  });
});
