import "../../../automation/core/silent-aws-sdk";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { execa } from "execa";
import { CALL_LIMITS } from "../../../automation/core/aws-limits";
import { ensurePulumiCli, pulumiCliFile } from "../../../automation/pulumi-cli/ensure-pulumi-cli";
import { S3Backend } from "../../../automation/store/s3/backend";
import { StackStore } from "../../../automation/store/store";
import { OWNER_KEY } from "../../../rehearsal/cloud/api/authorisation";
import { createS3 } from "../../../rehearsal/cloud/services/s3";
import { entry, ME } from "../../automation/store/samples";
import { Scene } from "../../rehearsal/cloud/api/scene";
import { inputs, names, ROLE_POLICY } from "../declared";
import { declare, STATES } from "../world";
import { usesOf } from "./least-privilege";

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const PROJECT = "aoshingo";
const STATE_BUCKET = "example-state";
/** Names in the declared world. */
const [STACK, STORE_BUCKET] = ["prod", "deploy-store-bucket"];
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const REGION = "ap-northeast-1";
const DEPLOY = "20261125T000000Z-1";

/**
 * What the roles for CI may do with Pulumi's state and with the deploys' journals, tested with the real CLI and the
 * rehearsal's S3, which evaluates IAM policies for each call.
 */
describe("rights of the roles for CI", () => {
  let scene: Scene;
  let directory: string;
  let pulumi: string;
  const keys = {} as Record<"admin" | "preview" | "deploy", Keys>;
  const policies: Record<"preview" | "deploy", string[]> = { preview: [], deploy: [] };

  before(async () => {
    const declared = await declare({
      services: { users: STATES.flipped },
      config: { ci: { repository: "Example/shop", stateBucket: STATE_BUCKET } },
    });
    // A declared world has no ARNs for names that AWS would choose.
    const policiesOf = (use: string) =>
      names(declared, ROLE_POLICY)
        .filter((name) => name.startsWith(`ci-${use}-`))
        .map((name) =>
          String(inputs(declared, name, ROLE_POLICY).policy).replaceAll('"ci-github.arn"', `"${PROVIDER}"`),
        );

    pulumi = pulumiCliFile(await ensurePulumiCli());
    directory = await mkdtemp(join(tmpdir(), "ci-policy-"));
    await writeFile(join(directory, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: yaml\n`);
    scene = new Scene();
    const s3 = createS3(scene.context);
    await scene.start({ s3: { ...s3.apis!.s3!, hasTls: false } });
    keys.admin = { accessKeyId: OWNER_KEY, secretAccessKey: "any" };
    for (const use of ["preview", "deploy"] as const) {
      const role = scene.role(use);
      policies[use] = policiesOf(use);
      for (const [place, json] of policies[use].entries()) scene.iam.roles.putPolicy(use, `policy-${place}`, json);
      const issued = scene.credentials.answer(scene.credentials.issue(role, "job").path)!;
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = issued;
      keys[use] = { accessKeyId, secretAccessKey, sessionToken };
    }
    for (const bucket of [STATE_BUCKET, STORE_BUCKET]) s3.model.createBucket(bucket);
    for (const stack of [STACK, "other"]) expect((await cli("admin", "stack", "init", stack)).exitCode).to.equal(0);
  });
  after(async () => {
    await scene?.close();
    if (directory) await rm(directory, { recursive: true });
  });

  function client(who: keyof typeof keys): S3Client {
    return new S3Client({ ...CALL_LIMITS, endpoint: scene.url, region: REGION, credentials: keys[who] });
  }

  function cli(who: keyof typeof keys, ...args: string[]) {
    const { accessKeyId, secretAccessKey, sessionToken } = keys[who];
    const place = `endpoint=${new URL(scene.url).host}&disableSSL=true&s3ForcePathStyle=true&region=${REGION}`;
    return execa(pulumi, [...args, "--non-interactive"], {
      cwd: directory,
      reject: false,
      stdin: "ignore",
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
        PULUMI_BACKEND_URL: `s3://${STATE_BUCKET}?${place}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
  }

  async function objects(): Promise<string[]> {
    const { Contents = [] } = await client("admin").send(new ListObjectsV2Command({ Bucket: STATE_BUCKET }));
    return Contents.map(({ Key, ETag }) => `${Key} ${ETag}`);
  }

  it("let a preview read its stack's state and check for drift, and leave no trace", async () => {
    const before = await objects();
    for (const args of [
      ["stack", "export"],
      ["refresh", "--preview-only"],
    ]) {
      const { exitCode, stderr } = await cli("preview", ...args, "--stack", STACK);
      expect(exitCode, `${args.join(" ")}: ${stderr}`).to.equal(0);
    }
    expect(await objects()).to.deep.equal(before);
  });

  it("let no preview change it", async () => {
    const before = await objects();
    const { exitCode, stderr } = await cli("preview", "refresh", "--yes", "--skip-preview", "--stack", STACK);
    expect(exitCode).not.to.equal(0);
    expect(stderr).to.match(/PutObject.* 403|AccessDenied/);
    expect(await objects()).to.deep.equal(before);
  });

  it("let a deploy update its stack, remove a lock and read its outputs", async () => {
    for (const args of [
      ["refresh", "--yes", "--skip-preview"],
      ["cancel", "--yes"],
      ["stack", "output", "--json"],
      ["stack", "export"],
    ]) {
      const { exitCode, stderr } = await cli("deploy", ...args, "--stack", STACK);
      expect(exitCode, `${args.join(" ")}: ${stderr}`).to.equal(0);
    }
  });

  for (const who of ["preview", "deploy"] as const)
    it(`let a ${who} read no other stack`, async () => {
      const { exitCode, stderr } = await cli(who, "stack", "export", "--stack", "other");
      expect(exitCode).not.to.equal(0);
      expect(stderr).to.match(/PermissionDenied|AccessDenied/);
    });

  it("let a deploy hold the lease, and write and read its journal", async () => {
    const store = new StackStore(new S3Backend(client("deploy"), STORE_BUCKET));
    const lease = await store.acquire(ME);
    await lease.assertHeld();
    await store.append(DEPLOY, entry("opened", {}));
    expect(await store.deploys()).to.deep.equal([DEPLOY]);
    expect(await store.journal(DEPLOY)).to.have.lengthOf(1);
    await store.freeze({ who: "me@here", sinceMs: 0, reason: "sale" });
    await store.unfreeze();
    expect(await store.frozen()).to.equal(null);
    await lease.release();
    expect(await store.lease()).to.equal(null);
  });

  for (const [who, sids] of [
    ["preview", ["FindState", "ReadState"]],
    ["deploy", ["FindState", "ReadState", "WriteState", "KeepJournal"]],
  ] as const)
    it(`have no action on state and journal that a ${who} does not need`, () => {
      const asked = scene.accesses.filter(({ roleName }) => roleName === who).map((one) => ({ ...one, path: who }));
      const uses = usesOf(policies[who], asked, {}).filter(({ sid }) => (sids as readonly string[]).includes(sid));
      expect(uses.filter(({ paths }) => paths.length === 0)).to.deep.equal([]);
      expect(new Set(uses.map(({ sid }) => sid))).to.deep.equal(new Set(sids));
    });

  it("let no preview write a journal", async () => {
    const store = new StackStore(new S3Backend(client("preview"), STORE_BUCKET));
    const error = await store.acquire(ME).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(String(error)).to.match(/AccessDenied|Forbidden|403/);
  });
});
