import { expect } from "chai";
import { Events } from "../../../../../../rehearsal/cloud/services/events/model/events";
import { quietCloud } from "../../../quiet-cloud";
import { refusal } from "../../../refusal";

const FAILED = {
  source: ["aws.ecs"],
  detail: {
    clusterArn: ["one", "two"],
    lastStatus: ["STOPPED"],
    $or: [{ containers: { exitCode: [{ "anything-but": [0] }] } }, { stopCode: ["TaskFailedToStart"] }],
  },
};

describe("rehearsal/cloud/services/events/model", () => {
  let counted: unknown[];
  let events: Events;

  beforeEach(() => {
    counted = [];
    events = new Events(quietCloud(), { count: ({ dimensions }) => void counted.push(dimensions.RuleName) });
    events.put("failed", { eventPattern: JSON.stringify(FAILED), state: "ENABLED" });
  });

  const table: [what: string, detail: object, matches: boolean][] = [
    ["an exit code", { clusterArn: "one", lastStatus: "STOPPED", containers: [{ exitCode: 1 }] }, true],
    ["another cluster", { clusterArn: "three", lastStatus: "STOPPED", containers: [{ exitCode: 1 }] }, false],
    ["another status", { clusterArn: "one", lastStatus: "RUNNING", containers: [{ exitCode: 1 }] }, false],
    ["a good end", { clusterArn: "one", lastStatus: "STOPPED", containers: [{ exitCode: 0 }] }, false],
    [
      "one of two containers",
      { clusterArn: "two", lastStatus: "STOPPED", containers: [{ exitCode: 0 }, { exitCode: 9 }] },
      true,
    ],
    ["no exit code", { clusterArn: "one", lastStatus: "STOPPED", containers: [{}], stopCode: "UserInitiated" }, false],
    ["no start", { clusterArn: "one", lastStatus: "STOPPED", containers: [{}], stopCode: "TaskFailedToStart" }, true],
  ];
  for (const [what, detail, isMatched] of table)
    it(`${isMatched ? "counts" : "does not count"} an event with ${what}`, () => {
      events.send({ source: "aws.ecs", "detail-type": "ECS Task State Change", detail });
      expect(counted).to.deep.equal(isMatched ? ["failed"] : []);
    });

  it("refuses patterns that AWS refuses, and those that it does not know", () => {
    const put = (eventPattern: string) => refusal(() => events.put("other", { eventPattern, state: "ENABLED" }));
    expect(put("[]")).to.match(/^InvalidEventPatternException: .*not an object/);
    expect(put('{"source":"aws.ecs"}')).to.match(/^InvalidEventPatternException: .*must be an object or an array/);
    expect(put('{"detail":{"a":[{"cidr":"10.0.0.0/8"}]}}')).to.include("has no filter cidr");
    expect(refusal(() => events.delete("other"))).to.equal(
      "ResourceNotFoundException: Rule other does not exist on EventBus default.",
    );
  });
});
