import "../../../automation/core/silent-aws-sdk";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { DirectoryBackend } from "../../../automation/store/directory/backend";
import { isLocal, openStore } from "../../../automation/store/open-store";
import { S3Backend } from "../../../automation/store/s3/backend";
import { UserError } from "../../../components/core/user-error";

const OUTPUTS = { region: "ap-northeast-1", deployStore: { bucket: "deploys" } };
const FREEZE = { who: "me", sinceMs: 1, reason: "sale" };

describe("openStore", () => {
  let folder: string;
  const own = { ...process.env };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "store-"));
    delete process.env.AOSHINGO_STORE;
    process.env.XDG_STATE_HOME = join(folder, "state");
  });
  afterEach(async () => {
    for (const name of ["AOSHINGO_STORE", "XDG_STATE_HOME"]) {
      if (own[name] === undefined) delete process.env[name];
      else process.env[name] = own[name];
    }
    await rm(folder, { recursive: true });
  });

  it("opens the given directory before the environment's and the stack's bucket", async () => {
    process.env.AOSHINGO_STORE = join(folder, "environment");
    await openStore("prod", { directory: join(folder, "given"), outputs: OUTPUTS }).freeze(FREEZE);
    assert.deepEqual(await readdir(join(folder, "given", "prod")), ["freeze.json"]);
    await openStore("prod", { outputs: OUTPUTS }).freeze(FREEZE);
    assert.deepEqual(await readdir(join(folder, "environment", "prod")), ["freeze.json"]);
    assert.isTrue(isLocal(undefined));
  });

  it("takes an empty variable for none, and refuses an empty directory", () => {
    process.env.AOSHINGO_STORE = "";
    assert.isFalse(isLocal(undefined));
    assert.instanceOf(openStore("prod", { outputs: OUTPUTS }).backend, S3Backend);
    assert.throws(() => openStore("prod", { directory: "", outputs: OUTPUTS }), UserError, "--store is empty");
  });

  for (const [value, base] of [
    ["/state", "/state"],
    ["", join(homedir(), ".local", "state")],
    ["state", join(homedir(), ".local", "state")],
  ] as const)
    it(`takes the user's state folder for XDG_STATE_HOME=${value}, which is the same in each working folder`, () => {
      process.env.XDG_STATE_HOME = value;
      const { backend } = openStore("prod", { outputs: null });
      assert.equal(
        (backend as DirectoryBackend).addressOf("freeze.json"),
        join(base, "aoshingo", "prod", "freeze.json"),
      );
    });

  for (const stack of ["../../evil", "a/b", "..", "", "a b"])
    it(`refuses the stack "${stack}"`, () => {
      assert.throws(
        () => openStore(stack, { directory: folder, outputs: null }),
        UserError,
        `stack is "${stack}": wanted a name of letters, digits, ., _ and -, such as prod`,
      );
    });

  it("refuses a file in the place of the folder", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    for (const directory of [file, "/dev/null"])
      assert.throws(
        () => openStore("prod", { directory, outputs: null }),
        UserError,
        `the store ${directory} is a file: wanted a folder`,
      );
  });

  it("opens the stack's bucket where nothing is given", () => {
    assert.isFalse(isLocal(undefined));
    assert.instanceOf(openStore("prod", { outputs: OUTPUTS }).backend, S3Backend);
  });

  it("opens the user's state folder for a stack without a bucket", async () => {
    for (const outputs of [null, { region: "ap-northeast-1" }])
      assert.instanceOf(openStore("prod", { outputs }).backend, DirectoryBackend);
    await openStore("prod", { outputs: null }).freeze(FREEZE);
    assert.deepEqual(await readdir(join(folder, "state", "aoshingo", "prod")), ["freeze.json"]);
  });
});
