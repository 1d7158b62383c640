import "../../automation/core/silent-aws-sdk";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Agent } from "node:https";
import { join } from "node:path";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import type { DeployEvent } from "../../automation/ports/events";
import { typeOf } from "../../automation/stack/exported-state";
import { UPDATED_BY_DEPLOYS } from "../../automation/stack/recovery/recover";
import type { CiUse } from "../../components/security/ci-trust";
import { ACCESS_FILE } from "../../rehearsal/cloud/access-file";
import type { Access } from "../../rehearsal/cloud/api/authorisation";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { REGION } from "../../rehearsal/environment/cloud-args";
import { asRole } from "../../rehearsal/environment/role-session";
import { readStateFile } from "../../rehearsal/environment/state-file";
import { type ActionUse, usesOf } from "../components/security/least-privilege";
import { OTHER_PATHS } from "../components/security/paths";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.78", portOffset: 46_000, speed: 100 };
const Key = "lease.json";
const TABLE = join(__dirname, "../../docs/permissions.md");

/** Condition keys of every call. */
const KEYS = { "aws:requestedregion": REGION, "aws:securetransport": "true" };

/**
 * What docs/runbook/lease.md says, on the store that production has, and what the roles for CI need: on one running
 * stack, whose deploys and previews act as these roles.
 */
