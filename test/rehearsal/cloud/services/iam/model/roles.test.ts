import { expect } from "chai";
import { Iam } from "../../../../../../rehearsal/cloud/services/iam/model/iam";
import type { RoleSettings } from "../../../../../../rehearsal/cloud/services/iam/model/roles";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const trust = (Principal: unknown) => policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal });
const rights = (padding = 0) =>
  policy({ Sid: "S".repeat(padding), Effect: "Allow", Action: "ecs:Poll", Resource: "*" });

const ROLE: RoleSettings = {
  name: "agent",
  path: "/",
  assumeRolePolicy: trust({ Service: "ec2.amazonaws.com" }),
  maxSessionDuration: 3600,
};

function iamWithRole(): Iam {
  const iam = new Iam(silentCloud());
  iam.roles.create(ROLE);
  return iam;
}

describe("rehearsal/cloud/services/iam/model/roles", () => {
  const cases: [string, Partial<RoleSettings>, string][] = [
    ["a role", { name: "other" }, "accepted"],
    ["a name in another case (I1)", { name: "AGENT" }, "EntityAlreadyExists: Role with name AGENT already exists."],
    [
      "a name of 65 characters (I1)",
      { name: "a".repeat(65) },
      `ValidationError: 1 validation error detected: Value '${"a".repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    [
      "a name with a slash",
      { name: "a/b" },
      "ValidationError: 1 validation error detected: Value 'a/b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    ],
    [
      "no AWS service (I4)",
      { name: "other", assumeRolePolicy: trust({ Service: "ec2" }) },
      'MalformedPolicyDocument: Invalid principal in policy: "SERVICE":"ec2"',
    ],
    [
      "a role that does not exist (I4)",
      { name: "other", assumeRolePolicy: trust({ AWS: "arn:aws:iam::123456789012:role/ghost" }) },
      'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/ghost"',
    ],
    [
      "a role that exists",
      { name: "other", assumeRolePolicy: trust({ AWS: "arn:aws:iam::123456789012:role/agent" }) },
      "accepted",
    ],
    [
      "an identity provider that does not exist (I4)",
      {
        name: "other",
        assumeRolePolicy: trust({
          Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        }),
      },
      'MalformedPolicyDocument: Invalid principal in policy: "FEDERATED":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"',
    ],
    [
      "a trust policy of more than 2,048 characters (I4)",
      { name: "other", assumeRolePolicy: trust({ Service: Array(100).fill("ecs-tasks.amazonaws.com") }) },
      "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
    ],
    [
      "sessions of 13 hours (I13)",
      { name: "other", maxSessionDuration: 46800 },
      "ValidationError: 1 validation error detected: Value '46800' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200",
    ],
  ];
  for (const [title, changes, answer] of cases) {
    it(`with ${title}: ${answer.slice(0, 60)}`, () => {
      expect(refusal(() => iamWithRole().roles.create({ ...ROLE, ...changes }))).to.equal(answer);
    });
  }

  it("limits the inline policies of a role to 10,240 characters without white space (I2)", () => {
    const { roles } = iamWithRole();
    roles.putPolicy("agent", "one", rights(6000));
    expect(refusal(() => roles.putPolicy("agent", "two", rights(6000)))).to.equal(
      "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role agent",
    );
    roles.putPolicy("agent", "one", rights(9000));
    const spacious = JSON.stringify(JSON.parse(rights(10)), null, 1000);
    expect(refusal(() => roles.putPolicy("agent", "two", spacious))).to.equal("accepted");
  });

  it("allows 10 managed policies per role (I3)", () => {
    const iam = iamWithRole();
    const arns = Array.from({ length: 11 }, (_, index) => {
      return iam.policies.create({ name: `p${index}`, path: "/", description: "", json: rights() }).arn;
    });
    for (const arn of arns.slice(0, 10)) iam.attachPolicy("agent", arn);
    expect(refusal(() => iam.attachPolicy("agent", arns[10]!))).to.equal(
      "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10",
    );
    expect(refusal(() => iam.attachPolicy("agent", arns[0]!))).to.equal("accepted");
  });

  it("refuses to delete a role with policies or in an instance profile (I6)", () => {
    const iam = iamWithRole();
    iam.roles.putPolicy("agent", "inline", rights());
    iam.attachPolicy("agent", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    iam.instanceProfiles.create("agent", "/");
    iam.addRoleToProfile("agent", "agent");
    const deletion = () => refusal(() => iam.deleteRole("agent"));
    expect(deletion()).to.equal("DeleteConflict: Cannot delete entity, must remove roles from instance profile first.");
    iam.instanceProfiles.removeRole("agent");
    expect(deletion()).to.equal("DeleteConflict: Cannot delete entity, must detach all policies first.");
    iam.roles.detach("agent", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    expect(deletion()).to.equal("DeleteConflict: Cannot delete entity, must delete policies first.");
    iam.roles.deletePolicy("agent", "inline");
    expect(deletion()).to.equal("accepted");
    expect(deletion()).to.equal("NoSuchEntity: The role with name agent cannot be found.");
  });
});
