import { expect } from "chai";
import type { ObservedRun } from "../../../automation/ports/observer";
import {
  failedRunLines,
  type JobStatus,
  jobsStatus,
  runsText,
  scheduleText,
} from "../../../automation/status/job-status";
import type { StackOutputs } from "../../../components/live/outputs";
import type { Settings } from "../../../components/settings/settings";

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 27, 12);
const run = (minutesAgo: number, exitCode: number | null, reason = "ended", wasStopped = false): ObservedRun => ({
  createdMs: NOW - minutesAgo * 60_000 - 5_000,
  endedMs: NOW - minutesAgo * 60_000,
  exitCode,
  wasStopped,
  reason,
});
const RUNNING: ObservedRun = { createdMs: NOW - 1_000, endedMs: null, exitCode: null, wasStopped: false, reason: "" };
const job = (runs: JobStatus["runs"], nextMs: number | null = NOW + 60_000, isOver = false): JobStatus => ({
  schedule: { cron: "cron(30 2 * * ? *)", timeZone: "Asia/Tokyo" },
  nextMs,
  isOver,
  runs,
});

describe("a job's status", () => {
  it("has the schedule, and its next time once there is a release", () => {
    expect(scheduleText(job([]))).to.equal("cron(30 2 * * ? *) Asia/Tokyo, next 2026-11-27 12:01 UTC");
    expect(scheduleText(job([], null))).to.equal("cron(30 2 * * ? *) Asia/Tokyo, not before its first release");
  });

  it("says of a schedule whose last time has passed that it never comes again, with and without a release", async () => {
    const schedule = { cron: "cron(0 9 1 4 ? 2027)", timeZone: "Asia/Tokyo" };
    const release = { image: "", name: "v1" };
    const live = (has: boolean) => ({
      serial: 1,
      services: {
        report: {
          active: "blue" as const,
          colours: { blue: { release: has ? release : null, size: 0 }, green: { release: null, size: 0 } },
        },
      },
    });
    const outputs = { job: {}, colours: { blue: { cluster: "blue" }, green: { cluster: "green" } } };
    const services = { report: outputs } as unknown as StackOutputs["services"];
    const settings = { services: { report: { schedule } } } as unknown as Pick<Settings, "services">;
    const textAt = async (has: boolean, nowMs: number) =>
      scheduleText(
        (await jobsStatus({ runs: async () => [] }, { live: live(has), services }, settings, nowMs)).report!,
      );
    const lastMs = Date.UTC(2027, 3, 1);
    expect(await textAt(true, lastMs - 1)).to.equal("cron(0 9 1 4 ? 2027) Asia/Tokyo, next 2027-04-01 00:00 UTC");
    expect(await textAt(false, lastMs - 1)).to.equal("cron(0 9 1 4 ? 2027) Asia/Tokyo, not before its first release");
    for (const has of [true, false])
      expect(await textAt(has, lastMs)).to.equal(
        "cron(0 9 1 4 ? 2027) Asia/Tokyo, never again: its last time has passed",
      );
  });

  const table: [runs: JobStatus["runs"], text: string, problems: string[]][] = [
    [[], "none began in the last hour", []],
    [{ unknown: "AccessDenied" }, "not seen: AccessDenied", []],
    [[RUNNING], "1 began in the last hour, 1 running, 0 failed", []],
    [[{ ...RUNNING, createdMs: NOW - 5 * HOUR_MS }], "none began in the last hour, 1 running, 0 failed", []],
    [
      [RUNNING, { ...run(5, 7), createdMs: NOW - HOUR_MS - 1 }],
      "1 began in the last hour, 1 running, 1 failed; the last one ended 5 min ago, exit code 7",
      ["! report: its last run failed: exit code 7"],
    ],
    [
      [RUNNING, run(5, 0), run(10, 1)],
      "3 began in the last hour, 1 running, 1 failed; the last one ended 5 min ago, exit code 0",
      [],
    ],
    [
      [run(5, 7), run(10, 0)],
      "2 began in the last hour, 1 failed; the last one ended 5 min ago, exit code 7",
      ["! report: its last run failed: exit code 7"],
    ],
    [
      [run(5, null, "no image")],
      "1 began in the last hour, 1 failed; the last one ended 5 min ago, no image",
      ["! report: its last run failed: no image"],
    ],
    [
      [run(5, 0, "Task stopped by user", true)],
      "1 began in the last hour, 1 failed; the last one ended 5 min ago, stopped with exit code 0: Task stopped by user",
      ["! report: its last run failed: stopped with exit code 0: Task stopped by user"],
    ],
  ];
  for (const [runs, text, problems] of table)
    it(`says ${text}`, () => {
      expect(runsText(job(runs), NOW)).to.equal(text);
      expect(failedRunLines("report", job(runs))).to.deep.equal(problems);
    });
});
