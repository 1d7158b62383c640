import { expect } from "chai";
import { slowerReleases } from "../../../rehearsal/report/slower-releases";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import type { RequestSample } from "../../../rehearsal/traffic/types";
import { STARTUP, sampleRecord } from "./sample-record";

const { record, samples } = sampleRecord();

/** The requests of a rehearsal in which each answer takes as long as its release says. */
const taking = (
  milliseconds: Readonly<Record<string, number>>,
  requests: readonly RequestSample[] = samples.requests,
) => ({
  ...samples,
  requests: requests.map((each) => ({ ...each, latencyMs: milliseconds[each.release] ?? each.latencyMs })),
});

describe("releases that answer more slowly than the ones before them", () => {
  it("are told with both medians, and fail nothing", () => {
    const report = summarise(record, taking({ "users:v1": 3, "users:v2": 31 }));
    expect(report).to.include({ ok: true, reason: "" });
    expect(report.slower).to.deep.include({
      ...{ deploy: 1, service: "users", clients: "honest", beforeMs: 3, afterMs: 31 },
    });
    const text = formatReport(report, { colour: false }).replace(/\s+/g, " ");
    expect(text).to.match(
      / slower the release users v2 takes 31 ms to answer clients of the class \S+, the one before it took 3\.0 ms \(medians\) /,
    );
  });

  for (const [v1, v2, what] of [
    [3, 22, "less than 20 ms more"],
    [60, 100, "less than twice as long"],
    [31, 3, "less"],
  ] as const) {
    it(`are none where it takes ${what}`, () => {
      expect(slowerReleases(record, taking({ "users:v1": v1, "users:v2": v2 }))).to.deep.equal([]);
    });
  }

  it("are none by a few slow answers, or by too few answers at all", () => {
    const { slower } = summarise(record, taking({ "users:v1": 3 }));
    expect(slower).to.deep.equal([]);
    const few = samples.requests.filter((_, index) => index % 100 === 0);
    expect(slowerReleases(record, taking({ "users:v1": 3, "users:v2": 31 }, few))).to.deep.equal([]);
  });

  it("are none where the release was taken back", () => {
    const back = sampleRecord({ turns: true });
    expect(slowerReleases(back.record, taking({ "users:v1": 3, "users:v2": 31 }, back.samples.requests))).to.deep.equal(
      [],
    );
  });

  it("are not told of a machine that did not keep up", () => {
    const furthestBehind = { ...{ sent: 1, ok: 1, failed: 0, p99Ms: 9 }, ...{ lateMs: 900, oldestMs: 0 } };
    const busy = summarise({ ...record, furthestBehind }, taking({ "users:v1": 3, "users:v2": 31 }));
    expect(busy.machine).not.to.equal("");
    expect(busy.slower).to.deep.equal([]);
  });

  it("are told by deploy and service, the class alone that waits longest", () => {
    const { record: startup, samples: sent } = sampleRecord({ deploys: STARTUP });
    const requests = taking({ "users:v5": 90 }, sent.requests);
    const report = summarise(startup, requests);
    expect(new Set(report.slower.map(({ deploy, service }) => `${deploy} ${service}`))).to.deep.equal(
      new Set(["4 users"]),
    );
    expect(formatReport(report, { colour: false }).match(/takes/g)).to.have.length(1);
  });
});
