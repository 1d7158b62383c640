import "../../automation/core/silent-aws-sdk";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { fetch, ProxyAgent } from "undici";
import { planText } from "../../automation/output/plan-text";
import type { DeployEvent } from "../../automation/ports/events";
import { findOnPath } from "../../automation/pulumi-cli/find-on-path";
import type { Status } from "../../automation/status/status";
import { authorityFile } from "../../rehearsal/cloud/environment";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { readServiceLogs } from "../../rehearsal/environment/service-logs";
import { serviceFolder } from "../../rehearsal/images/build-image";
import { eventually } from "../eventually";
import { inWords, PlannedDeploys } from "./planned-deploy";
import { ProductionWatch } from "./production-watch";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.38", portOffset: 38_000, speed: 100, furtherDomains: ["example.com"] };
const CORE = ["users", "mailer", "doodle"];
const SERVICES = ["config", "aoshingo:services"];
const DEPLOY = ["config", "aoshingo:deploy"];
/** Lets a copy of a sample service do without a database. */
const IN_MEMORY = { STORE: "memory" };
/** In Python, as it is: its image is a folder with the command in `rehearsal.yaml`. */
const GREETER = {
  ...{ kind: "api", port: 3000, size: 1, calls: ["users"], env: { GREETING: "Konnichiwa" } },
  test: 'curl --fail --silent --show-error "$TEST_URL/greeting"',
};

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/**
 * Three services, from their first releases on, and prototypes that come and go beside them, in one cloud: each case
 * continues with what the case before left. Most deploys are planned first.
 */