describe("store and roles of a running stack", () => {
  let stack: RunningStack;
  let s3: S3Client;
  let Bucket: string;
  /** How many accesses were recorded when a path had been played. */
  const marks: { path: string; until: number }[] = [];

  before(async () => {
    stack = await RunningStack.startCloud(PLACE);
    // Tasks that end before their instances are a right of their own; a deploy follows another that has just retired a colour.
    await changeSettings(stack.settingsFile, ["config", "aoshingo:services", "users", "streams"], { within: "10m" });
    await stack.create();
    const ca = readFileSync(stack.environment.NODE_EXTRA_CA_CERTS!, "utf8");
    s3 = new S3Client({
      region: REGION,
      endpoint: stack.environment.AWS_ENDPOINT_URL_S3!,
      credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
      requestHandler: { httpsAgent: { ca } as unknown as Agent },
    });
    Bucket = (await stack.outputs()).deployStore!.bucket;
    await stack.push("v1");
  });
  after(async () => {
    s3?.destroy();
    await stack?.stop();
  });

  async function command(...args: string[]) {
    const common = ["--stack", "rehearsal", "--config-file", stack.settingsFile];
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [...NODE_ARGUMENTS, "automation/cli.ts", ...args, ...(args[0] === "status" ? common.slice(0, 2) : common)],
      { cwd: join(__dirname, "../.."), env: stack.environment, stdin: "ignore", reject: false },
    );
    return { exitCode, stdout, stderr };
  }

  /**
   * The lease as a deploy elsewhere writes it: only if it is as it was read. Its holder may renew it in between: then it
   * is read again.
   */
  async function changeLease(change: (lease: Record<string, unknown>) => object | string): Promise<void> {
    for (let isWritten = false; !isWritten; ) {
      const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const changed = change(JSON.parse(await Body!.transformToString()));
      const text = typeof changed === "string" ? changed : JSON.stringify(changed);
      isWritten = await s3.send(new PutObjectCommand({ Bucket, Key, Body: text, IfMatch: ETag })).then(
        () => true,
        (error: Error) => {
          if (error.name !== "PreconditionFailed") throw error;
          return false;
        },
      );
    }
  }

  it("is the stack's bucket, with every version of the lease", async () => {
    const { exitCode, errors } = await stack.deploy("v1");
    expect(exitCode, errors).to.equal(0);
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const keys = Versions.map((version) => version.Key!);
    expect(keys.filter((key) => key === Key)).to.have.length.above(1);
    expect(keys.some((key) => /^journal\/\w+-1\/00001\.json$/.test(key))).to.equal(true);
    expect(existsSync(join(stack.directory, "cloud", "store"))).to.equal(false);
    mark("a first deploy");
  });

  it("deploys, a rollback, a preview and the search for drift need no more than their roles have", async () => {
    const changed = new Set<string>();
    for (const [tag, path] of [
      ["v2", "/healthz"],
      ["v3", "/healthz?of=v3"],
    ] as const) {
      await changeSettings(stack.settingsFile, ["config", "aoshingo:services", "users", "healthCheck", "path"], path);
      await stack.push(tag);
      const { exitCode, errors } = await stack.deploy(tag, (event) => {
        if (event.type === "up") for (const { urn } of event.resources) changed.add(typeOf(urn));
      });
      expect(exitCode, errors).to.equal(0);
    }
    changed.delete("aws:ecs/taskDefinition:TaskDefinition");
    expect([...changed].filter((type) => !UPDATED_BY_DEPLOYS.has(type))).to.deep.equal([]);
    mark("a deploy");
    const back = await stack.run("rollback");
    expect(back.exitCode, back.errors).to.equal(0);
    mark("a rollback");
    for (const [path, args] of [
      ["a preview", ["preview"]],
      ["the search for drift", ["refresh", "--preview-only"]],
    ] as const) {
      const { exitCode, all } = await asPreview(args);
      expect(exitCode, all).to.equal(0);
      mark(path);
    }
    expect(accesses().filter(({ allowed }) => !allowed)).to.deep.equal([]);
  });

  it("have no action that nothing needs (UPDATE_DOCS=1 writes the table in docs/permissions.md anew)", async () => {
    const uses = { deploy: await usesOfRole("deploy"), preview: await usesOfRole("preview") };
    const unneeded = Object.values(uses).map((all) => all.filter(({ paths }) => paths.length === 0));
    expect(unneeded).to.deep.equal([[], []]);
    const document = readFileSync(TABLE, "utf8");
    const [before, , after] = document.split(/(?<=<!-- actions of the CI roles -->\n)|(?=<!-- end of actions -->)/);
    const written = [before, tableOf(uses), after].join("");
    if (process.env.UPDATE_DOCS) writeFileSync(TABLE, written);
    const [now, then] = [written.split("\n"), document.split("\n")];
    const changed = { more: now.filter((row) => !then.includes(row)), less: then.filter((row) => !now.includes(row)) };
    if (!process.env.UPDATE_DOCS) expect(changed).to.deep.equal({ more: [], less: [] });
  });

  // After the paths of the table: what a deploy without its lease leaves, and with it what the next commands ask for,
  // depends on the moment of the theft.
  it("a stolen lease: the run that had it does nothing more, and `abort` takes it back", async () => {
    await stack.push("v4");
    let stealing: Promise<void> | undefined;
    const holder = { who: "aoi@laptop", host: "laptop", pid: 4321, what: "deploy users=v5" };
    const steal = () =>
      changeLease((lease) => ({ ...lease, holder, fencing: 6, token: randomUUID(), renewals: 0, process: undefined }));
    const run = await stack.deploy("v4", (event: DeployEvent) => {
      if (event.type === "progress" && event.step === "warm") stealing ??= steal();
    });
    await stealing;
    expect(run.exitCode).to.equal(1);
    const ended = run.events.find((event) => event.type === "deployEnded");
    const said = `${ended?.type === "deployEnded" ? ended.reason : ""}${run.errors}`;
    expect(said).to.match(
      /lease 5 was lost: aoi@laptop \(pid 4321 on laptop\) took over with lease 6; nothing more is done here/,
    );
    const held = await command("abort");
    expect([held.exitCode, held.stderr]).to.deep.equal([
      1,
      held.stderr.match(/^a deploy is running: deploy users=v5 by aoi@laptop .*$/)?.[0],
    ]);
    await changeLease((lease) => ({ ...lease, released: true }));
    const abort = await command("abort");
    expect(abort.exitCode, abort.stderr + abort.stdout).to.equal(0);
    expect(await stack.tasksOf("blue")).to.deep.equal([]);
  });

  it("an unreadable lease: an earlier version cannot be copied over it, its newest version can be deleted", async () => {
    await changeLease(() => "{");
    const broken = await command("deploy", "users=v4");
    expect(broken.exitCode).to.equal(2);
    expect(broken.stderr).to.match(
      /^s3:\/\/.*\/lease\.json cannot be read: .*; when no deploy runs, delete its newest version, so that the earlier one counts again$/,
    );
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
    const [newest, before] = Versions;
    const copy = new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}?versionId=${before!.VersionId}` });
    expect(await s3.send(copy).catch((error: Error) => error.name)).to.equal("AccessDenied");
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: newest!.VersionId! }));
    const status = await command("status");
    expect(status.exitCode, status.stderr).to.equal(0);
    const { exitCode, errors } = await stack.deploy("v4");
    expect(exitCode, errors).to.equal(0);
  });

  it("a deploy is refused while other settings wait for `pulumi up`, which its role could not apply", async () => {
    const hosts = ["config", "aoshingo:services", "users", "hosts"];
    await changeSettings(stack.settingsFile, hosts, ["rehearsal.test"]);
    const { exitCode, errors, events } = await stack.deploy("v4");
    await changeSettings(stack.settingsFile, hosts, undefined);
    expect(exitCode, errors).to.equal(2);
    expect(errors).to.equal(
      "the settings have changed since the last `pulumi up`: services.users.hosts; run `pulumi up --stack rehearsal` first, because CI's role may change releases only; if the last one had newer settings, deploy a newer commit instead",
    );
    expect(events.filter(({ type }) => type === "up")).to.deep.equal([]);
  });

  it("a preview may not change anything", async () => {
    await changeSettings(stack.settingsFile, ["config", "aoshingo:network"], { flowLogs: "rejected" });
    const { exitCode, all } = await asPreview(["up", "--yes", "--skip-preview"]);
    expect(exitCode, all).to.not.equal(0);
    expect(all).to.match(
      /AccessDenied: User: \S+:assumed-role\/ci-preview-\w+\/GitHubActions is not authorized to perform: /,
    );
  });

  /** The plain CLI with the keys of the preview role. */
  async function asPreview(args: readonly string[]) {
    const environment = await asRole(
      "preview",
      { repository: "example/shop", environment: STACK, branch: "main" },
      stack.environment,
      stack.cloud.ready.directory,
    );
    const common = [
      "--stack",
      "rehearsal",
      "--config-file",
      stack.settingsFile,
      "--non-interactive",
      "--color",
      "never",
    ];
    return execa("pulumi", [...args, ...common], {
      ...{ cwd: join(__dirname, "../.."), env: environment, stdin: "ignore", reject: false, all: true },
    });
  }

  function accesses(): Access[] {
    const lines = readFileSync(join(stack.directory, "cloud", ACCESS_FILE), "utf8")
      .split("\n")
      .filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Access);
  }

  /** From here back to the last mark, what was asked for belongs to this path. */
  function mark(path: string): void {
    marks.push({ path, until: accesses().length });
  }

  async function usesOfRole(use: CiUse): Promise<ActionUse[]> {
    const { resources = [] } = await readStateFile(stack.cloud.ready.directory);
    // The state has them in the order in which they were created.
    const sorted = resources.toSorted((one, two) => (one.urn < two.urn ? -1 : 1));
    const policies = sorted.flatMap(({ type, inputs = {} }) =>
      type === "aws:iam/rolePolicy:RolePolicy" && String(inputs.role).startsWith(`ci-${use}`)
        ? [inputs.policy as string]
        : [],
    );
    const played = accesses().map((one, index) => ({ ...one, path: marks.find(({ until }) => index < until)!.path }));
    const asked = played.filter(({ roleName }) => roleName.startsWith(`ci-${use}`));
    return usesOf(policies, [...asked, ...OTHER_PATHS[use]], KEYS);
  }
});

/** One row for each action, with the first paths that fail without it. */
function tableOf(uses: Record<CiUse, readonly ActionUse[]>): string {
  const rows = Object.entries(uses).flatMap(([use, all]) =>
    all.map(({ sid, action, paths }) => `| ${use} | ${sid} | \`${action}\` | ${paths.join("; ")} |`),
  );
  return ["| role | statement | action | fails without it |", "|---|---|---|---|", ...rows, ""].join("\n");
}
