import { expect } from "chai";
import { Events } from "../../../../../../rehearsal/cloud/services/events/model/events";
import { ResourcePolicies } from "../../../../../../rehearsal/cloud/services/logs/model/resource-policies";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

const FAILED = {
  source: ["aws.ecs"],
  detail: {
    clusterArn: ["one", "two"],
    lastStatus: ["STOPPED"],
    $or: [
      { containers: { name: ["report"], exitCode: [{ "anything-but": [0] }] } },
      { stopCode: [{ "anything-but": ["EssentialContainerExited"] }] },
    ],
  },
};

describe("rehearsal/cloud/services/events/model", () => {
  let counted: unknown[];
  let written: Record<string, unknown>[];
  let policies: ResourcePolicies;
  let events: Events;

  beforeEach(() => {
    counted = [];
    written = [];
    policies = new ResourcePolicies();
    events = new Events(silentCloud(), {
      metrics: {
        count: ({ metricName, dimensions: { RuleName } }) =>
          void counted.push(metricName === "TriggeredRules" ? RuleName : `${metricName} ${RuleName}`),
      },
      logs: {
        mayWrite: (principal, arn) => policies.allow(principal, "logs:PutLogEvents", `${arn}:log-stream:any`, () => {}),
        append: (group, _stream, line) => void written.push({ group, ...JSON.parse(line) }),
      },
    });
    events.put("failed", { eventPattern: JSON.stringify(FAILED), state: "ENABLED" });
  });

  const table: [what: string, detail: object, matches: boolean][] = [
    ["an exit code", { clusterArn: "one", lastStatus: "STOPPED", containers: [{ name: "report", exitCode: 1 }] }, true],
    [
      "another cluster",
      { clusterArn: "three", lastStatus: "STOPPED", containers: [{ name: "report", exitCode: 1 }] },
      false,
    ],
    [
      "another status",
      { clusterArn: "one", lastStatus: "RUNNING", containers: [{ name: "report", exitCode: 1 }] },
      false,
    ],
    ["a good end", { clusterArn: "one", lastStatus: "STOPPED", containers: [{ name: "report", exitCode: 0 }] }, false],
    [
      "the right one of two containers",
      {
        clusterArn: "two",
        lastStatus: "STOPPED",
        containers: [
          { name: "agent", exitCode: 0 },
          { name: "report", exitCode: 9 },
        ],
      },
      true,
    ],
    [
      "the right name in one container and the code in another",
      {
        clusterArn: "two",
        lastStatus: "STOPPED",
        containers: [
          { name: "agent", exitCode: 9 },
          { name: "report", exitCode: 0 },
        ],
      },
      false,
    ],
    ["no exit code and no stop code", { clusterArn: "one", lastStatus: "STOPPED", containers: [{}] }, false],
    [
      "exit code 0 of a task that was stopped",
      {
        ...{ clusterArn: "one", lastStatus: "STOPPED", stopCode: "UserInitiated" },
        containers: [{ name: "report", exitCode: 0 }],
      },
      true,
    ],
    [
      "exit code 0 of a task that ended by itself",
      {
        ...{ clusterArn: "one", lastStatus: "STOPPED", stopCode: "EssentialContainerExited" },
        containers: [{ name: "report", exitCode: 0 }],
      },
      false,
    ],
    ["no start", { clusterArn: "one", lastStatus: "STOPPED", containers: [{}], stopCode: "TaskFailedToStart" }, true],
  ];
  for (const [what, detail, isMatched] of table)
    it(`${isMatched ? "counts" : "does not count"} an event with ${what}`, () => {
      events.send({ source: "aws.ecs", "detail-type": "ECS Task State Change", detail });
      expect(counted).to.deep.equal(isMatched ? ["failed"] : []);
    });

  describe("of a rule with a log group as its target", () => {
    const arn = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/events/jobs";
    const detail = { clusterArn: "one", lastStatus: "STOPPED", containers: [{ name: "report", exitCode: 1 }] };
    const event = { source: "aws.ecs", "detail-type": "ECS Task State Change", detail };
    const policy = (resource: string, service = "events.amazonaws.com") =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: service }, Action: "logs:PutLogEvents", Resource: resource },
        ],
      });
    beforeEach(() => events.putTarget("failed", { id: "log", arn }));

    it("W16: writes the event there, where a resource policy allows it, and else loses it", () => {
      policies.put("of another service", policy(`${arn}:*`, "route53.amazonaws.com"));
      policies.put("of another group", policy("arn:aws:logs:ap-northeast-1:123456789012:log-group:/other:*"));
      events.send(event);
      expect(counted).to.deep.equal(["failed", "FailedInvocations failed"]);
      expect(written).to.deep.equal([]);
      policies.put("jobs", policy(`${arn}:*`));
      events.send(event);
      expect(written).to.have.length(1);
      expect(written[0]).to.deep.include({ group: "/aws/events/jobs", ...event, account: "123456789012" });
    });

    it("W17: refuses to delete the rule before its targets", () => {
      expect(refusal(() => events.delete("failed"))).to.equal(
        "ValidationException: Rule can't be deleted since it has targets.",
      );
      events.removeTarget("failed", "log");
      expect(refusal(() => events.delete("failed"))).to.equal("accepted");
    });

    it("W18: has at most ten resource policies, and refuses what is none", () => {
      for (let index = 0; index < 10; index += 1) policies.put(`p${index}`, policy("*"));
      expect(refusal(() => policies.put("one more", policy("*")))).to.match(/^LimitExceededException/);
      expect(refusal(() => policies.put("p1", policy(`${arn}:*`)))).to.equal("accepted");
      expect(refusal(() => policies.put("p1", "{}"))).to.match(/^InvalidParameterException: Unknown policy document/);
    });
  });

  it("refuses patterns that AWS refuses, and those that it does not know", () => {
    const put = (eventPattern: string) => refusal(() => events.put("other", { eventPattern, state: "ENABLED" }));
    expect(put("[]")).to.match(/^InvalidEventPatternException: .*not an object/);
    expect(put('{"source":"aws.ecs"}')).to.match(/^InvalidEventPatternException: .*must be an object or an array/);
    expect(put('{"$or":{"source":["aws.ecs"]}}')).to.match(/^InvalidEventPatternException: .*must be an object or an/);
    expect(put('{"detail":{"a":[{"cidr":"10.0.0.0/8"}]}}')).to.include("has no filter cidr");
    expect(refusal(() => events.delete("other"))).to.equal(
      "ResourceNotFoundException: Rule other does not exist on EventBus default.",
    );
  });
});
