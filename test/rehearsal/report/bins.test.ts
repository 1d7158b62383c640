import { expect } from "chai";
import { answersOf, binWidthMs, failuresOf } from "../../../rehearsal/report/bins";
import { instanceCounts, runningAt } from "../../../rehearsal/report/instance-counts";
import { colourOfAnswers } from "../../../rehearsal/report/release-colour";
import { summarise } from "../../../rehearsal/report/summarise";
import { timelineOf } from "../../../rehearsal/report/timeline";
import { type SampleOptions, STARTED_AT_MS, STARTUP, STARTUP_RATE, sampleRecord } from "./sample-record";

const timeline = (options: SampleOptions = {}) => {
  const { record, samples } = sampleRecord(options);
  return { samples, timeline: timelineOf(record, samples, { hasWork: summarise(record, samples).calls !== null }) };
};

describe("bins", () => {
  it("are as fine as fits", () => {
    expect([20_000, 48_000, 50_000, 170_000, 1e9].map((duration) => binWidthMs(duration, 240))).to.deep.equal([
      200, 200, 250, 1_000, 60_000,
    ]);
  });

  it("hold every request, by the colour that answered", () => {
    for (const options of [{}, { cutover: "dns" as const }, { deploys: 3 }, { deploys: STARTUP }]) {
      const { samples, timeline: drawn } = timeline(options);
      const total = drawn.bins.reduce(
        (sum, bin) => sum + answersOf(bin, "blue") + answersOf(bin, "green") + failuresOf(bin),
        0,
      );
      // At most a stub of the last bin is left out.
      expect(total).to.be.within(samples.requests.length - 60, samples.requests.length);
    }
  });

  it("tell DNS answers apart by what the first one pointed at", () => {
    const { bins } = timeline().timeline;
    expect(bins.slice(0, 10).every(({ dns }) => dns.users!.blue > 0 && dns.users!.green === 0)).to.equal(true);
    expect(bins.slice(-10).every(({ dns }) => dns.users!.blue === 0 && dns.users!.green > 0)).to.equal(true);
  });
});

describe("work", () => {
  const { record, samples } = sampleRecord({ deploys: STARTUP, ratePerSecond: STARTUP_RATE });
  const work = timelineOf(record, samples, { hasWork: true }).work!;
  const total = (of: (bin: (typeof work)[number]) => number) => work.reduce((sum, bin) => sum + of(bin), 0);

  it("holds every call that created something, every job sent and done", () => {
    expect(total(({ calls }) => calls.blue + calls.green)).to.equal(record.logs.pollsCreated.length);
    expect(total(({ jobsSent }) => jobsSent)).to.equal(record.logs.jobsSent.length);
    expect(total(({ jobsDone }) => jobsDone.blue + jobsDone.green)).to.equal(record.logs.jobsDone.length);
  });

  it("shows how many jobs wait, none at the end", () => {
    // One or two at any time, more while a worker is retired.
    expect(Math.max(...work.map(({ jobsWaiting }) => jobsWaiting))).to.be.above(3);
    expect(work.at(-1)!.jobsWaiting).to.equal(0);
    const unfinished = { ...record, logs: { ...record.logs, jobsDone: record.logs.jobsDone.slice(0, -4) } };
    expect(timelineOf(unfinished, samples, { hasWork: true }).work!.at(-1)!.jobsWaiting).to.equal(4);
  });

  it("is none where services are strangers", () => expect(timeline().timeline.work).to.equal(null));
});

describe("colourOfAnswers", () => {
  it("goes by the deploy that ran at the time when a release came back on the other colour", () => {
    const releases = [
      { service: "users", release: "v1", colour: "blue" as const, deploy: 0 },
      { service: "users", release: "v1", colour: "green" as const, deploy: 1 },
      { service: "doodle", release: "v1", colour: "blue" as const, deploy: 1 },
    ];
    const started = {
      type: "deployStarted" as const,
      deploy: "d",
      command: "deploy" as const,
      opened: "deploy" as const,
      direction: "forward" as const,
      stack: "s",
      releases: {},
    };
    const deploys = [[{ ...started, atMs: 100 }]];
    const colourOf = colourOfAnswers({ releases, deploys });
    expect([colourOf("users", "v1", 50), colourOf("users", "v1", 150)]).to.deep.equal(["blue", "green"]);
    expect([colourOf("doodle", "v1", 150), colourOf("users", "v9", 150)]).to.deep.equal(["blue", null]);
  });
});

describe("instanceCounts", () => {
  it("counts what runs by the colour in the group's name, and what ran before the first request", () => {
    const { record } = sampleRecord();
    const { blue, green } = instanceCounts(record.cloud, ["users"], STARTED_AT_MS).users!;
    expect(blue[0]).to.deep.equal({ atMs: 0, running: 2 });
    expect(blue.at(-1)!.running).to.equal(0);
    expect(green.map(({ running }) => running)).to.deep.equal([0, 1, 2]);
    expect(runningAt(green, 0)).to.equal(0);
    expect(runningAt(green, 60_000)).to.equal(2);
  });

  it("counts each service's own", () => {
    const { record } = sampleRecord({ deploys: STARTUP });
    const { users, doodle, mailer } = instanceCounts(record.cloud, record.settings.services, STARTED_AT_MS);
    const most = [users!.green, doodle!.green, mailer!.green, mailer!.blue].map((counts) =>
      Math.max(...counts.map(({ running }) => running)),
    );
    expect(most).to.deep.equal([2, 2, 2, 2]);
    // Two deploys brought users back to blue.
    expect(
      [users!, doodle!, mailer!].map(({ blue, green }) => [blue.at(-1)!.running, green.at(-1)!.running]),
    ).to.deep.equal([
      [2, 0],
      [2, 0],
      [0, 2],
    ]);
  });

  it("knows no colour in evergreen", () => {
    const events = [
      {
        kind: "instance" as const,
        atMs: 1,
        autoScalingGroup: "evergreen-pool",
        instanceId: "i",
        state: "running" as const,
      },
    ];
    expect(instanceCounts(events, ["evergreen"], 0).evergreen!.green).to.deep.equal([{ atMs: 0, running: 0 }]);
  });
});
