import { expect } from "chai";
import { Iam } from "../../../../../../rehearsal/cloud/services/iam/model/iam";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

const SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
const EC2_ROLE = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
const EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const OWN = "arn:aws:iam::123456789012:policy/own";
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } };

function scene(trustCondition?: object) {
  const context = silentCloud(100);
  const iam = new Iam(context);
  iam.roles.create({
    name: "task",
    path: "/svc/",
    assumeRolePolicy: policy({ ...TRUST, Condition: trustCondition }),
    maxSessionDuration: 3600,
  });
  return { iam, lines: context.lines };
}

describe("rehearsal/cloud/services/iam/model/iam: permissions of a role", () => {
  for (const [arn, action] of [
    [EC2_ROLE, "ecs:RegisterContainerInstance"],
    [EC2_ROLE, "ecs:SubmitTaskStateChange"],
    [EXECUTION, "ecr:BatchGetImage"],
    [EXECUTION, "logs:PutLogEvents"],
    [SSM, "ssmmessages:OpenDataChannel"],
  ] as const) {
    it(`allows what ${arn.split("/").at(-1)} contains: ${action}`, () => {
      const { iam } = scene();
      expect(iam.allows("task", action, "*")).to.equal(false);
      iam.attachPolicy("task", arn);
      expect(iam.allows("task", action, "*")).to.equal(true);
      expect(iam.allows("task", "iam:CreateRole", "*")).to.equal(false);
    });
  }

  it("follow its inline policies and customer managed policies", () => {
    const { iam } = scene();
    const json = (Action: string) => policy({ Effect: "Allow", Action, Resource: "*" });
    const { arn } = iam.policies.create({ name: "own", path: "/", description: "", json: json("s3:GetObject") });
    iam.attachPolicy("task", arn);
    iam.roles.putPolicy("task", "inline", json("sqs:SendMessage"));
    const all = () => ["s3:GetObject", "sqs:SendMessage"].map((action) => iam.allows("task", action, "*"));
    expect(all()).to.deep.equal([true, true]);
    iam.policies.setJson(arn, json("s3:PutObject"));
    iam.roles.deletePolicy("task", "inline");
    expect(all()).to.deep.equal([false, false]);
  });

  it("use the condition keys of the caller, and log unknown ones once", () => {
    const { iam, lines } = scene();
    const Condition = { StringEquals: { "ecs:cluster": "arn:aws:ecs:ap-northeast-1:123456789012:cluster/a" } };
    iam.roles.putPolicy("task", "p", policy({ Effect: "Allow", Action: "ecs:Poll", Resource: "*", Condition }));
    const keys = { "ecs:cluster": "arn:aws:ecs:ap-northeast-1:123456789012:cluster/a" };
    expect(iam.allows("task", "ecs:Poll", "*", keys)).to.equal(true);
    expect([iam.allows("task", "ecs:Poll", "*"), iam.allows("task", "ecs:Poll", "*")]).to.deep.equal([false, false]);
    expect(lines).to.deep.equal([
      "role task, ecs:Poll: condition StringEquals on ecs:cluster is not known in the rehearsal: taken as not met",
    ]);
  });

  it("hold only after a while, and are taken away only after a while (I7)", async () => {
    // Eight seconds pass in 80 ms.
    const iam = new Iam(silentCloud(100), { propagationSeconds: 8 });
    const document = policy({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
    const seen = () => [iam.trusts("task", "ecs-tasks.amazonaws.com"), iam.allows("task", "s3:GetObject", "*")];
    const until = async (wanted: boolean[]) => {
      while (seen().join() !== wanted.join()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const startedAtMs = Date.now();
    iam.roles.create({ name: "task", path: "/", assumeRolePolicy: policy(TRUST), maxSessionDuration: 3600 });
    iam.roles.putPolicy("task", "p", document);
    await until([true, true]);
    expect(Date.now() - startedAtMs).to.be.at.least(80);
    const takenAtMs = Date.now();
    iam.roles.deletePolicy("task", "p");
    await until([true, false]);
    expect(Date.now() - takenAtMs).to.be.at.least(80);
  });

  it("are none for a role that does not exist", () =>
    expect(scene().iam.allows("ghost", "ecs:Poll", "*")).to.equal(false));
});

describe("rehearsal/cloud/services/iam/model/iam: trust in a service (I5)", () => {
  for (const [service, trusted] of [
    ["ecs-tasks.amazonaws.com", true],
    ["ec2.amazonaws.com", false],
  ] as const) {
    it(`${service}: ${trusted}`, () => expect(scene().iam.trusts("task", service)).to.equal(trusted));
  }

  for (const [title, condition, trusted] of [
    ["this account", { StringEquals: { "aws:SourceAccount": "123456789012" } }, true],
    ["another account", { StringEquals: { "aws:SourceAccount": "210987654321" } }, false],
    ["this account's ECS", { ArnLike: { "aws:SourceArn": "arn:aws:ecs:ap-northeast-1:123456789012:*" } }, true],
  ] as const) {
    it(`with a condition on ${title}: ${trusted}`, () =>
      expect(scene(condition).iam.trusts("task", "ecs-tasks.amazonaws.com")).to.equal(trusted));
  }
});

describe("rehearsal/cloud/services/iam/model/iam: managed policies", () => {
  it("refuses to attach a policy that does not exist or that the rehearsal does not know", () => {
    const { iam } = scene();
    expect(refusal(() => iam.attachPolicy("task", OWN))).to.equal(
      `NoSuchEntity: Policy ${OWN} does not exist or is not attachable.`,
    );
    expect(() => iam.attachPolicy("task", "arn:aws:iam::aws:policy/AdministratorAccess")).to.throw(
      /^the rehearsal cloud does not know what arn:aws:iam::aws:policy\/AdministratorAccess allows; known are arn:/,
    );
  });

  it("limits policies to 6,144 characters, with unique names, and refuses to delete an attached one", () => {
    const { iam } = scene();
    const json = (padding: number) =>
      policy({ Sid: "S".repeat(padding), Effect: "Allow", Action: "ecs:Poll", Resource: "*" });
    const create = (name: string, padding = 1) =>
      refusal(() => iam.policies.create({ name, path: "/", description: "", json: json(padding) }));
    expect(create("own", 6144)).to.equal("LimitExceeded: Cannot exceed quota for PolicySize: 6144");
    expect(create("own")).to.equal("accepted");
    expect(create("OWN")).to.equal(
      "EntityAlreadyExists: A policy called OWN already exists. Duplicate names are not allowed.",
    );
    iam.attachPolicy("task", OWN);
    expect(refusal(() => iam.deletePolicy(OWN))).to.equal(
      "DeleteConflict: Cannot delete a policy attached to entities.",
    );
    iam.roles.detach("task", OWN);
    expect(refusal(() => iam.deletePolicy(OWN))).to.equal("accepted");
  });
});

describe("rehearsal/cloud/services/iam/model/iam: instance profiles", () => {
  it("have one role, and are found by name or ARN (I6)", () => {
    const { iam } = scene();
    const profile = iam.instanceProfiles.create("agent", "/");
    expect(iam.roleOfProfile("agent")).to.equal(undefined);
    iam.addRoleToProfile("agent", "task");
    expect([iam.roleOfProfile("agent"), iam.roleOfProfile(profile.arn)]).to.deep.equal(["task", "task"]);
    expect(iam.roleNameOfArn("arn:aws:iam::123456789012:role/svc/task")).to.equal("task");
    expect(refusal(() => iam.addRoleToProfile("agent", "task"))).to.equal(
      "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    );
    expect(refusal(() => iam.instanceProfiles.create("Agent", "/"))).to.equal(
      "EntityAlreadyExists: Instance Profile Agent already exists.",
    );
    expect(refusal(() => iam.instanceProfiles.delete("agent"))).to.match(/^DeleteConflict: /);
  });

  it("are invisible to EC2 for eight seconds (I7)", async () => {
    const { iam } = scene();
    iam.instanceProfiles.create("agent", "/");
    expect(iam.profileIsVisible("agent")).to.equal(false);
    await iam.context.clock.sleep(9);
    expect(iam.profileIsVisible("agent")).to.equal(true);
    iam.addRoleToProfile("agent", "task");
    expect(iam.profileIsVisible("agent")).to.equal(false);
    expect(iam.profileIsVisible("ghost")).to.equal(false);
  });
});

describe("rehearsal/cloud/services/iam/model/iam: OpenID Connect providers", () => {
  it("allows one provider for each URL (I9)", () => {
    const { oidcProviders } = scene().iam;
    const url = "https://token.actions.githubusercontent.com";
    const { arn } = oidcProviders.create(url, ["sts.amazonaws.com"], []);
    expect(arn).to.equal("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com");
    expect(refusal(() => oidcProviders.create(url, [], []))).to.equal(
      `EntityAlreadyExists: Provider with url ${url} already exists.`,
    );
  });
});
