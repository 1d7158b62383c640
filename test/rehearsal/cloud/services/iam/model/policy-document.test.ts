import { expect } from "chai";
import { type PolicyKind, parsePolicy } from "../../../../../../rehearsal/cloud/services/iam/model/policy-document";
import { refusal } from "../../../refusal";

const ALLOW = { Effect: "Allow", Action: "ecs:Poll", Resource: "*" };
const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** V6, and what IAM asks of each statement. */
describe("rehearsal/cloud/services/iam/model/policy-document", () => {
  const cases: [string, PolicyKind, string, string | RegExp][] = [
    ["one statement", "identity", policy(ALLOW), "accepted"],
    ["a statement without a list", "identity", JSON.stringify({ Statement: ALLOW }), "accepted"],
    ["a trust policy", "trust", policy(TRUST), "accepted"],
    ["no JSON", "identity", "{", "MalformedPolicyDocument: This policy contains invalid Json"],
    [
      "no JSON for a bucket",
      "bucket",
      "x",
      "MalformedPolicy: Policies must be valid JSON and the first byte must be '{'",
    ],
    ["no statement", "identity", policy(), "MalformedPolicyDocument: Syntax errors in policy."],
    [
      "an unknown effect",
      "identity",
      policy({ ...ALLOW, Effect: "Maybe" }),
      "MalformedPolicyDocument: Syntax errors in policy.",
    ],
    [
      "an unknown element",
      "identity",
      policy({ ...ALLOW, Actions: [] }),
      "MalformedPolicyDocument: Syntax errors in policy.",
    ],
    [
      "two statements with one Sid",
      "identity",
      policy({ ...ALLOW, Sid: "A" }, { ...ALLOW, Sid: "A" }),
      "MalformedPolicyDocument: Statement IDs (SID) in a single policy must be unique.",
    ],
    [
      "no action",
      "identity",
      policy({ Effect: "Allow", Resource: "*" }),
      "MalformedPolicyDocument: Policy statement must contain actions.",
    ],
    [
      "an action without its service",
      "identity",
      policy({ ...ALLOW, Action: "Poll" }),
      "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      "no resource",
      "identity",
      policy({ Effect: "Allow", Action: "ecs:Poll" }),
      "MalformedPolicyDocument: Policy statement must contain resources.",
    ],
    [
      "a resource that is no ARN",
      "identity",
      policy({ ...ALLOW, Resource: "cluster" }),
      'MalformedPolicyDocument: Resource cluster must be in ARN format or "*".',
    ],
    [
      "a role's policy with a principal",
      "identity",
      policy({ ...ALLOW, Principal: "*" }),
      "MalformedPolicyDocument: Policy document should not specify a principal.",
    ],
    [
      "a trust policy without one",
      "trust",
      policy({ ...TRUST, Principal: undefined }),
      "MalformedPolicyDocument: Missing required field Principal cannot be empty!",
    ],
    [
      "a trust policy with a resource",
      "trust",
      policy({ ...TRUST, Resource: "*" }),
      "MalformedPolicyDocument: Has prohibited field Resource",
    ],
    ["the older version", "identity", JSON.stringify({ Version: "2008-10-17", Statement: ALLOW }), "accepted"],
    [
      "a version that does not exist",
      "identity",
      JSON.stringify({ Version: "2024-01-01", Statement: ALLOW }),
      "MalformedPolicyDocument: The policy must contain a valid version string",
    ],
    [
      "a version that does not exist, for a bucket",
      "bucket",
      JSON.stringify({ Version: "2012-10-18", Statement: { ...ALLOW, Principal: "*" } }),
      "MalformedPolicy: The policy must contain a valid version string",
    ],
    [
      "an unknown element of the document",
      "identity",
      JSON.stringify({ version: "2012-10-17", Statement: ALLOW }),
      "MalformedPolicyDocument: Syntax errors in policy.",
    ],
    [
      "a Sid with a hyphen",
      "identity",
      policy({ ...ALLOW, Sid: "allow-all" }),
      "MalformedPolicyDocument: Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    ],
    ["a Sid with spaces, for a bucket", "bucket", policy({ ...ALLOW, Sid: "allow all", Principal: "*" }), "accepted"],
    [
      "an action of another service in a trust policy",
      "trust",
      policy({ ...TRUST, Action: "ecs:Poll" }),
      "MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    ...(
      [
        ["arn:aws:ecs", 'Resource arn:aws:ecs must be in ARN format or "*".'],
        ["arn:aws:ecs:ap-northeast-1:123456789012", /must be in ARN format/],
        ["arn:aws:*:ap-northeast-1:123456789012:shop-*", /must be in ARN format/],
        ["arn:aws:ec?:ap-northeast-1:123456789012:cluster/web", /must be in ARN format/],
        ["arn:amazon:ecs:ap-northeast-1:123456789012:cluster/web", /^Partition "amazon" is not valid for resource/],
        ["arn:aws:s3:ap-northeast-1::shop/*", /^s3 resource .* can not contain region information\.$/],
        ["arn:aws:s3::123456789012:shop/*", /^s3 resource .* can not contain account information\.$/],
        ["arn:aws:iam:ap-northeast-1:123456789012:role/web", /^iam resource .* can not contain region information\.$/],
      ] as const
    ).map(([Resource, answer]): [string, PolicyKind, string, string | RegExp] => [
      `the resource ${Resource}`,
      "identity",
      policy({ ...ALLOW, Resource }),
      typeof answer === "string" ? `MalformedPolicyDocument: ${answer}` : new RegExp(answer.source.replace("^", "")),
    ]),
    [
      "resources with wildcards",
      "identity",
      policy({
        ...ALLOW,
        Resource: ["arn:aws:ecs:*:*:cluster/*", "arn:*:s3:::shop*", "arn:aws:logs:*:123456789012:*"],
      }),
      "accepted",
    ],
    [
      "an unknown condition operator",
      "identity",
      policy({ ...ALLOW, Condition: { StringSame: { "aws:PrincipalAccount": "1" } } }),
      "MalformedPolicyDocument: Invalid Condition type : StringSame",
    ],
    [
      "a condition key without its service",
      "identity",
      policy({ ...ALLOW, Condition: { StringEquals: { PrincipalAccount: "1" } } }),
      "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      "every kind of condition operator",
      "identity",
      policy({
        ...ALLOW,
        Condition: Object.fromEntries(
          [
            ...[
              "StringNotEqualsIgnoreCase",
              "ForAnyValue:StringLike",
              "NumericLessThanEquals",
              "DateGreaterThan",
              "Null",
            ],
            ...["BoolIfExists", "NotIpAddress", "ArnNotLike", "ForAllValues:ArnEqualsIfExists", "BinaryEquals"],
          ].map((operator) => [operator, { "aws:PrincipalAccount": "1" }]),
        ),
      }),
      "accepted",
    ],
    ...(
      [
        ["Service", "ecs.tasks.amazonaws.com", "SERVICE"],
        ["Service", "nothing.amazonaws.com", "SERVICE"],
        ["AWS", "arn:aws:iam::12345:role/web", "AWS"],
        ["AWS", "web", "AWS"],
        ["AWS", "arn:aws:iam::123456789012:group/web", "AWS"],
        ["Federated", "token.actions.githubusercontent.com", "FEDERATED"],
        ["Team", "web", "TEAM"],
      ] as const
    ).map(([type, value, word]): [string, PolicyKind, string, string] => [
      `the principal ${type} ${value}`,
      "trust",
      policy({ ...TRUST, Principal: { [type]: value } }),
      `MalformedPolicyDocument: Invalid principal in policy: "${word}":"${value}"`,
    ]),
    [
      "principals of every form",
      "trust",
      policy(
        { ...TRUST, Principal: "*" },
        { ...TRUST, Principal: { AWS: ["123456789012", "arn:aws:iam::123456789012:root", "AROA1234567890EXAMPLE"] } },
        { ...TRUST, Principal: { Service: ["ecs-tasks.amazonaws.com", "logs.ap-northeast-1.amazonaws.com"] } },
        { ...TRUST, Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" },
      ),
      "accepted",
    ],
    [
      "a principal of no form, for a bucket",
      "bucket",
      policy({ ...ALLOW, Principal: { AWS: "web" } }),
      "MalformedPolicy: Invalid principal in policy",
    ],
  ];
  for (const [title, kind, json, answer] of cases) {
    it(`with ${title}: ${answer}`, () => {
      const given = refusal(() => parsePolicy(json, kind));
      if (typeof answer === "string") expect(given).to.equal(answer);
      else expect(given).to.match(answer);
    });
  }

  for (const element of ["NotAction", "NotResource", "NotPrincipal"]) {
    it(`with ${element} is refused by the rehearsal but not by AWS`, () => {
      expect(() => parsePolicy(policy({ ...ALLOW, [element]: "*" }), "identity")).to.throw(
        `the rehearsal cloud does not evaluate ${element} in policies: use ${element.slice(3)} instead`,
      );
    });
  }
});
