import { expect } from "chai";
import { causeOf, failureLine } from "../../../rehearsal/prove/causes";
import { lineOf, together } from "../../../rehearsal/prove/findings";
import { slowestRequest } from "../../../rehearsal/prove/load";
import { parseLogLine } from "../../../rehearsal/prove/server-log";

describe("findings", () => {
  const finding = {
    state: "v1 on v2's schema",
    subject: "POST /users",
    problem: "500 (alone: 201)",
    cause: 'column "name" does not exist',
  };

  it("are one line: state, request, answer, cause", () => {
    expect(lineOf(finding)).to.equal(`v1 on v2's schema: POST /users 500 (alone: 201), column "name" does not exist`);
    expect(lineOf({ ...finding, subject: "", cause: "" })).to.equal("v1 on v2's schema: 500 (alone: 201)");
  });

  it("are told together if they differ in the request only", () => {
    const two = together([finding, { ...finding, subject: "GET /users" }, { ...finding, cause: "" }]);
    expect(two.map(({ subject }) => subject)).to.deep.equal(["POST /users, GET /users", "POST /users"]);
  });
});

describe("causes", () => {
  const line = (message: string, application: string, atMs = 1_500) =>
    `${atMs / 1000}00|proof_1|${application}|ERROR:  ${message}`;

  it("come from PostgreSQL's log", () => {
    expect(parseLogLine(line('column "name" does not exist at character 8', "aoshingo-old"))).to.deep.equal({
      atMs: 1_500,
      database: "proof_1",
      application: "aoshingo-old",
      message: 'column "name" does not exist',
    });
    expect(parseLogLine("1.500|proof_1|aoshingo-old|STATEMENT:  select name")).to.equal(null);
  });

  it("are those of the release and of the moment, and else the service's own words", () => {
    const log = [line("of the new", "aoshingo-new"), line("of the old", "aoshingo-old")].map(
      (text) => parseLogLine(text)!,
    );
    const lines = [{ atMs: 1_500, text: "TypeError: x is undefined" }];
    const span = { fromMs: 1_490, toMs: 1_510 };
    expect(causeOf("old", span, log, lines)).to.equal("of the old");
    expect(causeOf("old", { fromMs: 1_600, toMs: 1_700 }, log, lines)).to.equal("");
    expect(causeOf("old", span, [], lines)).to.equal("TypeError: x is undefined");
  });

  it("of a command are the last line that tells of an error", () => {
    expect(failureLine("start\nerror: relation does not exist\n    at file.js", "")).to.equal(
      "error: relation does not exist",
    );
  });
});

describe("slowestRequest", () => {
  const samples = (slowMs: number) =>
    Array.from({ length: 20 }, (_, index) => {
      const isDuring = index === 19;
      const fromMs = isDuring ? 1_000 : index;
      return {
        subject: "PUT /a",
        scenario: "a",
        step: 0,
        answer: { status: 200, shown: "200", values: new Map() },
        fromMs,
        toMs: fromMs + (isDuring ? slowMs : 10),
      };
    });
  const wait = (waitedMs: number) => ({
    application: "aoshingo-old",
    query: "",
    waitedMs,
    mode: "ShareLock",
    lockOn: "a",
  });

  it("is one that waited for a lock, several times as long as it takes alone", () => {
    expect(slowestRequest({ samples: samples(200), migrationFromMs: 900, longestWait: wait(180) })).to.deep.equal({
      subject: "PUT /a",
      slowestMs: 200,
      usualMs: 10,
    });
  });

  it("is none if no lock was the reason, or if it took hardly longer", () => {
    expect(slowestRequest({ samples: samples(200), migrationFromMs: 900, longestWait: undefined })).to.equal(undefined);
    expect(slowestRequest({ samples: samples(25), migrationFromMs: 900, longestWait: wait(20) })).to.equal(undefined);
  });
});
