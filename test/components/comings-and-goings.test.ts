import { expect } from "chai";
import type { LiveService } from "../../components/live/live";
import { GROUP, RECORD, ROLE_POLICY, RULE, TARGET_GROUP } from "./declared";
import { type Change, counted, EngineStack } from "./engine-stack";

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const CLUSTER = "aws:ecs/cluster:Cluster";
const ROLE = "aws:iam/role:Role";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const REPOSITORY = "aws:ecr/repository:Repository";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const release = (service: string, name: string) => ({
  image: `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/test/${service}@sha256:${Buffer.from(name).toString("hex").padEnd(64, "0")}`,
  name,
});
const serving = (service: string): LiveService => ({
  active: "blue",
  colours: { blue: { release: release(service, "v1"), size: 2 }, green: { release: null, size: 0 } },
});
const warm = (service: string): LiveService => ({ ...serving(service), active: "green" });
const both = (service: string): LiveService => ({
  active: "blue",
  colours: { blue: { release: release(service, "v1"), size: 2 }, green: { release: release(service, "v2"), size: 2 } },
});

const users = { kind: "api", exposure: ["public", "internal"] };
const mailer = { kind: "worker", queue: true };
const doodle = { kind: "api", calls: ["users"], sends: ["mailer"], secrets: { KEY: "ssm:/doodle/key" } };
const ALL = { users, mailer, doodle };

/** Positions of the first and the last change of a type. */
const span = (changes: readonly Change[], type: string, prefix: string) => {
  const places = changes.flatMap((change, place) =>
    change.type === type && change.name.startsWith(prefix) ? [place] : [],
  );
  expect(places, `${type} ${prefix}`).not.to.deep.equal([]);
  return { first: places[0]!, last: places.at(-1)! };
};

