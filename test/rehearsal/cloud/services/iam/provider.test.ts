import { expect } from "chai";
import { trustPolicy } from "../../../../../components/security/ci-trust";
import type { CiSettings } from "../../../../../components/settings/settings";
import { iamTypes } from "../../../../../rehearsal/cloud/services/iam";
import { Iam } from "../../../../../rehearsal/cloud/services/iam/model/iam";
import { Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const policy = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const ROLE = "aws:iam/role:Role";
const PROFILE = "aws:iam/instanceProfile:InstanceProfile";
const SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

function scene() {
  const iam = new Iam(silentCloud());
  return { iam, stack: new Stack(iamTypes(iam)) };
}

describe("rehearsal/cloud/services/iam/provider", () => {
  it("creates a role that is allowed what its policies say, and deletes everything", async () => {
    const { iam, stack } = scene();
    const role = await stack.create(ROLE, { assumeRolePolicy: JSON.stringify(TRUST), tags: { a: "b" } });
    const inline = await stack.create("aws:iam/rolePolicy:RolePolicy", { role: role.id, policy: policy("ecs:Poll") });
    const own = await stack.create("aws:iam/policy:Policy", { policy: policy("ecs:Submit*") });
    for (const policyArn of [own.outputs.arn, SSM]) {
      await stack.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: role.id, policyArn });
    }
    const profile = await stack.create(PROFILE, { role: role.id });

    expect(role.outputs.arn).to.equal(`arn:aws:iam::123456789012:role/${role.id}`);
    expect(inline.id).to.equal(`${role.id}:${inline.outputs.name}`);
    expect(iam.roleOfProfile(profile.outputs.arn)).to.equal(role.id);
    const actions = ["ecs:Poll", "ecs:SubmitTaskStateChange", "ssm:GetParameter", "ec2:RunInstances"];
    expect(actions.map((action) => iam.allows(role.id, action, "*"))).to.deep.equal([true, true, true, false]);
    await stack.update(inline, { policy: policy("ec2:RunInstances") });
    expect(iam.allows(role.id, "ec2:RunInstances", "*")).to.equal(true);
    await stack.destroy();
    expect(iam.roles.all()).to.deep.equal([]);
  });

  it("accepts a policy as an object and returns JSON", async () => {
    const { iam, stack } = scene();
    const role = await stack.create(ROLE, { name: "agent", assumeRolePolicy: TRUST });
    expect(role.outputs.assumeRolePolicy).to.equal(JSON.stringify(TRUST));
    expect(iam.trusts("agent", "ec2.amazonaws.com")).to.equal(true);
  });

  it("generates names within IAM's limits", async () => {
    const { stack } = scene();
    const role = await stack.create(ROLE, { namePrefix: "p".repeat(60), assumeRolePolicy: TRUST });
    expect(role.outputs.name).to.match(/^p{60}[0-9a-f]{4}$/);
  });

  it("refuses to delete a role that others attached a policy to, unless forced (I6)", async () => {
    const { iam, stack } = scene();
    const role = await stack.create(ROLE, { name: "agent", assumeRolePolicy: TRUST });
    iam.attachPolicy("agent", SSM);
    const error = await stack.delete(role).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.message).to.equal("Cannot delete entity, must detach all policies first.");
    await stack.update(role, { forceDetachPolicies: true });
    await stack.delete(role);
    expect(iam.roles.find("agent")).to.equal(undefined);
  });

  it("keeps a profile whose role does not exist yet, and adds the role on the next update", async () => {
    const { iam, stack } = scene();
    const error = await stack.create(PROFILE, { name: "agent", role: "late" }).catch((reason: Error) => reason);
    expect((error as Error).message).to.equal("NoSuchEntity: The role with name late cannot be found.");
    await stack.create(ROLE, { name: "late", assumeRolePolicy: TRUST });
    const inputs = { name: "agent", path: "/", role: "late" };
    await stack.type(PROFILE).update!("agent", inputs, inputs, { urn: "", signal: new AbortController().signal });
    expect(iam.roleOfProfile("agent")).to.equal("late");
  });

  it("creates the OpenID Connect provider for CI", async () => {
    const { stack } = scene();
    const url = "https://token.actions.githubusercontent.com";
    const provider = await stack.create("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {
      url,
      clientIdLists: ["sts.amazonaws.com"],
    });
    expect(provider.id).to.equal("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com");
    await stack.destroy();
  });

  it("lets only the jobs of one repository assume a role, with both forms of the subject", async () => {
    const { iam, stack } = scene();
    const provider = await stack.create("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
    const ci: CiSettings = {
      repository: "example/shop",
      ids: { owner: 11, repository: 22 },
      branch: "main",
      provider: "create",
      iam: [],
    };
    for (const use of ["deploy", "preview"] as const) {
      const assumeRolePolicy = trustPolicy(provider.outputs.arn, use, ci, "prod");
      await stack.create(ROLE, { name: use, path: "/aoshingo/prod/", assumeRolePolicy });
    }
    const takes = (role: string, sub: string, aud = "sts.amazonaws.com") =>
      iam.trustsToken(role, provider.outputs.arn, { aud, sub, ref: "refs/heads/main" });

    for (const repository of ["example/shop", "example@11/shop@22"]) {
      expect(takes("deploy", `repo:${repository}:environment:prod`), repository).to.equal(true);
      expect(takes("deploy", `repo:${repository}:pull_request`), repository).to.equal(false);
      expect(takes("deploy", `repo:${repository}:environment:play`), repository).to.equal(false);
      expect(takes("preview", `repo:${repository}:pull_request`), repository).to.equal(true);
      expect(takes("preview", `repo:${repository}:ref:refs/heads/main`), repository).to.equal(true);
      expect(takes("preview", `repo:${repository}:ref:refs/heads/other`), repository).to.equal(false);
    }
    for (const repository of ["example/other", "example@11/shop@23", "example@12/shop@22", "Example/shop"]) {
      expect(takes("deploy", `repo:${repository}:environment:prod`), repository).to.equal(false);
    }
    expect(takes("deploy", "repo:example/shop:environment:prod", "https://github.com/example")).to.equal(false);
  });
});
