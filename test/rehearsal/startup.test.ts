import "../../automation/core/quiet-aws-sdk";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { fetch, ProxyAgent } from "undici";
import { parse } from "yaml";
import type { DeployEvent } from "../../automation/ports/events";
import { findOnPath } from "../../automation/pulumi-cli/find-on-path";
import { authorityFile } from "../../rehearsal/cloud/environment";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { readServiceLogs } from "../../rehearsal/environment/service-logs";
import { serviceFolder } from "../../rehearsal/images/build-image";
import { ProductionWatch } from "./production-watch";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.38", portOffset: 38_000, speed: 100 };
const SERVICES = ["config", "aoshingo:services"];
/** In Python, as it is: its image is a folder with the command in `rehearsal.yaml`. */
const GREETER = {
  ...{ kind: "api", port: 3000, size: 1, calls: ["users"], env: { GREETING: "Konnichiwa" } },
  test: 'curl --fail --silent --show-error "$TEST_URL/greeting"',
};

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/**
 * Three services and prototypes that come and go beside them, in one cloud: each case leaves the three in production.
 */
describe("a startup's services", function () {
  this.timeout(8 * 60_000);

  const python = findOnPath("python3");
  let stack: RunningStack;

  before(async () => {
    stack = await RunningStack.startCloud(PLACE, { services: ["users", "mailer", "doodle"] });
    if (python) await changeSettings(stack.settingsFile, [...SERVICES, "greeter"], GREETER);
    await stack.create();
    for (const service of ["users", "mailer", "doodle"]) await stack.push("v1", "none", service);
    if (python) await stack.push("v1", "none", "greeter", join(__dirname, "images/python-service"));
    await deployed(["users=v1", "mailer=v1"]);
    await deployed(["doodle=v1", ...(python ? ["greeter=v1"] : [])]);
  });
  after(() => stack?.stop());

  async function deployed(releases: string[]): Promise<void> {
    const run = await stack.deployAll(releases);
    expect(run.exitCode, run.errors + endOf(run)?.reason).to.equal(0);
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

  async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
    const endsAtMs = Date.now() + 20_000;
    while (!(await holds())) if (Date.now() > endsAtMs) throw new Error(`not seen within 20 s: ${what}`);
  }

  /** Everything that the tasks of a service have written. */
  async function logOf(service: string): Promise<string> {
    const logs = join(stack.directory, "cloud", "logs");
    const files = await readdir(logs, { recursive: true, withFileTypes: true });
    const own = files.filter((file) => file.isFile() && join(file.parentPath, file.name).includes(`/${service}/`));
    return (await Promise.all(own.map((file) => readFile(join(file.parentPath, file.name), "utf8")))).join("");
  }

  async function expectUntouched(names: string[]): Promise<void> {
    const { live } = await stack.outputs();
    for (const name of names) {
      const { active, colours } = live.services[name]!;
      const idle = active === "blue" ? "green" : "blue";
      expect(colours[active].release?.name, name).to.equal("v1");
      expect(colours[idle].size, name).to.equal(0);
      expect(await stack.tasksOf(idle, name), name).to.deep.equal([]);
      expect(await stack.tasksOf(active, name), name).to.have.lengthOf(colours[active].size);
    }
  }

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
  });

  it("do not notice prototypes that come and go, which reach only what they declare and leave nothing behind", async () => {
    const before = await stack.resources();
    const { services } = await stack.outputs();
    const watches = await Promise.all(
      ["users", "doodle"].map(async (name) => new ProductionWatch(stack, `${await publicUrl(name)}/healthz`)),
    );
    const sneak = {
      ...{ kind: "api", size: 1, sends: ["mailer"] },
      env: { USERS_URL: services.users!.exposures.internal!.url },
    };
    await changeSettings(stack.settingsFile, [...SERVICES, "voting"], { kind: "api", size: 1 });
    await changeSettings(stack.settingsFile, [...SERVICES, "sneak"], sneak);
    await stack.up();
    const voting = await publicUrl("voting");
    expect(await ask(`${voting}/healthz`)).to.deep.equal({
      status: 503,
      text: "voting has no release yet: deploy one.\n",
    });

    await stack.push("v1", "none", "voting", serviceFolder("users"));
    await stack.push("v1", "none", "sneak", serviceFolder("doodle"));
    await deployed(["voting=v1", "sneak=v1"]);
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

  it("go back together when the test of the second one fails", async () => {
    await stack.push("good", "none", "users");
    await stack.push("wrong", "wrongAnswer", "doodle");
    const run = await stack.deployAll(["users=good", "doodle=wrong"]);
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "test" });
    expect(endOf(run)!.reason).to.match(
      /^test failed: the test of doodle ended with exit code 1: .*; production is untouched, the idle colours of users and doodle are back at 0$/,
    );
    await expectUntouched(["users", "doodle"]);
  });

  it("stay as they are when a migration fails, and migrate once when it succeeds", async () => {
    const migrations = async () =>
      (await readFile(join(stack.directory, "migrated"), "utf8").catch(() => "")).split("\n").filter(Boolean);
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "migrate"], "echo no such table; exit 3");
    await stack.push("v2", "none", "users");
    const failed = await stack.deployAll(["users=v2"]);
    expect(failed.exitCode).to.equal(1);
    expect(endOf(failed)).to.include({ ok: false, failedStep: "migrate" });
    expect(endOf(failed)!.reason).to.contain("exit code 3");
    expect(JSON.stringify(failed.events)).to.contain("no such table");
    await expectUntouched(["users"]);

    // The migration succeeds, the test does not; the second try must not migrate again.
    await changeSettings(
      stack.settingsFile,
      [...SERVICES, "users", "migrate"],
      `echo once >> ${join(stack.directory, "migrated")}`,
    );
    const file = parse(await readFile(stack.settingsFile, "utf8")) as {
      config: { "aoshingo:services": { users: { test: string } } };
    };
    const { test } = file.config["aoshingo:services"].users;
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "test"], "false");
    const tested = await stack.deployAll(["users=v2"]);
    expect(endOf(tested)).to.include({ ok: false, failedStep: "test" });
    expect(await migrations()).to.deep.equal(["once"]);
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "test"], test);
    await deployed(["users=v2"]);
    expect(await migrations()).to.deep.equal(["once"]);
    await changeSettings(stack.settingsFile, [...SERVICES, "users", "migrate"], undefined);
  });

  it("keep the old worker when the new one dies in its first seconds", async () => {
    await changeSettings(stack.settingsFile, ["config", "aoshingo:deploy", "steadySeconds"], 15);
    await stack.push("dying", "crashAfter2s", "mailer");
    const run = await stack.deployAll(["mailer=dying"]);
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "verify" });
    expect(endOf(run)!.reason).to.contain("mailer").and.contain("back at 0");
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "verify", "coolDown"]);
    await expectUntouched(["mailer"]);
  });
});
