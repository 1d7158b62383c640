import { expect } from "chai";
import { keptPage } from "../../../automation/page/kit/page";
import type { StepName } from "../../../automation/ports/step-names";
import type { Colour } from "../../../components/core/colour-name";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { compare, formatComparison } from "../../../rehearsal/report/compare";
import { headlineOf } from "../../../rehearsal/report/headline";
import { rehearsalPage } from "../../../rehearsal/report/page/page";
import { verdictOfReport } from "../../../rehearsal/report/page/story";
import { pageModelOf } from "../../../rehearsal/report/page-model";
import type { TrafficSamples } from "../../../rehearsal/report/samples";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import type { RehearsalReport } from "../../../rehearsal/report/types";
import { type SampleOptions, STARTUP, sampleRecord } from "./sample-record";

const reportOf = (options: SampleOptions) => {
  const { record, samples } = sampleRecord(options);
  return summarise(record, samples);
};

const withFailure = ({ requests: [first, ...others], dns }: TrafficSamples): TrafficSamples => ({
  requests: [{ ...first!, error: "503", release: "" }, ...others],
  dns,
});

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

  it("names what was found where no request failed", () => {
    const { record, samples } = sampleRecord({});
    const short: CloudEvent = {
      ...{ kind: "shortKeepAlive", atMs: 1, loadBalancer: "public-blue", targetGroup: "users-gb-0a1b2c" },
      ...{ targetId: "i-1", targetSeconds: 5, idleTimeoutSeconds: 60, evidence: "observed" },
    };
    const cloud = [...record.cloud, short];
    const text = formatReport(summarise({ ...record, cloud, fault: "unhealthy" }, samples), { colour: false });
    expect(text).to.match(
      /^✘ Blue → Green with 0 of 5,751 requests failed, but problems with a bad release\n {2}and connections\n {2}FAULT=/,
    );
    const failed = summarise({ ...record, cloud, fault: "unhealthy" }, withFailure(samples));
    expect(headlineOf(failed)).to.equal("Blue → Green with 1 of 5,751 requests failed");
  });

  describe("says of several services whose deploy failed what serves", () => {
    const stopped = (failAt: StepName, colours: Record<string, Colour[]>, deploys = [["users", "doodle"]]) =>
      headlineOf({ ...reportOf({ deploys, failAt }), colours });

    it("the old releases, if none changed over", () =>
      expect(headlineOf(reportOf({ deploys: [["users", "doodle"]], failAt: "test" }))).to.match(
        /^Stopped at test, old releases serve on, with /,
      ));

    it("the new ones, if all did", () =>
      expect(stopped("retire", { users: ["blue", "green"], doodle: ["blue", "green"] })).to.match(
        /^Stopped at retire, the new releases serve, with /,
      ));

    it("some of the new ones, if not all did", () =>
      expect(stopped("cutover", { users: ["blue", "green"], doodle: ["blue", "blue"] })).to.match(
        /^Stopped at cutover, some of the new releases serve, with /,
      ));

    it("of the deploy that failed alone", () => {
      const colours: Record<string, Colour[]> = { users: ["blue", "green", "green"], doodle: ["blue", "blue", "blue"] };
      expect(stopped("test", colours, [["users"], ["doodle"]])).to.match(
        /^Deploy 2 stopped at test, old releases serve on, with /,
      );
    });
  });

  it("does not say that production went back if going back failed", () => {
    const one = { ...reportOf({ turns: true }), colours: { users: ["blue", "green"] satisfies Colour[] } };
    expect(headlineOf(one)).to.match(/^Failed to go back, Green serves on, with /);
    expect(verdictOfReport(one).lead).to.equal("✘ Not passed.");
    const colours: Record<string, Colour[]> = { users: ["blue", "green"], doodle: ["blue", "blue"] };
    const two = { ...reportOf({ turns: true, deploys: [["users", "doodle"]] }), colours };
    expect(headlineOf(two)).to.match(/^Failed to go back, some of the new releases serve, with /);
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

  it("names what was not tried of the stack's settings", () => {
    const { record, samples } = sampleRecord({});
    const notTriedOfSettings = ["the alarms users-5xx", "the secret ssm:/prod/key, whose value was made up"];
    const report = summarise({ ...record, notTriedOfSettings }, samples);
    expect(report.notTriedOfSettings).to.deep.equal(notTriedOfSettings);
    expect(formatReport(report, { colour: false }).replaceAll(/\n {12}/g, " ")).to.contain(
      ` of settings: ${notTriedOfSettings.join("; ")}\n`,
    );
    expect(formatReport(reportOf({}), { colour: false })).not.to.contain("of settings");
  });

  it("says which requests the numbers of a service of one's own are of, and what was not tried of it", () => {
    const { record, samples } = sampleRecord({});
    const streams = record.streams.map((stream) => ({
      ...stream,
      service: "greeter",
      getPath: "/up",
      probePaths: ["/"],
    }));
    const notTriedOfServices = ["other requests to greeter than GET /up, GET /"];
    const report = summarise({ ...record, streams, notTriedOfServices }, samples);
    expect(report.asked).to.deep.equal({ greeter: ["GET /up", "GET /"] });
    const text = formatReport(report, { colour: false });
    expect(text).to.match(/\n {2}asked +GET \/up, GET \/ of greeter only\n/);
    expect(text).to.match(/of services: other requests to greeter than GET \/up, GET \/\n/);
    expect(formatReport(reportOf({}), { colour: false })).not.to.match(/\n {2}asked |of services: /);
    const view = { ...record.settings, model: pageModelOf({ ...record, ...record.settings }, 0), timeline: null };
    const shown = (given: RehearsalReport) => keptPage(rehearsalPage({ ...view, report: given }));
    expect(shown(report)).to.contain("requests: GET /up, GET / of greeter only");
    expect(shown(reportOf({}))).not.to.contain("requests: ");
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
