import "../../automation/core/silent-aws-sdk";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect } from "chai";
import { ProxyAgent, request } from "undici";
import { parse } from "yaml";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { readStateFile } from "../../rehearsal/environment/state-file";
import { expectDeployed, previewUnchanged } from "./expectations";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const DATABASES = ["config", "aoshingo:databases"];
const USES = ["config", "aoshingo:services", "users", "uses"];
const MIGRATE = ["config", "aoshingo:services", "users", "migrate"];
const TEST = ["config", "aoshingo:services", "users", "test"];
const SOURCE = join(__dirname, "database-service");
const POLL_MS = 50;
const SECRET = `aoshingo/${STACK}/users/main`;

/** A database from the setting to a rollback; each case continues with what the case before left. */
describe("a service with a database", () => {
  let stack: RunningStack;
  let client: ProxyAgent;
  /** The sample service's own, which asks for more than the service here has. */
  let test: string;

  before(async () => {
    stack = await sharedStack({ from: "release" });
    test = (await usersSettings()).test;
    const authority = await readFile(stack.environment.NODE_EXTRA_CA_CERTS!, "utf8");
    client = new ProxyAgent({ uri: stack.environment.HTTPS_PROXY!, requestTls: { ca: authority } });
  });
  after(async () => {
    await client?.close();
  });

  async function usersSettings(): Promise<{ test: string }> {
    const document = parse(await readFile(stack.settingsFile, "utf8"));
    return document.config["aoshingo:services"].users;
  }

  const deploy = (...args: string[]) => expectDeployed(stack, ...args);

  async function ask(path: string, method: "GET" | "PUT" = "GET"): Promise<unknown> {
    const answer = await request(`https://users.rehearsal.test${path}`, { method, dispatcher: client });
    const text = await answer.body.text();
    expect(answer.statusCode, text).to.equal(200);
    return JSON.parse(text);
  }

  const preview = () => previewUnchanged(stack);

  it("gets one by pulumi up, and its own user in it", async () => {
    await changeSettings(stack.settingsFile, DATABASES, { main: {} });
    await changeSettings(stack.settingsFile, USES, ["main"]);
    await changeSettings(stack.settingsFile, TEST, 'curl --fail --silent --show-error "$TEST_URL/notes"');
    // Nobody knows yet where it will be, which the functions' code says.
    const args = ["preview", "--stack", STACK, "--config-file", stack.settingsFile];
    const before = await stack.pulumi(PROJECT_DIRECTORY, args);
    expect(before.exitCode, before.text).to.equal(0);
    await stack.up();
    const again = await preview();
    expect(again.exitCode, again.text).to.equal(0);
  });

  it("writes and reads with the variables that its release has", async () => {
    await stack.push("db-1", "none", "users", SOURCE);
    expect(await deploy("users=db-1")).to.contain("PGPASSWORD added");
    expect(await ask("/who")).to.deep.equal({ user: "users", schema: "users", ssl: true });
    expect(await ask("/untrusted")).to.equal("self-signed certificate in certificate chain");
    await ask("/notes/one", "PUT");
    expect(await ask("/notes")).to.deep.equal(["one"]);
  });

  it("finds its rows after another release, and after a rollback", async () => {
    await stack.push("db-2", "second", "users", SOURCE);
    await changeSettings(stack.settingsFile, MIGRATE, "node migrate.js");
    await stack.up();
    const { exitCode, errors, events } = await stack.deployAll(["users=db-2"]);
    expect(exitCode, errors).to.equal(0);
    const migrated = events.find((event) => event.type === "stepEnded" && event.step === "migrate") as {
      detail: string;
    };
    // Requests have read and written all the while, and waited behind it.
    expect(migrated.detail).to.match(
      /^users is migrated to db-2, exit code 0 \(column notes\.author added \(text\); AccessExclusiveLock on notes held for [\d.]+ m?s/,
    );
    await ask("/notes/two", "PUT");
    const back = await stack.run("rollback", ["users"]);
    expect(back.exitCode, back.errors).to.equal(0);
    expect((await stack.production())?.release).to.equal("db-1");
    expect(await ask("/notes")).to.deep.equal(["one", "two"]);
    const again = await preview();
    expect(again.exitCode, again.text).to.equal(0);
  });

  it("is looked at by names, and not where a caller says", async () => {
    const { functionName, ...names } = (await stack.outputs()).services.users!.database!;
    expect(names).to.deep.equal({ service: "users", database: "main" });
    const lambda = new LambdaClient(stack.clientOptions);
    const place = { host: "127.0.0.1", port: 443, database: "main", user: "users", secret: SECRET, certificates: "" };
    const request = { ...place, application: "migrate", watchesLocks: false };
    const invocation = { FunctionName: functionName, Payload: Buffer.from(JSON.stringify(request)) };
    const { FunctionError, Payload } = await lambda.send(new InvokeCommand(invocation));
    lambda.destroy();
    expect(FunctionError).to.equal("Unhandled");
    expect(JSON.parse(Buffer.from(Payload!).toString()).errorMessage).to.match(/^given the service undefined and /);
  });

  it("is there again after a failover, with what was committed, and the service with it", async () => {
    const faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
    await faults.add({ kind: "failover", database: "main", awaySeconds: 30 });
    // Its pool has lost its connections: it opens new ones by itself.
    const answered = async () => {
      for (;;) {
        const notes = await ask("/notes").catch(() => undefined);
        if (notes) return notes;
        await delay(POLL_MS);
      }
    };
    while ((await faults.list()).length > 0) await delay(POLL_MS);
    expect(await answered()).to.deep.equal(["one", "two"]);
    const events = await readFile(join(stack.directory, "cloud", "events.ndjson"), "utf8");
    expect(events).to.contain('"detail":"the database main"');
  });

  it("is not removed while a release uses it, and nothing changes", async () => {
    await changeSettings(stack.settingsFile, DATABASES, undefined);
    await changeSettings(stack.settingsFile, USES, undefined);
    const refused = await preview();
    expect(refused.exitCode).not.to.equal(0);
    expect(refused.text).to.contain(
      'aoshingo:databases.main: removed, but users uses it, and would lose its data: put it back; to delete it for good, first deploy releases without "uses: [main]" to both colours.',
    );
    await changeSettings(stack.settingsFile, DATABASES, { main: {} });
    await changeSettings(stack.settingsFile, USES, ["main"]);
    expect(await ask("/notes")).to.deep.equal(["one", "two"]);
  });

  it("shows no drift", async () => {
    const args = ["--stack", STACK, "--config-file", stack.settingsFile];
    const refreshed = await stack.pulumi(PROJECT_DIRECTORY, ["refresh", "--preview-only", ...args]);
    expect(refreshed.exitCode, refreshed.text).to.equal(0);
    expect(refreshed.text).to.match(/^ +aws:rds:Instance main-database/m);
    expect(refreshed.text).not.to.match(/^ *[-+~]+ +aws:\S+ \S+ (?:update|delete|create)/m);
  });

  it("has its passwords in no file of the cloud, of the stack or of the deploys, and in no process list", async () => {
    const secrets = new SecretsManagerClient(stack.clientOptions);
    const read = async (SecretId: string) =>
      (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString!;
    const { secretArn } = await masterSecret();
    const passwords = [await read(SECRET), JSON.parse(await read(secretArn)).password as string];
    secrets.destroy();
    for (const password of passwords) expect(password).to.match(/^[\w-]{28,40}$/);
    const found: string[] = [];
    for (const file of await readdir(stack.directory, { recursive: true, withFileTypes: true })) {
      // PostgreSQL's own data are no place to look for it: it keeps a verifier.
      if (!file.isFile() || file.parentPath.includes("/databases/data/")) continue;
      const path = join(file.parentPath, file.name);
      const content = await readFile(path);
      if (passwords.some((password) => content.includes(password))) found.push(path);
    }
    expect(found).to.deep.equal([]);
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      for (const password of passwords) expect(words).not.to.include(password);
    }
  });

  it("is deleted when no release uses it any more, and leaves a final snapshot", async () => {
    await changeSettings(stack.settingsFile, USES, undefined);
    await changeSettings(stack.settingsFile, MIGRATE, undefined);
    await changeSettings(stack.settingsFile, TEST, test);
    await stack.up();
    await deploy("users=v1");
    const again = await stack.run("restart", ["users"]);
    expect(again.exitCode, again.errors).to.equal(0);
    await changeSettings(stack.settingsFile, DATABASES, undefined);
    await stack.up();
    expect((await stack.resources()).filter((urn) => /rds|lambda|secretsmanager/.test(urn))).to.deep.equal([]);
  });

  /** The secret of the master user, as the stack's state names it. */
  async function masterSecret(): Promise<{ secretArn: string }> {
    const { resources = [] } = await readStateFile(stack.cloud.ready.directory);
    const { outputs } = resources.find(({ type }) => type === "aws:rds/instance:Instance")!;
    return (outputs as { masterUserSecrets: [{ secretArn: string }] }).masterUserSecrets[0];
  }
});
