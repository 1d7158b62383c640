import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { type Drift, driftIn } from "../../../automation/github/drift";
import { driftText, updateDriftIssue } from "../../../automation/github/drift-issue";
import { FakeGitHub } from "./fake-github";

const RULE = "aws:lb/listenerRule:ListenerRule";
const GROUP = "aws:autoscaling/group:Group";

const event = (op: string, type: string, name: string, changed: Partial<StepEventMetadata> = {}): EngineEvent => ({
  sequence: 1,
  timestamp: 1,
  resOutputsEvent: {
    metadata: { op, type, urn: `urn:pulumi:prod::aoshingo::${type}::${name}`, provider: "", ...changed },
  } as EngineEvent["resOutputsEvent"] & {},
});
const diff = (...paths: string[]) => ({
  detailedDiff: Object.fromEntries(paths.map((path) => [path, { diffKind: "update", inputDiff: false }])),
});

describe("drift", () => {
  it("consists of the properties and resources that the refresh finds changed or gone", () => {
    const events = [
      event("refresh", "pulumi:pulumi:Stack", "aoshingo-prod"),
      event("refresh", RULE, "users-test-at-blue"),
      event("update", RULE, "users-production-at-blue", diff("actions[0].forward", "actions[0].type") as never),
      event("delete", RULE, "users-production-at-green"),
    ];
    expect(driftIn(events)).to.deep.equal([
      {
        what: "changed",
        type: RULE,
        name: "users-production-at-blue",
        properties: ["actions[0].forward", "actions[0].type"],
      },
      { what: "gone", type: RULE, name: "users-production-at-green", properties: [] },
    ]);
  });

  it("excludes a group's size, which follows the load", () => {
    const events = [event("update", GROUP, "users-blue-instances", { diffs: ["desiredCapacity"] })];
    expect(driftIn(events)).to.deep.equal([]);
    events.push(event("update", GROUP, "users-green-instances", { diffs: ["desiredCapacity", "maxSize"] }));
    expect(driftIn(events).map(({ properties }) => properties)).to.deep.equal([["maxSize"]]);
  });

  it("excludes the minimum of a group that has a schedule, and the schedule's next time", () => {
    const SCHEDULE = "aws:autoscaling/schedule:Schedule";
    const of = (outputs: object) => ({ old: { outputs } }) as Partial<StepEventMetadata>;
    const group = (name: string) =>
      event("update", GROUP, `${name}-instances`, { diffs: ["minSize"], ...of({ name }) });
    const events = [
      group("users-blue"),
      group("mailer-blue"),
      event("update", SCHEDULE, "users-blue-min-at-0800", {
        diffs: ["startTime"],
        ...of({ autoscalingGroupName: "users-blue" }),
      }),
    ];
    expect(driftIn(events).map(({ name, properties }) => [name, properties])).to.deep.equal([
      ["mailer-blue-instances", ["minSize"]],
    ]);
  });

  it("excludes a colour that was kept warm and has ended at its time, and no earlier", () => {
    const startTime = "2026-11-28T14:32:20Z";
    const of = (op: string, type: string, name: string, outputs: object, diffs: string[] = []) =>
      event(op, type, name, { diffs, old: { outputs } } as Partial<StepEventMetadata>);
    const action = { autoscalingGroupName: "users-blue", scheduledActionName: "end-keep-warm", startTime };
    const events = [
      of("update", GROUP, "users-blue-instances", { name: "users-blue" }, ["desiredCapacity", "maxSize", "minSize"]),
      of("delete", "aws:autoscaling/schedule:Schedule", "users-blue-end-keep-warm", action),
    ];
    expect(driftIn(events, Date.parse(startTime))).to.deep.equal([]);
    expect(driftIn(events, Date.parse(startTime) - 1).map(({ what, name }) => [what, name])).to.deep.equal([
      ["changed", "users-blue-instances"],
      ["gone", "users-blue-end-keep-warm"],
    ]);
  });

  it("is described without values", () => {
    const text = driftText("prod", [
      { what: "changed", type: GROUP, name: "users-blue-instances", properties: ["maxSize"] },
    ]);
    expect(text.split("\n")[0]).to.equal("**1 resource of stack `prod` changed since the last `up`.**");
    expect(text).to.contain(`| changed | \`users-blue-instances\` | \`${GROUP}\` | \`maxSize\` |`);
  });

  it("says when undoing it moves traffic, and when not to", () => {
    const text = driftText("prod", []).replaceAll("\n", " ");
    expect(text).to.contain(
      "If a listener rule or a record is in the table, the `up` leads production's requests back",
    );
    expect(text).to.contain("Run neither while a deploy is unfinished: `npx aoshingo status --stack prod`");
  });

  describe("issue", () => {
    const drift: Drift[] = [{ what: "gone", type: RULE, name: "users-production-at-blue", properties: [] }];
    const update = (github: FakeGitHub, found: Drift[], stack = "prod") =>
      updateDriftIssue(github, { repository: "example/shop", stack, drift: found, runUrl: "https://github.test/run" });

    it("is opened at the first drift, then edited, and closed when there is none any more", async () => {
      const github = new FakeGitHub(false);
      expect(await update(github, [])).to.equal("no drift of prod");
      expect(await update(github, drift)).to.equal(
        "Drift: 1 resource of prod changed outside Pulumi: opened https://github.test/1",
      );
      expect(await update(github, [...drift, { ...drift[0]!, name: "users-test-at-blue" }])).to.equal(
        "Drift: 2 resources of prod changed outside Pulumi: edited https://github.test/1",
      );
      expect(github.texts).to.have.length(1);
      expect(github.texts[0]).to.deep.include({
        labels: ["drift"],
        title: "Drift: 2 resources of prod changed outside Pulumi",
      });
      expect(await update(github, [])).to.equal("no drift of prod any more: closed https://github.test/1");
      expect(github.texts[0]!.state).to.equal("closed");
    });

    it("is one for each stack", async () => {
      const github = new FakeGitHub(false);
      await update(github, drift);
      await update(github, drift, "play");
      expect(github.texts).to.have.length(2);
    });
  });
});
