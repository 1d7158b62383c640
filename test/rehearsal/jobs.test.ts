import "../../automation/core/silent-aws-sdk";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import { typeOf } from "../../automation/stack/exported-state";
import { UPDATED_BY_DEPLOYS } from "../../automation/stack/recovery/recover";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { PlannedDeploys } from "./planned-deploy";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.41", portOffset: 41_000, speed: 60 };
const SERVICES = ["config", "aoshingo:services"];
const REPORT = { kind: "job", schedule: "rate(1 minute)" };
const IMAGE = join(__dirname, "images/job-service");
const MINUTE_MS = 60_000;
const POLL_MS = 200;

interface JobRun {
  release: string;
  /** The time for which it was started, in Unix milliseconds of the cloud's clock; null for one started by hand. */
  timeMs: number | null;
}

/** A job over its first releases, in one cloud: each case continues with what the case before left. */
describe("a job", function () {
  this.timeout(15 * 60_000);

  let stack: RunningStack;
  let planned: PlannedDeploys;

  before(async () => {
    stack = await RunningStack.startCloud(PLACE);
    await changeSettings(stack.settingsFile, SERVICES, { report: REPORT });
    await stack.create();
    planned = new PlannedDeploys(stack);
  });
  after(() => stack?.stop());

  async function runs(): Promise<JobRun[]> {
    const { logGroup } = (await stack.outputs()).services.report!;
    const client = new CloudWatchLogsClient(stack.clientOptions);
    const found: JobRun[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName: logGroup }))
      for (const { message = "" } of events) {
        const [, release, time] = /^run of (\S+) for (\S+)$/.exec(message) ?? [];
        if (release && time) found.push({ release, timeMs: time === "nobody" ? null : Date.parse(time) });
      }
    client.destroy();
    return found;
  }

  /** Watches until so many runs of a release have been started by its schedule. */
  async function untilRuns(release: string, count: number): Promise<void> {
    for (;;) {
      const scheduled = (await runs()).filter((run) => run.timeMs !== null && run.release === release);
      if (scheduled.length >= count) return;
      await delay(POLL_MS);
    }
  }

  async function alarm(): Promise<string | undefined> {
    const client = new CloudWatchClient(stack.clientOptions);
    const { MetricAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: ["aoshingo-rehearsal-report-failed"] }),
    );
    client.destroy();
    return MetricAlarms?.[0]?.StateValue;
  }

  async function deployed(tag: string): Promise<DeployRun> {
    await stack.push(tag, "none", "report", IMAGE);
    const run = await stack.deployAll([`report=${tag}`]);
    expect(run.exitCode, run.errors + JSON.stringify(run.events.at(-1))).to.equal(0);
    return run;
  }

  const stepsOf = (events: readonly DeployEvent[]) =>
    events.flatMap((event) => (event.type === "stepStarted" ? [event.step] : []));

  it("does not run before its first release, and then at each minute", async () => {
    expect(await runs()).to.deep.equal([]);
    const { events } = await deployed("v1");
    expect(stepsOf(events)).to.deep.equal(["preflight", "warm", "verify", "test", "cutover", "confirm"]);
    await untilRuns("v1", 3);
  });

  it("runs once at each time over several deploys and a rollback, with the release that is active", async () => {
    const changed = new Set<string>();
    for (const tag of ["v2", "v3", "v4"]) {
      const { events } = await deployed(tag);
      for (const event of events)
        if (event.type === "up") for (const { urn } of event.resources) changed.add(typeOf(urn));
      expect(stepsOf(events)).to.deep.equal(["preflight", "warm", "verify", "test", "cutover", "confirm", "retire"]);
      await untilRuns(tag, 2);
    }
    // What a deploy updates is read again after a run of which nobody knows the end.
    changed.delete("aws:ecs/taskDefinition:TaskDefinition");
    expect([...changed].filter((type) => !UPDATED_BY_DEPLOYS.has(type))).to.deep.equal([]);
    const back = await stack.run("rollback");
    expect(back.exitCode, JSON.stringify(back)).to.equal(0);
    // However many there were before the rollback.
    const earlier = (await runs()).filter(({ release }) => release === "v3").length;
    await untilRuns("v3", earlier + 2);

    const scheduled = (await runs()).filter((run): run is JobRun & { timeMs: number } => run.timeMs !== null);
    const inOrder = scheduled.sort((one, two) => one.timeMs - two.timeMs);
    const first = inOrder[0]!.timeMs;
    expect(inOrder.map(({ timeMs }) => (timeMs - first) / MINUTE_MS)).to.deep.equal(inOrder.map((_, place) => place));
    const releases = inOrder.map(({ release }) => release).filter((name, place, all) => name !== all[place - 1]);
    expect(releases).to.deep.equal(["v1", "v2", "v3", "v4", "v3"]);
  });

  it("runs by hand with the active release, beside its schedule", async () => {
    const { exitCode, stdout, stderr } = await planned.withoutSettings("run", "report", "--json");
    expect(exitCode, stderr).to.equal(0);
    const ended = JSON.parse(stdout);
    expect(ended).to.include({ job: "report", release: "v3", exitCode: 0 });
    expect(ended.tail).to.deep.equal(["run of v3 for nobody"]);
    expect(await runs()).to.deep.include({ release: "v3", timeMs: null });
  });

  it("is run once by a rehearsal, which hears how it ended, and stops a run that takes too long", async () => {
    const run = await stack.runJob("report", "v3");
    expect(run).to.deep.include({ service: "report", exitCode: 0, tail: ["run of v3 for nobody"] });
    expect(run.stoppedAfterSeconds).to.equal(null);
    expect(await stack.runJob("report", "v3", 1)).to.include({ exitCode: null, stoppedAfterSeconds: 0.001 });
    const missing = await stack.runJob("nosuch", "v1");
    expect(missing).to.include({ task: null, exitCode: null });
    expect(missing.reason).to.equal('unknown job "nosuch": the stack has the jobs report');
  });

  it("shows a run that failed in its status, by an alarm, and as the exit code of a run by hand", async () => {
    await changeSettings(stack.settingsFile, [...SERVICES, "report", "env"], { EXIT_CODE: "7" });
    expect(await alarm()).to.not.equal("ALARM");
    await deployed("v5");
    await untilRuns("v5", 1);
    while ((await alarm()) !== "ALARM") await delay(POLL_MS);
    const byHand = await planned.withoutSettings("run", "report");
    expect(byHand.exitCode).to.equal(1);
    expect(byHand.stdout).to.equal("run of v5 for nobody");
    expect(byHand.stderr).to.match(/^report v5 ended with exit code 7 after \d+ s \(task \w+\)\nreport failed$/);
    expect(await stack.runJob("report", "v5")).to.include({ exitCode: 7, stoppedAfterSeconds: null });
    const status = await planned.run("status");
    expect(status.stdout).to.include("! report: its last run failed: exit code 7");
    const shown = JSON.parse((await planned.withoutSettings("history", "report", "--last", "500", "--json")).stdout);
    const byHandNow = shown.find(({ startedBy }: { startedBy: string }) => startedBy === "hand");
    expect(byHandNow).to.include({ release: "v5", exitCode: 7 });
    expect(shown.map(({ release }: { release: string }) => release)).to.include.members(["v1", "v2", "v3", "v4"]);
    expect(new Set(shown.map(({ task }: { task: string }) => task)).size).to.equal(shown.length);
    const text = (await planned.withoutSettings("history", "report", "--last", "2")).stdout;
    expect(text).to.match(
      /^STARTED +ENDED +TIME +RELEASE +BY +TASK\n.* UTC +exit code 7 +\d+ s +v5 +(?:hand|schedule) +\w+/,
    );
    expect(status.stdout).to.match(/schedule +cron\(\* \* \* \* \? \*\) UTC, next .* UTC/);
  });
});
