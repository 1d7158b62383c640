import { expect } from "chai";
import { type PolicyKind, parsePolicy } from "../../../../../../rehearsal/cloud/services/iam/model/policy-document";
import { refusal } from "../../../refusal";

const ALLOW = { Effect: "Allow", Action: "ecs:Poll", Resource: "*" };
const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

describe("rehearsal/cloud/services/iam/model/policy-document", () => {
  const cases: [string, PolicyKind, string, string][] = [
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
  ];
  for (const [title, kind, json, answer] of cases) {
    it(`with ${title}: ${answer}`, () => expect(refusal(() => parsePolicy(json, kind))).to.equal(answer));
  }

  for (const element of ["NotAction", "NotResource", "NotPrincipal"]) {
    it(`with ${element} is refused by the rehearsal but not by AWS`, () => {
      expect(() => parsePolicy(policy({ ...ALLOW, [element]: "*" }), "identity")).to.throw(
        `the rehearsal cloud does not evaluate ${element} in policies: use ${element.slice(3)} instead`,
      );
    });
  }
});