describe("a startup's services", function () {
  this.timeout(20 * 60_000);

  const python = findOnPath("python3");
  let stack: RunningStack;
  let planned: PlannedDeploys;

  before(async () => {
    stack = await RunningStack.startCloud(PLACE, { services: CORE });
    if (python) await changeSettings(stack.settingsFile, [...SERVICES, "greeter"], GREETER);
    await stack.create();
    planned = new PlannedDeploys(stack);
  });
  after(() => stack?.stop());

  async function pushed(tag: string): Promise<string[]> {
    for (const service of CORE) await stack.push(tag, "none", service);
    return CORE.map((service) => `${service}=${tag}`);
  }

  const endOf = ({ events }: DeployRun) => events.find((event): event is Ended => event.type === "deployEnded");
  const stepsOf = ({ events }: DeployRun) =>
    events.flatMap((event) => (event.type === "stepStarted" ? [event.step] : []));
  const publicUrl = async (service: string) => (await stack.outputs()).services[service]!.exposures.public!.url;

  async function ask(url: string, init?: { method: string; body: string }): Promise<{ status: number; text: string }> {
    const ca = readFileSync(authorityFile(stack.cloud.ready.directory), "utf8");
    const agent = new ProxyAgent({ uri: stack.environment.HTTPS_PROXY!, requestTls: { ca } });
    try {
      const headers = { "content-type": "application/json" };
      const response = await fetch(url, { dispatcher: agent, ...(init ? { ...init, headers } : {}) });
      return { status: response.status, text: await response.text() };
    } finally {
      await agent.close();
    }
  }

  /** Everything that the tasks of a service have written. */
  async function logOf(service: string): Promise<string> {
    const logs = join(stack.directory, "cloud", "logs");
    const files = await readdir(logs, { recursive: true, withFileTypes: true });
    const own = files.filter((file) => file.isFile() && join(file.parentPath, file.name).includes(`/${service}/`));
    return (await Promise.all(own.map((file) => readFile(join(file.parentPath, file.name), "utf8")))).join("");
  }

  async function expectUntouched(names: string[], release: string): Promise<void> {
    const { live } = await stack.outputs();
    for (const name of names) {
      const { active, colours } = live.services[name]!;
      const idle = active === "blue" ? "green" : "blue";
      expect(colours[active].release?.name, name).to.equal(release);
      expect(colours[idle].size, name).to.equal(0);
      expect(await stack.tasksOf(idle, name), name).to.deep.equal([]);
      expect(await stack.tasksOf(active, name), name).to.have.lengthOf(colours[active].size);
    }
  }

  it("get first releases, by the changes that their plans named", async () => {
    const [users, mailer, doodle] = await pushed("v1");
    if (python) await stack.push("v1", "none", "greeter", join(__dirname, "images/python-service"));
    const plan = await planned.deploy(users!, mailer!);
    expect(plan.steps.map(({ step }) => step)).to.include.members(["preflight", "warm", "test", "cutover"]);
    expect(plan.totals.doubleRunningInstanceHours).to.equal(0);
    expect(inWords(plan.steps.find(({ step }) => step === "warm")!.up!.changes)).to.include.members([
      "create users-blue-task",
      "update users-blue-instances",
    ]);
    await planned.deploy(doodle!, ...(python ? ["greeter=v1"] : []));
  });

  it("call each other, and give each other jobs", async () => {
    const url = await publicUrl("doodle");
    const poll = { id: "poll-1", title: "Lunch?" };
    expect(await ask(`${url}/polls`, { method: "POST", body: JSON.stringify(poll) })).to.have.property("status", 201);
    await eventually("the job of poll-1", async () => {
      const { jobsDone, usersCreated } = await readServiceLogs(join(stack.directory, "cloud", "logs"));
      return jobsDone.some(({ id }) => id === "poll-1") && usersCreated.some(({ id }) => id === "poll-1");
    });
  });

  it("are in any language: one in Python is deployed, tested and called, and calls users by its internal name", async function () {
    if (!python) {
      console.log("      there is no python3 on this machine");
      this.skip();
    }
    const url = await publicUrl("greeter");
    expect(await ask(`${url}/healthz`)).to.deep.equal({ status: 200, text: '{"status": "ok"}' });
    // What it says comes from its own env and, through the internal edge, from users.
    const { status, text } = await ask(`${url}/greeting`);
    expect(status, text).to.equal(200);
    expect((JSON.parse(text) as { greeting: string }).greeting).to.match(/^Konnichiwa \S/);
    expect(await logOf("greeter")).to.match(/\{"event": "listening", "port": \d+, "release": "v1"\}/);
    expect(await logOf("greeter")).to.not.contain("callFailed");
    const logs = await planned.read("logs", "greeter", "--colour", "blue", "--release", "v1", "--grep", "listening");
    expect(logs).to.match(/^\d\d:\d\d:\d\d blue v1 {7} \{"event": "listening", "port": \d+, "release": "v1"\}$/);
    expect(await planned.read("tasks", "greeter")).to.match(
      /^COLOUR .*\nblue {4}v1 {7}\S+ {2}i-\S+ {2}RUNNING {2}as deployed {2}2 of 2$/,
    );
  });

  it("get changed settings and secrets without a new image, and their old ones back, and nobody reads a value", async function () {
    if (!python) this.skip();
    const greeter = [...SERVICES, "greeter"];
    const url = await publicUrl("greeter");
    const greeting = async () => ((await ask(`${url}/greeting`)).text.match(/"greeting": "(\S+) /) ?? [])[1];
    const secretsManager = new SecretsManagerClient(stack.clientOptions);
    const watch = new ProductionWatch(stack, `${url}/healthz`);
    try {
      await changeSettings(stack.settingsFile, [...greeter, "env", "GREETING"], "Ohayo");
      await changeSettings(stack.settingsFile, [...greeter, "memory"], 700);
      const plan = await planned.deploy("greeter");
      expect(plan.changes.greeter).to.deep.equal(["GREETING changed", "memory 1536 -> 700"]);
      expect(await greeting()).to.equal("Ohayo");

      await secretsManager.send(new CreateSecretCommand({ Name: "greeter/greeting", SecretString: "Moin" }));
      await changeSettings(stack.settingsFile, [...greeter, "env"], undefined);
      await changeSettings(stack.settingsFile, [...greeter, "secrets"], {
        GREETING: "secretsmanager:greeter/greeting",
      });
      const early = await planned.run("deploy", "greeter");
      expect([early.exitCode, early.stderr]).to.deep.equal([
        2,
        "greeter v1+2 needs rights that the stack does not have yet: secrets: run `pulumi up --stack rehearsal` first, because a deploy gives no rights",
      ]);
      await stack.up();
      expect((await planned.deploy("greeter")).changes.greeter).to.deep.equal(["GREETING removed", "GREETING added"]);
      expect(await greeting()).to.equal("Moin");

      await secretsManager.send(new PutSecretValueCommand({ SecretId: "greeter/greeting", SecretString: "Ahoi" }));
      const status = JSON.parse((await planned.run("status", "--json")).stdout) as Status;
      const { undeployed } = status.services.greeter!;
      expect(undeployed).to.have.lengthOf(1);
      expect((undeployed as string[])[0]).to.match(/^GREETING version \S{8} -> \S{8}$/);
      expect((await planned.deploy("greeter")).changes.greeter).to.deep.equal(undeployed);
      expect(await greeting()).to.equal("Ahoi");

      await planned.rollback();
      expect(await greeting()).to.equal("Moin");
      const history = await planned.read("history", "--json");
      expect(history).to.contain("GREETING version");
      for (const value of ["Ohayo", "Moin", "Ahoi"]) expect(history).not.to.contain(value);
      expect(JSON.stringify(await stack.outputs())).not.to.match(/Moin|Ahoi/);
    } finally {
      secretsManager.destroy();
      await watch.stop();
    }
    expect(Object.keys(watch.answers).sort()).to.deep.equal(["200 v1", "200 v1+1", "200 v1+2", "200 v1+3"]);
  });

  it("do not notice prototypes that come and go, which reach only what they declare and leave nothing behind", async () => {
    const before = await stack.resources();
    const { services } = await stack.outputs();
    const watches = await Promise.all(
      ["users", "doodle"].map(async (name) => new ProductionWatch(stack, `${await publicUrl(name)}/healthz`)),
    );
    const sneak = {
      ...{ kind: "api", size: 1, sends: ["mailer"] },
      env: { ...IN_MEMORY, USERS_URL: services.users!.exposures.internal!.url },
    };
    await changeSettings(stack.settingsFile, [...SERVICES, "voting"], { kind: "api", size: 1, env: IN_MEMORY });
    await changeSettings(stack.settingsFile, [...SERVICES, "sneak"], sneak);
    await stack.up();
    const voting = await publicUrl("voting");
    expect(await ask(`${voting}/healthz`)).to.deep.equal({
      status: 503,
      text: "voting has no release yet: deploy one.\n",
    });

    await stack.push("v1", "none", "voting", serviceFolder("users"));
    await stack.push("v1", "none", "sneak", serviceFolder("doodle"));
    const run = await stack.deployAll(["voting=v1", "sneak=v1"]);
    expect(run.exitCode, run.errors + endOf(run)?.reason).to.equal(0);
    expect(await ask(`${voting}/healthz`)).to.have.property("status", 200);
    // It calls users without saying so in its settings: it is not let in, and told what would open the way.
    expect(await ask(`${await publicUrl("sneak")}/polls`)).to.have.property("status", 502);
    const hint = /users refuses sneak: .*; add "calls: \[users\]" to aoshingo:services\.sneak/;
    await eventually("the hint in the caller's log", async () => hint.test(await logOf("sneak")));

    for (const name of ["voting", "sneak"]) await changeSettings(stack.settingsFile, [...SERVICES, name], undefined);
    await stack.up();
    expect(await stack.resources()).to.deep.equal(before);
    for (const watch of watches) {
      await watch.stop();
      expect(Object.keys(watch.answers)).to.deep.equal(["200 v1"]);
    }
  });

  it("get later releases on the other colour, by the changes that the plan named, and both run meanwhile", async () => {
    const plan = await planned.deploy(...(await pushed("v2")));
    expect(plan.totals.doubleRunningInstanceHours).to.be.above(0);
    expect(plan.steps.filter(({ up }) => up).map(({ step, detail }) => [step, detail])).to.deep.equal([
      [
        "warm",
        "users green: v2 on 0 -> 2 instances, mailer green: v2 on 0 -> 1 instance, doodle green: v2 on 0 -> 2 instances",
      ],
      ["cutover", "users blue -> green, mailer blue -> green, doodle blue -> green"],
      ["retire", "users blue: 2 -> 0 instances, mailer blue: 1 -> 0 instances, doodle blue: 2 -> 0 instances"],
    ]);
  });

  it("stay as they are when a migration fails", async () => {
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "migrate"], "echo no such table; exit 3");
    await stack.push("v3", "none", "users");
    const run = await stack.deployAll(["users=v3"]);
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "migrate" });
    expect(endOf(run)!.reason).to.contain("exit code 3");
    expect(JSON.stringify(run.events)).to.contain("no such table");
    await expectUntouched(["users"], "v2");
  });

  /** A line for each time that the migration ran: a container has a file system of its own, and only its log stays. */
  const migrations = async () => (await logOf("users")).split("\n").filter((line) => line === "once");

  it("go back together when the test of the second one fails, after the first one has migrated", async () => {
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "migrate"], "echo once");
    await stack.push("wrong", "wrongAnswer", "doodle");
    const run = await stack.deployAll(["users=v3", "doodle=wrong"]);
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "test" });
    expect(endOf(run)!.reason).to.match(
      /^test failed: the test of doodle ended with exit code 1: .*; production is on users v2, doodle v2, the idle colours of users and doodle are back at 0; .*the migration/,
    );
    await expectUntouched(["users", "doodle"], "v2");
    expect(await migrations()).to.deep.equal(["once"]);
  });

  it("get a release that has migrated before without another migration, and settings and a ramp with it, as planned", async () => {
    await changeSettings(stack.settingsFile, [...SERVICES, "doodle", "port"], 3_001);
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "size"], { min: 2, max: 4 });
    await changeSettings(stack.settingsFile, [...DEPLOY, "ramp"], [10]);
    await changeSettings(stack.settingsFile, [...DEPLOY, "rampPauseSeconds"], 1);
    const plan = await planned.deploy(...(await pushed("v3")));
    expect(await migrations()).to.deep.equal(["once"]);
    const shown = plan.steps.flatMap(({ up }) => up?.changes ?? []);
    const task = shown.find(({ name }) => name === "doodle-blue-task")!;
    expect(task.properties).to.deep.include({
      ...{ path: "containerDefinitions[doodle].portMappings[0].containerPort", from: 3_000, to: 3_001 },
      replaces: true,
    });
    const text = planText(plan, {});
    expect(text.replaceAll(/\s+/g, " ")).to.match(
      /^Deploy users=v3\+1 mailer=v3 doodle=v3 to rehearsal: 4 `up`s change \d+ resources, in about \d+ min;/,
    );
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(80);
  });

  it("are rolled back by the changes that the plan named", async () => {
    const plan = await planned.rollback();
    expect(plan.releases).to.have.nested.property("users.name", "v2");
    const nothing = await planned.run("plan", "mailer=v2");
    expect(nothing.stdout, nothing.stderr).to.equal("Nothing to do: mailer=v2 is active on rehearsal already.");
    // A migration was added to its settings since v2, which came back without one.
    const migration = await planned.run("plan", "users");
    expect(migration.stdout, migration.stderr).to.match(
      /^Deploy users=v2\+1 to rehearsal: .*\n.*\nusers: migrate changed\n/,
    );
  });

  it("have no plan of what the deploy would refuse, and one line says why", async () => {
    const missing = await planned.run("plan", "users=nosuch");
    expect(missing.exitCode).to.equal(1);
    expect(missing.stderr).to.match(/^image nosuch does not exist in .*: push it first, or check the tag$/);
    expect(missing.stdout).to.equal("");
    const wrong = await planned.run("plan", "nosuch=v1");
    expect(wrong.exitCode).to.equal(2);
    expect(wrong.stderr).to.match(/^unknown service "nosuch": the settings have users, mailer, doodle/);
  });

  it("have hosts of their own, by path and in another domain, which flip with them, and a header for testers", async () => {
    const [users, doodle] = ["users", "doodle"].map((name) => [...SERVICES, name]);
    const ssm = new SSMClient(stack.clientOptions);
    const parameter = { Name: "/rehearsal/preview-key", Value: "a-key-of-testers-0123", Type: "SecureString" } as const;
    await ssm.send(new PutParameterCommand(parameter));
    ssm.destroy();
    await changeSettings(stack.settingsFile, ["config", "aoshingo:furtherDomains"], ["example.com"]);
    const testHeader = { name: "x-preview", value: "ssm:/rehearsal/preview-key" };
    await changeSettings(stack.settingsFile, ["config", "aoshingo:testHeader"], testHeader);
    await changeSettings(stack.settingsFile, [...users!, "hosts"], ["rehearsal.test", "www.example.com"]);
    await changeSettings(stack.settingsFile, [...users!, "paths"], ["/users", "/users/*"]);
    await changeSettings(stack.settingsFile, [...doodle!, "hosts"], ["rehearsal.test"]);
    // The test passes only if the header leads to the release under test, and nothing else does.
    const headers = "curl --fail --silent --show-error --dump-header - --output /dev/null";
    const asked = `"https://rehearsal.test/users?limit=1"`;
    const test = `${headers} -H "$TEST_HEADER" ${asked} | grep -i "x-release: $RELEASE" && ! ${headers} ${asked} | grep -i "x-release: $RELEASE"`;
    await changeSettings(stack.settingsFile, [...users!, "test"], test);
    await stack.up();
    // Every node of a load balancer follows a change of rules at a moment of its own (aws-rules E24).
    const untilAnswered = (url: string, status: number) =>
      eventually(`${status} of ${url}`, async () => (await ask(url)).status === status);
    await untilAnswered("https://rehearsal.test/users?limit=1", 200);
    await untilAnswered("https://rehearsal.test/polls?limit=1", 200);
    await untilAnswered("https://www.example.com/users?limit=1", 200);
    await untilAnswered("https://www.example.com/polls?limit=1", 404);
    const watches = ["https://www.example.com/users?limit=1", "https://rehearsal.test/polls?limit=1"].map(
      (url) => new ProductionWatch(stack, url),
    );
    const before = (await stack.production())!.release;
    await stack.push("v4", "none", "users");
    const run = await stack.deployAll(["users=v4"]);
    expect(run.exitCode, run.errors + endOf(run)?.reason).to.equal(0);
    expect(JSON.stringify(run.events)).not.to.contain(parameter.Value);

    // The rest of a shared host passes to the other service by one change.
    await changeSettings(stack.settingsFile, [...doodle!, "hosts"], undefined);
    await changeSettings(stack.settingsFile, [...users!, "paths"], undefined);
    await stack.up();
    await untilAnswered("https://rehearsal.test/healthz", 200);
    await untilAnswered("https://rehearsal.test/polls?limit=1", 404);
    for (const watch of watches) await watch.stop();
    expect(Object.keys(watches[0]!.answers).sort()).to.deep.equal([`200 ${before}`, "200 v4"]);
    expect((await stack.outputs()).hostRecords).to.have.lengthOf(2);
    expect(JSON.stringify(await stack.outputs())).not.to.contain(parameter.Value);
  });

  it("keep the old worker when the new one dies in its first seconds", async () => {
    await changeSettings(stack.settingsFile, [...DEPLOY, "steadySeconds"], 15);
    await stack.push("dying", "crashAfter2s", "mailer");
    const run = await stack.deployAll(["mailer=dying"]);
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "verify" });
    expect(endOf(run)!.reason).to.contain("mailer").and.contain("back at 0");
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "verify", "coolDown"]);
    await expectUntouched(["mailer"], "v2");
  });
});
