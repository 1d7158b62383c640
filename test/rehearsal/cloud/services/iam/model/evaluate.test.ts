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
    ["no resource, where the statement names one", [allow()], { resource: "*" }, false],
    ["no resource, where all are allowed", [allow({ Resource: "*" })], { resource: "*" }, true],
    ["no resource, where one is denied", [allow({ Resource: "*" }), deny()], { resource: "*" }, true],
    ["nothing said", [deny({ Resource: "arn:aws:s3:::other" })], {}, false],
  ];
  for (const [title, statements, request, allowed] of cases) {
    it(`for ${title}: ${allowed}`, () => expect(evaluate(statements, request).allowed).to.equal(allowed));
  }
});

describe("rehearsal/cloud/services/iam/model/evaluate: conditions", () => {
  const context = {
    "aws:requestedregion": "ap-northeast-1",
    "aws:securetransport": "true",
    "aws:sourcearn": CLUSTER,
    "aws:currenttime": "2026-11-26T00:00:00Z",
    "aws:sourceip": "203.0.113.7",
    "aws:tagkeys": ["project", "stack"],
    "s3:max-keys": "10",
    "lambda:sourcefunctionarn": [],
  };
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
      "on what the call is known to lack",
      { ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:x" } },
      false,
      null,
    ],
    ["before a date", { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }, true, null],
    ["after a date", { DateGreaterThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }, false, null],
    ["a number", { NumericLessThanEquals: { "s3:max-keys": "10" } }, true, null],
    ["a larger number", { NumericLessThan: { "s3:max-keys": "10" } }, false, null],
    ["another number", { NumericNotEquals: { "s3:max-keys": "10" } }, false, null],
    ["in a network", { IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.7"] } }, true, null],
    ["outside a network", { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, false, null],
    ["an ARN's parts one by one", { ArnLike: { "aws:SourceArn": "arn:aws:*:cluster/users-blue" } }, false, null],
    ["the key is there", { Null: { "aws:SourceArn": "false" } }, true, null],
    ["the key is not there", { Null: { "s3:if-match": "true", "s3:if-none-match": "true" } }, true, null],
    ["one of two keys is there", { Null: { "s3:if-match": "true", "aws:SourceArn": "true" } }, false, null],
    ["all values", { "ForAllValues:StringEquals": { "aws:TagKeys": ["project", "stack", "team"] } }, true, null],
    ["not all values", { "ForAllValues:StringEquals": { "aws:TagKeys": ["project"] } }, false, null],
    ["all values of none", { "ForAllValues:StringEquals": { "ec2:Vpc": "vpc-1" } }, true, null],
    ["any value", { "ForAnyValue:StringLike": { "aws:TagKeys": "st*" } }, true, null],
    ["no value", { "ForAnyValue:StringLike": { "aws:TagKeys": "te*" } }, false, null],
  ];
  for (const [title, Condition, allowed, line] of cases) {
    it(`${title}: ${allowed ? "met" : "not met"}`, () => {
      expect(evaluate([allow({ Condition })], { context })).to.deep.equal({ allowed, lines: line ? [line] : [] });
    });
  }
});
