import { expect } from "chai";
import { UserError } from "../../components/core/user-error";
import { deploySequence, firstDeploys, jobsToRun, type RehearsedService } from "../../rehearsal/deploy-sequence";

const users: RehearsedService = { name: "users", kind: "api", calls: [] };
const mailer: RehearsedService = { name: "mailer", kind: "worker", calls: [] };
const doodle: RehearsedService = { name: "doodle", kind: "api", calls: ["users"] };

describe("firstDeploys", () => {
  const cases: [string, RehearsedService[], string[][]][] = [
    ["one service", [users], [["users"]]],
    ["who is called before who calls", [doodle, users, mailer], [["users", "mailer"], ["doodle"]]],
    [
      "a circle together, after the rest",
      [{ name: "one", kind: "api", calls: ["two"] }, { name: "two", kind: "api", calls: ["one"] }, users],
      [["users"], ["one", "two"]],
    ],
    ["a callee that is not rehearsed", [{ ...doodle, calls: ["gone"] }], [["doodle"]]],
  ];
  for (const [what, services, wanted] of cases) {
    it(what, () => expect(firstDeploys(services)).to.deep.equal(wanted));
  }
});

describe("deploySequence", () => {
  const cases: [string, RehearsedService[], number | undefined, string[][]][] = [
    ["one service, once", [users], undefined, [["users"]]],
    ["one service, three times", [users], 3, [["users"], ["users"], ["users"]]],
    [
      "each alone, then caller and callee",
      [users, mailer, doodle],
      undefined,
      [["users"], ["mailer"], ["doodle"], ["users", "doodle"]],
    ],
    ["only the first two", [users, mailer, doodle], 2, [["users"], ["mailer"]]],
    ["over again", [users, mailer], 3, [["users"], ["mailer"], ["users"]]],
  ];
  for (const [what, services, count, wanted] of cases) {
    it(what, () => expect(deploySequence(services, count)).to.deep.equal(wanted));
  }
});

describe("jobsToRun", () => {
  const report: RehearsedService = { name: "report", kind: "job", calls: [] };
  const cleaner: RehearsedService = { name: "cleaner", kind: "job", calls: [] };

  it("are all but those that are skipped", () => {
    expect(jobsToRun([users, report, mailer, cleaner], [])).to.deep.equal(["report", "cleaner"]);
    expect(jobsToRun([users, report, cleaner], ["report"])).to.deep.equal(["cleaner"]);
  });

  it("refuses to skip what is no job, and says what there is", () => {
    const skip =
      (services: RehearsedService[], ...names: string[]) =>
      () =>
        jobsToRun(services, names);
    expect(skip([users, report], "report", "users")).to.throw(
      UserError,
      "jobs to skip given: users; wanted some of report",
    );
    expect(skip([users], "report")).to.throw(UserError, "jobs to skip given: report; the settings have no job");
  });
});
