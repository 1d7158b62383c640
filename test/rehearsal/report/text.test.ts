import { expect } from "chai";
import { compare, formatComparison } from "../../../rehearsal/report/compare";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import { type SampleOptions, STARTUP, sampleRecord } from "./sample-record";

const reportOf = (options: SampleOptions) => {
  const { record, samples } = sampleRecord(options);
  return summarise(record, samples);
};

describe("formatReport", () => {
  it("says what happened in 80 columns", () => {
    const cases: SampleOptions[] = [{}, { deploys: 10 }, { cutover: "dns" }, { failAt: "test" }, { deploys: STARTUP }];
    for (const options of cases) {
      const text = formatReport(reportOf(options), { colour: false });
      for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(80);
      expect(text).not.to.include("\u001b");
    }
    expect(formatReport(reportOf({}), { colour: false })).to.match(/^✔ Blue → Green with 0 of 5,751 requests failed\n/);
    expect(formatReport(reportOf({ ratePerSecond: 250 }), { colour: false })).to.match(
      /\n {2}mode +cutover routed, speed 20 : 1, 250 requests\/s\n/,
    );
    expect(formatReport(reportOf({ failAt: "test" }), { colour: false })).to.match(
      /^✘ Stopped at test, Blue serves on, with 0 of .*\n {2}test: exit code 1/,
    );
  });

  it("has a line for calls and one for jobs where services have to do with each other", () => {
    const text = formatReport(reportOf({ deploys: STARTUP }), { colour: false });
    expect(text).to.match(/^✔ 4 deploys of 3 services with 0 of [0-9,]+ requests failed\n/);
    expect(text).to.match(/\n {2}internal +\d+ +0 +0 +0 /);
    expect(text).to.match(/\n {2}calls +[0-9,]+ between services, 0 failed\n/);
    expect(text).to.match(/\n {2}jobs +[0-9,]+ sent, [0-9,]+ done, 0 lost, \d+ done twice \(at-least-once\)\n/);
    expect(text).to.match(
      /\n {2}change +old and new side by side for \d+ ms at most \((users|doodle) in deploy \d\)\n/,
    );
    expect(formatReport(reportOf({}), { colour: false })).not.to.match(/calls|jobs/);
  });

  it("says why more jobs were done than services sent", () => {
    const report = reportOf({ deploys: STARTUP });
    const jobs = { ...report.jobs!, sent: 4_821, done: 4_831, lost: 0, repeated: 0 };
    expect(formatReport({ ...report, jobs }, { colour: false })).to.match(
      /\n {2}jobs +4,821 sent, 4,831 done, 0 lost\n +done: with those that deploy tests sent\n/,
    );
  });

  it("is coloured for terminals only", () => {
    expect(formatReport(reportOf({}), { colour: true })).to.include("\u001b[");
  });
});

describe("compare", () => {
  it("aligns reports and classes", () => {
    const text = formatComparison(
      compare([
        { name: "routed", report: reportOf({}) },
        { name: "dns", report: reportOf({ cutover: "dns" }) },
        { name: "dns, stopped", report: reportOf({ failAt: "test" }) },
      ]),
    );
    expect(text).to.match(
      /^rehearsal +clients +sent +failed +lost +doubled +mixed ms\nrouted +honest +1917 +0 +0 +0 +\d+\n/,
    );
    expect(text).to.match(/\ndns +honest .*\n +sticky +1917 +291 +\d+ +0\n/);
    expect(text).to.match(/dns, stopped +honest .* -\n/);
    expect(text.split("\n").length).to.equal(11);
  });
});
