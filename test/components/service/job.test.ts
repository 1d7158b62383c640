import { expect } from "chai";
import type { LiveService } from "../../../components/live/live";
import { alarmTopics, untoldAlarms } from "../../../components/service/job-alarms";
import { counts, differences, inputs, names, ROLE_POLICY, TASK } from "../declared";
import { declare, V1, type World } from "../world";

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const SETTINGS = { report: { kind: "job", schedule: "cron(30 2 * * ? *)", timeZone: "Asia/Tokyo" } };
const EMPTY = { release: null, size: 0 };
const START: LiveService = { active: "green", colours: { blue: EMPTY, green: EMPTY } };
const WARM: LiveService = { active: "green", colours: { blue: { release: V1, size: 1 }, green: EMPTY } };
const ACTIVE: LiveService = { ...WARM, active: "blue" };
const json = (text: unknown) => JSON.parse(String(text));

describe("a job", () => {
  let start: World;
  let warm: World;
  let active: World;
  let empty: World;

  before(async () => {
    const world = (report: LiveService) => declare({ services: { report }, settings: SETTINGS });
    start = await world(START);
    warm = await world(WARM);
    active = await world(ACTIVE);
    empty = await declare({ services: {} });
  });

  it("declares exactly these resources, besides those that all services share", () => {
    const own: Record<string, number> = {};
    for (const [type, count] of Object.entries(counts(warm))) {
      const rest = count - (counts(empty)[type] ?? 0);
      if (rest > 0) own[type] = rest;
    }
    expect(own).to.deep.equal({
      // One for the job, and one for the ends of all jobs' runs.
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 1,
      // Runs that failed, and all runs.
      [RULE]: 2,
      "aws:cloudwatch/eventTarget:EventTarget": 1,
      // One for the job, and one for all schedules of the stack.
      [ALARM]: 2,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:ecr/repository:Repository": 1,
      "aws:ecs/cluster:Cluster": 2,
      [TASK]: 2,
      "aws:iam/role:Role": 3,
      [ROLE_POLICY]: 2,
      [SCHEDULE]: 1,
      "aws:scheduler/scheduleGroup:ScheduleGroup": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
    });
  });

  it("has a schedule that is disabled until a release is active, and a warm colour does not change that", () => {
    for (const world of [start, warm])
      expect(inputs(world, "report-schedule", SCHEDULE)).to.deep.include({
        state: "DISABLED",
        scheduleExpression: "cron(30 2 * * ? *)",
        scheduleExpressionTimezone: "Asia/Tokyo",
        flexibleTimeWindow: { mode: "OFF" },
      });
  });

  it("changes its schedule's target and nothing else when a colour becomes active", () => {
    expect(differences(warm, active).map((line) => line.split(" ")[0])).to.deep.equal([SCHEDULE]);
    const { state, target } = inputs(active, "report-schedule", SCHEDULE) as { state: string; target: Target };
    expect(state).to.equal("ENABLED");
    expect(target.ecsParameters).to.deep.include({ launchType: "FARGATE", taskCount: 1 });
    expect(target.ecsParameters.networkConfiguration).to.deep.include({ assignPublicIp: false });
    expect(target.arn).to.equal("report-blue-cluster.arn");
    expect(json(target.input)).to.deep.equal({
      containerOverrides: [
        { name: "report", environment: [{ name: "SCHEDULED_TIME", value: "<aws.scheduler.scheduled-time>" }] },
      ],
    });
  });

  it("has a task on Fargate that can write to /tmp alone", () => {
    const task = inputs(warm, "report-blue-task", TASK);
    expect(task).to.deep.include({
      ...{ networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "512" },
      volumes: [{ name: "tmp" }],
    });
    const [container] = json(task.containerDefinitions);
    expect(container).to.deep.include({
      readonlyRootFilesystem: true,
      mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp" }],
      linuxParameters: { initProcessEnabled: true },
    });
    expect(container).not.to.have.property("portMappings");
  });

  it("lets Scheduler run its own tasks in its own clusters, and nothing else", () => {
    const statements = json(inputs(warm, "report-run", ROLE_POLICY).policy).Statement as Statement[];
    expect(statements.map(({ Action }) => Action.join())).to.deep.equal([
      "ecs:RunTask",
      "ecs:TagResource",
      "iam:PassRole",
    ]);
    expect(statements.flatMap(({ Resource }) => Resource)).to.not.include("*");
    const [run] = statements;
    expect(run!.Resource).to.deep.equal(
      ["blue", "green"].map(
        (colour) => `arn:aws:ecs:ap-northeast-1:123456789012:task-definition/aoshingo-prod-report-${colour}:*`,
      ),
    );
    const trust = json(inputs(warm, "report-scheduler", "aws:iam/role:Role").assumeRolePolicy).Statement[0];
    expect(trust.Principal).to.deep.equal({ Service: "scheduler.amazonaws.com" });
    expect(trust.Condition.StringEquals).to.have.keys("aws:SourceAccount", "aws:SourceArn");
  });

  it("counts failed runs of both colours, and tells the topics of notify", async () => {
    const sns = "arn:aws:sns:ap-northeast-1:123456789012:deploys";
    const told = await declare({ services: { report: WARM }, settings: SETTINGS, config: { notify: [{ sns }] } });
    const { detail } = json(inputs(told, "report-failed-runs", RULE).eventPattern);
    expect(detail.clusterArn).to.deep.equal(["report-blue-cluster.arn", "report-green-cluster.arn"]);
    // The exit code has to be that of the job's own container: GuardDuty may add one to a task on Fargate.
    expect(detail.$or[0]).to.deep.equal({ containers: { name: ["report"], exitCode: [{ "anything-but": [0] }] } });
    // A program may end with 0 when it is stopped half-way (aws-rules C52).
    expect(detail.$or[1]).to.deep.equal({ stopCode: [{ "anything-but": ["EssentialContainerExited"] }] });
    expect(inputs(told, "report-failed-runs-alarm", ALARM)).to.deep.include({
      ...{ name: "aoshingo-prod-report-failed", namespace: "AWS/Events", alarmActions: [sns] },
    });
    expect(inputs(told, "schedules-missed-alarm", ALARM)).to.deep.include({ metricName: "InvocationDroppedCount" });
  });

  it("tells only topics that an alarm can tell, and warns where there is none (W19)", () => {
    const account = { partition: "aws", region: "ap-northeast-1" };
    const [own, far, china] = ["aws:sns:ap-northeast-1", "aws:sns:us-east-1", "aws-cn:sns:cn-north-1"].map((start) => ({
      sns: `arn:${start}:123456789012:deploys`,
    }));
    expect(alarmTopics({ notify: [far!, own!, china!, { slack: "env:SLACK" }] }, account)).to.deep.equal([own!.sns]);
    for (const told of [[], [own!, far!], [{ slack: "env:SLACK" }]])
      expect(untoldAlarms({ notify: told }, account)).to.equal(null);
    expect(untoldAlarms({ notify: [far!] }, account)).to.equal(
      `aoshingo:notify: the alarms of jobs tell nobody: CloudWatch takes topics of the alarm's own region only. Given ${far!.sns}; wanted, besides, a topic in ap-northeast-1`,
    );
  });

  it("creates its alarms in a stack whose topic is in another region", async () => {
    const sns = "arn:aws:sns:us-east-1:123456789012:deploys";
    const told = await declare({ services: { report: WARM }, settings: SETTINGS, config: { notify: [{ sns }] } });
    for (const alarm of ["report-failed-runs-alarm", "schedules-missed-alarm"])
      expect(inputs(told, alarm, ALARM).alarmActions).to.deep.equal([]);
  });

  it("has the end of each of its runs written into the stack's log, and not that of its migration", () => {
    const { detail } = json(inputs(warm, "report-runs", RULE).eventPattern);
    expect(detail).to.deep.equal({
      clusterArn: ["report-blue-cluster.arn", "report-green-cluster.arn"],
      group: ["family:aoshingo-prod-report-blue", "family:aoshingo-prod-report-green"],
      lastStatus: ["STOPPED"],
    });
    expect(inputs(warm, "report-runs", "aws:cloudwatch/eventTarget:EventTarget").arn).to.equal("job-runs.arn");
    const policy = inputs(warm, "job-runs", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy");
    expect(policy.policyName).to.equal("aoshingo-prod-job-runs");
    expect(json(policy.policyDocument).Statement).to.deep.equal([
      {
        Effect: "Allow",
        Principal: { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "job-runs.arn:*",
      },
    ]);
  });

  it("leaves the CI roles of a stack without jobs as they are", async () => {
    const config = { ci: { repository: "example/shop" } };
    const policies = async (services: Record<string, LiveService>) => {
      const world = await declare({ services, settings: SETTINGS, config });
      return names(world, ROLE_POLICY)
        .filter((name) => name.startsWith("ci-"))
        .map((name) => String(inputs(world, name, ROLE_POLICY).policy))
        .join("\n");
    };
    expect(await policies({})).not.to.match(/scheduler|events:|cloudwatch:ListTags/);
    expect(await policies({ report: START })).to.match(/scheduler:UpdateSchedule/);
  });
});

interface Target {
  arn: string;
  input: string;
  ecsParameters: { networkConfiguration: object };
}

interface Statement {
  Action: string[];
  Resource: string | string[];
}