/** Each test continues with the stack that the test before it left. */
describe("services that are added and removed", () => {
  let engine: EngineStack;
  let urnsBefore: string[];

  before(async () => {
    engine = await EngineStack.start();
    await engine.set("services", { users });
    await engine.setLive(1, { users: warm("users") });
    await engine.up();
    await engine.setLive(2, { users: serving("users") });
    await engine.up();
    await engine.forgetLive();
    urnsBefore = (await engine.resources()).map(({ urn }) => urn).sort();
  });

  after(() => engine.stop());

  it("are added by creates alone", async () => {
    await engine.set("services", ALL);
    expect(Object.keys(counted(await engine.preview()))).to.deep.equal(["create"]);
    expect(Object.keys(counted(await engine.up()))).to.deep.equal(["create"]);
  });

  it("are neither added nor removed by a deploy, whose checkout may be older than the last `pulumi up`", async () => {
    await engine.set("services", { users });
    await engine.setLive(3, { users: both("users") });
    const error = await engine.refusal();
    await engine.set("services", ALL);
    await engine.forgetLive();
    expect(error).to.contain(
      "aoshingo:live.services: given users, but the stack has doodle, mailer, users: `pulumi up` has added or removed services since this run began, which would take that back.",
    );
  });

  it("keep what `pulumi up` has added to them since a deploy began", async () => {
    await engine.set("services", { ...ALL, users: { ...users, exposure: ["internal"] } });
    await engine.setLive(3, { users: both("users"), mailer: warm("mailer"), doodle: warm("doodle") });
    const error = await engine.refusal();
    await engine.set("services", ALL);
    await engine.forgetLive();
    expect(error).to.contain(
      "aoshingo:live: the stack has the public name of users, which this run's settings lack: `pulumi up` has added that since the run began, and the run would take it back.",
    );
  });

  it("get instances after their paths to other services", async () => {
    const group = (await engine.resources()).find(({ urn }) => urn.endsWith("::doodle-blue-instances"))!;
    const names = group.dependencies!.map((urn) => urn.split("::").at(-1));
    expect(names.filter((name) => name === "doodle-calls-users")).to.have.length(2);
    expect(names).to.include.members(["doodle-secrets", "doodle-code"]);
  });

  it("change the callee's rules before the caller's in one run", async () => {
    const warmed = { users: both("users"), mailer: warm("mailer"), doodle: warm("doodle") };
    await engine.setLive(3, warmed);
    await engine.up();
    const { blue, green } = warmed.users.colours;
    await engine.setLive(4, {
      users: { active: "green", colours: { blue, green } },
      mailer: serving("mailer"),
      doodle: serving("doodle"),
    });
    const changes = await engine.up();
    expect(counted(changes)).to.deep.equal({ update: 12 + 6 });
    expect(span(changes, RULE, "users").last).to.be.below(span(changes, RULE, "doodle").first);
    await engine.forgetLive();
    expect(await engine.up()).to.deep.equal([]);
  });

  it("keep what a running release may reach, whatever the settings say", async () => {
    await engine.set("services", {
      ...ALL,
      doodle: { kind: "api", iam: [{ actions: ["s3:GetObject"], resources: ["*"] }] },
    });
    const changes = await engine.up();
    const own = (await engine.resources()).filter(({ type }) => type === ROLE_POLICY);
    expect(changes.map(({ op, name }) => `${op} ${name}`)).to.deep.equal(["update doodle-code"]);
    const code = String(own.find(({ urn }) => urn.endsWith("::doodle-code"))!.inputs!.policy);
    expect(code).to.contain("sqs:SendMessage").and.to.contain("s3:GetObject");
  });

  it("cannot be removed while a running release calls them or sends them jobs", async () => {
    await engine.set("services", { doodle: { kind: "api" } });
    const error = await engine.refusal();
    await engine.set("services", ALL);
    for (const line of [
      'aoshingo:services.mailer: removed, but what runs of doodle sends it messages: put it back, deploy a release without "sends: [mailer]" (or run `retire doodle`, if only a kept-warm colour does), then run `pulumi up` with this change.',
      'aoshingo:services.users: removed, but what runs of doodle calls it: put it back, deploy a release without "calls: [users]" (or run `retire doodle`, if only a kept-warm colour does), then run `pulumi up` with this change.',
    ]) {
      expect(error).to.contain(line);
    }
  });

  it("keep the immutable settings as they are", async () => {
    await engine.set("domain", "other.test");
    const error = await engine.refusal();
    await engine.set("domain", "rehearsal.test");
    expect(error).to.contain(
      "aoshingo:domain: given other.test, but the stack has rehearsal.test: a change replaces zone, certificates and records of doodle, mailer, users",
    );
    expect(error).not.to.contain("immutable-settings.ts");
  });

  it("keep the names of stack and project, which are in those of their resources", async () => {
    const outputs = await engine.outputs();
    await engine.writeOutputs({
      ...outputs,
      state: String(outputs.state).replaceAll("/aoshingo/test/", "/shop/prod/"),
    });
    const error = await engine.refusal();
    await engine.writeOutputs(outputs);
    for (const line of [
      "project: given aoshingo, but the stack has shop: a change replaces clusters, roles, queues and repositories of doodle, mailer, users",
      "stack: given test, but the stack has prod: a change replaces clusters, roles, queues and repositories of doodle, mailer, users",
    ])
      expect(error).to.contain(line);
  });

  it("are removed by deletes alone: names, then instances, then target groups", async () => {
    await engine.set("services", { users });
    const changes = await engine.up();
    expect(Object.keys(counted(changes))).to.deep.equal(["delete"]);
    expect(span(changes, RECORD, "doodle").last).to.be.below(span(changes, GROUP, "doodle").first);
    expect(span(changes, GROUP, "doodle").last).to.be.below(span(changes, TARGET_GROUP, "doodle").first);
    const after = (await engine.resources()).map(({ urn }) => urn).sort();
    expect(
      after.filter((urn) => !urnsBefore.includes(urn)),
      "what they left behind",
    ).to.deep.equal([]);
  });

  it("take the repositories again that they left in the account, when they come back", async () => {
    await engine.set("services", ALL);
    const preview = await engine.preview();
    const changes = await engine.up();
    expect(await engine.up()).to.deep.equal([]);
    await engine.set("services", { users });
    await engine.up();
    for (const seen of [preview, changes]) {
      const own = seen.filter(({ type }) => type === REPOSITORY).map(({ op, name }) => `${op} ${name}`);
      // What AWS does not know of them is written into the state.
      expect(own.sort()).to.deep.equal(
        ["import", "update"].flatMap((op) => [`${op} doodle-repository`, `${op} mailer-repository`]),
      );
    }
  });

  it("are removed after their runs have ended if they are jobs: the schedule, then the clusters, then what a run needs", async () => {
    const report = { kind: "job", schedule: "rate(1 hour)", calls: ["users"], secrets: { KEY: "ssm:/report/key" } };
    await engine.set("services", { users, report });
    await engine.up();
    await engine.set("services", { users });
    const changes = await engine.up();
    expect(Object.keys(counted(changes))).to.deep.equal(["delete"]);
    expect(span(changes, SCHEDULE, "report").last).to.be.below(span(changes, CLUSTER, "report").first);
    for (const type of [ROLE, ROLE_POLICY, LOG_GROUP, EGRESS])
      expect(span(changes, CLUSTER, "report").last, type).to.be.below(
        span(changes, type, type === ROLE ? "report-task" : "report-").first,
      );
  });

  it("leave GitHub's OIDC provider to other stacks of the account (I9)", async () => {
    await engine.set("ci", { repository: "example/shop" });
    await engine.up();
    const provider = (await engine.resources()).find(({ urn }) => urn.endsWith("::ci-github"));
    expect(provider).to.include({ type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider", retainOnDelete: true });
  });

  it("are not deleted by `pulumi destroy` as long as the stack is protected from deletion", async () => {
    const before = await engine.resources();
    // Without a preview the engine would delete names, rules and instances first, then meet the protection.
    for (const error of [await engine.refusalOfDestroy(), await engine.refusalOfDestroyWithoutPreview()])
      for (const edge of ["public", "internal"])
        expect(error).to.contain(
          `aoshingo:deletionProtection is on for the ${edge} edge, wanted false and a \`pulumi up\` before \`pulumi destroy\``,
        );
    expect(await engine.resources()).to.deep.equal(before);
    for (const name of ["public-blue", "public-green", "alb-internal-blue", "alb-internal-green"])
      expect(before.find(({ urn }) => urn.endsWith(`::${name}`))).to.include({ protect: true });
    await engine.set("deletionProtection", false);
    await engine.up();
    expect(await engine.refusalOfDestroy()).to.equal("");
  });
});
