import { assert } from "chai";
import { headlineOf, productionOf, releasesOf, verdictOf } from "../../../../automation/page/deploy/sentences";
import { live, together } from "../../deploy/worlds";
import { done, ramping, Told, wentBack } from "./sample-events";

describe("the page's sentences", () => {
  const cases: [title: string, told: Told, isOver: boolean, headline: string, verdict: RegExp][] = [
    ["nothing yet", new Told(), false, "Getting ready: prod", /^● $/],
    ["nothing left to do", new Told(), true, "Nothing was done on prod", /^✔ $/],
    [
      "a ramp",
      ramping(),
      false,
      "users v2 is on the way to production",
      /^● Step 4 of 7\. Give the new release a share/,
    ],
    [
      "done",
      done(),
      true,
      "users v2 is in production",
      /^✔ Done in 14\.0\ss\. Green \(v2\) answers all of production\.$/,
    ],
    [
      "gone back",
      wentBack(),
      true,
      "users v2 went to production and was taken back by itself",
      /^✘ Failed\. bake failed: users: 5\.10 %/,
    ],
    ["died", ramping(), true, "users v2: the run broke off", /^✘ Broken off\. `resume` goes on/],
    [
      "died before its first release was active",
      new Told().begin("deploy", "deploy", "forward", { first: ["users"] }).is("blue", null, ["v2", 2]),
      true,
      "users v2: the run broke off",
      /^✘ Broken off\. `resume` goes on with it, `abort` takes it back\.$/,
    ],
    [
      "died when its first release was active",
      new Told().begin("deploy", "deploy", "forward", { first: ["users"] }).is("green", null, ["v2", 2]),
      true,
      "users v2: the run broke off",
      /^✘ Broken off\. `resume` goes on with it: a first release is active, and there is none before it\.$/,
    ],
    [
      "a test that failed",
      new Told().begin().starts("test").ends("test", false).closes("takenBack", "test", "test failed: 500"),
      true,
      "users v2 did not go to production",
      /^✘ Failed\. test failed: 500\.$/,
    ],
    [
      "left",
      new Told().begin().starts("warm").ends("warm", false).closes("left", "warm", "stopped"),
      true,
      "users v2 stopped half-way",
      /^✘ Failed\. stopped\.$/,
    ],
    ["rolled back", new Told().begin("rollback").closes("done"), true, "Production is back on users v2", /^✔ Done/],
    [
      "rolling back",
      new Told().begin("rollback"),
      false,
      "Production is going back to users v2",
      /^● Step 1 of 7\. Planning/,
    ],
    ["aborted", new Told().begin("abort").closes("takenBack"), true, "users v2 was taken back", /^✔ Done/],
    [
      "a deploy that is not finished, taken back by a rollback",
      new Told().begin("rollback", "deploy", "back"),
      false,
      "users v2 is being taken back",
      /^● Step 1 of 7\. Planning/,
    ],
    [
      "the same, at its end",
      new Told().begin("rollback", "deploy", "back").closes("takenBack"),
      true,
      "users v2 was taken back",
      /^✔ Done/,
    ],
    [
      "resumed on its way back",
      new Told().begin("resume", "deploy", "back"),
      false,
      "users v2 is being taken back",
      /^● Step 1 of 7\. Planning/,
    ],
    [
      "died on its way back",
      new Told().begin("resume", "deploy", "back"),
      true,
      "users v2: the run broke off",
      /^✘ Broken off\. `resume` or `abort` goes on taking it back\.$/,
    ],
    [
      "a rollback that died after it was resumed",
      new Told().begin("resume", "rollback"),
      true,
      "users v2: the run broke off",
      /`resume` or `rollback` goes on with it\.$/,
    ],
  ];
  for (const [title, told, isOver, headline, verdict] of cases) {
    it(title, () => {
      const model = { ...told.model(isOver), stack: "prod" };
      assert.equal(headlineOf(model), headline);
      const { lead, text } = verdictOf(model);
      assert.match(`${lead} ${text}`, verdict);
    });
  }

  describe("of a run that went back say which first release stays", () => {
    const given = { releases: { users: "v2", doodle: "v1" }, first: ["doodle"] };
    const ended = live({ active: "green", blue: null, green: ["v1", 2] }, { service: "doodle" });
    const back = together(live({ active: "blue", blue: ["v1", 2], green: ["v2", 0] }), ended);
    const headline = (told: Told) => headlineOf(told.model(true));

    it("where it did so by itself", () => {
      const told = new Told().begin("deploy", "deploy", "forward", given).does("cutover").starts("bake");
      told.ends("bake", false).tell({ type: "rollbackStarted", reason: "5xx" }, { type: "live", live: back });
      assert.equal(
        headline(told.closes("takenBack", "bake", "bake failed")),
        "users v2 went to production and was taken back by itself; doodle v1 stays in production",
      );
    });

    it("where somebody asked for it", () => {
      const told = new Told().begin("abort", "deploy", "back", given).tell({ type: "live", live: back });
      assert.equal(headlineOf(told.model()), "users v2 is being taken back; doodle v1 stays in production");
      assert.equal(headline(told.closes("takenBack")), "users v2 was taken back; doodle v1 stays in production");
    });
  });

  it("says what was asked for, also where it was no image", () => {
    const asked = { users: "", doodle: "123.dkr.ecr.eu.amazonaws.com/doodle:v7" };
    assert.equal(releasesOf({ asked }), "users as it is configured now and doodle v7");
  });

  it("says which colours of a worker take messages", () => {
    const answer = (told: Told) => {
      const model = told.model();
      const users = { ...model.services.users!, kind: "worker" as const, shares: [] };
      return productionOf({ ...model, services: { users } }, model.runs[0]!);
    };
    assert.equal(answer(ramping()), "Blue (v1) and Green (v2) take messages.");
    assert.equal(answer(done()), "Green (v2) takes messages.");
  });
});
