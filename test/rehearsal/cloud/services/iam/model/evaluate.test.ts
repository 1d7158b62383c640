import { expect } from "chai";
import { type AccessRequest, isAllowed } from "../../../../../../rehearsal/cloud/services/iam/model/evaluate";
import { parsePolicy } from "../../../../../../rehearsal/cloud/services/iam/model/policy-document";

const CLUSTER = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/users-blue";
const allow = (changes: object = {}) => ({ Effect: "Allow", Action: "ecs:Submit*", Resource: CLUSTER, ...changes });
const deny = (changes: object = {}) => ({ ...allow(changes), Effect: "Deny" });

function evaluate(statements: object[], request: Partial<AccessRequest> = {}): { allowed: boolean; lines: string[] } {
  const lines: string[] = [];
  const parsed = parsePolicy(JSON.stringify({ Statement: statements }), "identity");
  const full = { action: "ecs:SubmitTaskStateChange", resource: CLUSTER, context: {}, ...request };
  return { allowed: isAllowed(parsed, full, (line) => lines.push(line)), lines };
}

describe("rehearsal/cloud/services/iam/model/evaluate: statements", () => {
  const cases: [string, object[], Partial<AccessRequest>, boolean][] = [
    ["an action by its wildcard", [allow()], {}, true],
    ["an action in another case", [allow()], { action: "ECS:submittaskstatechange" }, true],
    ["another action", [allow()], { action: "ecs:Poll" }, false],
    ["every action", [allow({ Action: "*" })], { action: "ecs:Poll" }, true],
    ["one of several actions", [allow({ Action: ["ecs:Poll", "ecs:Sub?it*"] })], {}, true],
    ["another cluster", [allow()], { resource: `${CLUSTER}-2` }, false],
    ["every cluster", [allow({ Resource: CLUSTER.replace("users-blue", "*") })], { resource: `${CLUSTER}-2` }, true],
    ["a dot that is no wildcard", [allow({ Resource: "arn:aws:s3:::a.b" })], { resource: "arn:aws:s3:::aXb" }, false],
    ["denied as well", [allow(), deny()], {}, false],
    ["denied elsewhere", [allow({ Resource: "*" }), deny({ Resource: `${CLUSTER}-2` })], {}, true],
    ["any resource, with one allowed", [allow()], { resource: "*" }, true],
    ["any resource, with one denied", [allow(), deny()], { resource: "*" }, true],
    ["any resource, with all denied", [allow(), deny({ Resource: "*" })], { resource: "*" }, false],
    ["nothing said", [deny({ Resource: "arn:aws:s3:::other" })], {}, false],
  ];
  for (const [title, statements, request, allowed] of cases) {
    it(`for ${title}: ${allowed}`, () => expect(evaluate(statements, request).allowed).to.equal(allowed));
  }
});

describe("rehearsal/cloud/services/iam/model/evaluate: conditions", () => {
  const context = { "aws:requestedregion": "ap-northeast-1", "aws:securetransport": "true", "aws:sourcearn": CLUSTER };
  const cases: [string, Record<string, Record<string, unknown>>, boolean, string | null][] = [
    ["equal", { StringEquals: { "aws:RequestedRegion": ["us-east-1", "ap-northeast-1"] } }, true, null],
    ["not equal", { StringEquals: { "aws:RequestedRegion": "us-east-1" } }, false, null],
    ["like", { StringLike: { "AWS:requestedregion": "ap-*" } }, true, null],
    ["negated", { StringNotEquals: { "aws:RequestedRegion": ["us-east-1", "ap-northeast-1"] } }, false, null],
    ["negated, on something unknown", { StringNotEquals: { "aws:PrincipalTag/team": "core" } }, true, null],
    ["on an ARN", { ArnLike: { "aws:SourceArn": "arn:aws:ecs:*:123456789012:*" } }, true, null],
    ["on true", { Bool: { "aws:SecureTransport": true } }, true, null],
    ["on false", { Bool: { "aws:SecureTransport": "false" } }, false, null],
    ["if it exists", { StringEqualsIfExists: { "ec2:Vpc": "vpc-1" } }, true, null],
    [
      "both must hold",
      { StringLike: { "aws:RequestedRegion": "ap-*" }, Bool: { "aws:SecureTransport": "false" } },
      false,
      null,
    ],
    [
      "on something unknown",
      { StringEquals: { "ecs:CreateAction": "CreateCluster" } },
      false,
      "condition StringEquals on ecs:CreateAction is not known in the rehearsal: taken as not met",
    ],
    [
      "of an unknown kind",
      { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } },
      false,
      "condition DateLessThan on aws:CurrentTime is not known in the rehearsal: taken as not met",
    ],
  ];
  for (const [title, Condition, allowed, line] of cases) {
    it(`${title}: ${allowed ? "met" : "not met"}`, () => {
      expect(evaluate([allow({ Condition })], { context })).to.deep.equal({ allowed, lines: line ? [line] : [] });
    });
  }
});
