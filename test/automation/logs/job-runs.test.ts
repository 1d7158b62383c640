import { assert } from "chai";
import { jobRunsIn, jobRunsText, lastJobRuns } from "../../../automation/logs/job-runs";
import type { LogEvent, LogReader } from "../../../automation/ports/log-reader";
import type { HistoryRecord } from "../../../automation/store/history";
import type { ServiceOutputs } from "../../../components/live/outputs";

const T0 = Date.parse("2026-11-27T02:30:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;
const colours = { blue: { cluster: "shop-report-blue" }, green: { cluster: "shop-report-green" } };
const JOB = { name: "report", colours: colours as unknown as ServiceOutputs["colours"] };
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function deploy(release: string, letter: string, atMs: number, outcome: HistoryRecord["outcome"] = "done") {
  const releases = { report: { name: release, image: `123.dkr.ecr/report@${digest(letter)}` } };
  return { startedAtMs: atMs, outcome, releases } as unknown as HistoryRecord;
}
const DEPLOYS = [
  deploy("v1", "a", T0 - 5_000),
  deploy("v2", "b", T0 - 3_000, "takenBack"),
  deploy("v1+1", "a", T0 + 90_000),
];

function ended(task: string, minute: number, more: Record<string, unknown> = {}, exitCode: number | undefined = 0) {
  const createdAt = new Date(T0 + minute * 60_000).toISOString();
  const stoppedAt = new Date(T0 + minute * 60_000 + 12_000).toISOString();
  const detail = {
    taskArn: `arn:aws:ecs:ap-northeast-1:123456789012:task/shop-report-blue/${task}`,
    clusterArn: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shop-report-blue",
    startedBy: "chronos-schedule/report",
    ...{ createdAt, stoppedAt, stoppedReason: "Essential container in task exited" },
    containers: [{ name: "report", imageDigest: digest("a"), ...(exitCode === undefined ? {} : { exitCode }) }],
    ...more,
  };
  return { id: task, atMs: T0, stream: "s", message: JSON.stringify({ source: "aws.ecs", detail }) };
}

describe("the runs of a job", () => {
  it("are those of its clusters, each once and newest first, with the release that was active", () => {
    const events: LogEvent[] = [
      ended("t1", 0),
      ended("t1", 0),
      ended("t2", 2, { startedBy: "me" }, 7),
      ended("other", 1, { clusterArn: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shop-report-daily-blue" }),
      { ...ended("none", 1), message: "not JSON" },
    ];
    assert.deepEqual(
      jobRunsIn(events, JOB, DEPLOYS).map(({ task, release, startedBy, exitCode }) => [
        task,
        release,
        startedBy,
        exitCode,
      ]),
      [
        ["t2", "v1+1", "hand", 7],
        ["t1", "v1", "schedule", 0],
      ],
    );
  });

  it("have no release's name where no run of the store has their image, and no exit code if they did not start", () => {
    const containers = [
      { name: "report", imageDigest: digest("c") },
      { name: "agent", exitCode: 0 },
    ];
    const [run] = jobRunsIn([ended("t1", 0, { containers })], JOB, DEPLOYS);
    assert.deepInclude(run, { release: null, exitCode: null });
  });

  it("are looked for further back until there are enough, each day once, and without those of other jobs", async () => {
    const asked: unknown[] = [];
    const reader: LogReader = {
      events: async (_, fromMs, { untilMs, pattern } = {}) => {
        asked.push([(T0 - fromMs) / DAY_MS, untilMs && (T0 - untilMs) / DAY_MS, pattern]);
        return [ended(`t${asked.length}`, -asked.length)];
      },
    };
    const runs = await lastJobRuns(reader, { ...JOB, logGroup: "g" }, [], { last: 2, nowMs: T0 });
    const pattern = '?":cluster/shop-report-blue\\"" ?":cluster/shop-report-green\\""';
    assert.deepEqual(asked, [
      [1, undefined, pattern],
      [7, 1, pattern],
    ]);
    assert.deepEqual(
      runs.map(({ task }) => task),
      ["t1", "t2"],
    );
  });

  it("are a row each, and why one failed is below it", () => {
    const text = jobRunsText(jobRunsIn([ended("t1", 0), ended("t2", 2, {}, 7)], JOB, DEPLOYS));
    assert.equal(
      text,
      [
        "STARTED               ENDED        TIME  RELEASE  BY        TASK",
        "2026-11-27 02:32 UTC  exit code 7  12 s  v1+1     schedule  t2",
        "  Essential container in task exited",
        "2026-11-27 02:30 UTC  exit code 0  12 s  v1       schedule  t1",
      ].join("\n"),
    );
    const stopped = { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" };
    const [, line, reason] = jobRunsText(jobRunsIn([ended("t3", 3, stopped)], JOB, DEPLOYS)).split("\n");
    assert.match(line!, / stopped, exit code 0 /);
    assert.equal(reason, "  Task stopped by user");
    assert.equal(jobRunsText([]), "No run has ended yet.");
  });
});
