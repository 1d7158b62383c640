import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ACTIONLINT_VERSION, findActionlint } from "./actionlint/find-actionlint";
import { projectWorkflows, ROOT, workflows } from "./workflow";

/** GitHub knows the key since May 2026 and this version does not yet: github.com/rhysd/actionlint/issues/657. */
const KNOWN_TO_GITHUB = 'unexpected key "queue" for "concurrency" section';

describe("actionlint", function () {
  this.timeout(15 * 60_000);

  let actionlint = "";

  before(async function () {
    const found = await findActionlint((line) => console.log(`      ${line}`));
    if ("file" in found) {
      actionlint = found.file;
      return;
    }
    console.log(`      skipped: ${found.missing}`);
    this.skip();
  });

  const lint = (...args: string[]) =>
    execa(actionlint, ["-no-color", "-ignore", KNOWN_TO_GITHUB, ...args], { cwd: ROOT, reject: false, all: true });

  it("is the version that go.mod pins", async () => {
    expect(await readFile(join(__dirname, "actionlint/go.mod"), "utf8")).to.contain(
      `actionlint v${ACTIONLINT_VERSION}`,
    );
  });

  it("finds nothing in the workflows", async () => {
    const files = [...workflows(), ...projectWorkflows()].map(({ path }) => path);
    const { exitCode, all } = await lint("-verbose", ...files);
    expect(exitCode, all).to.equal(0);
    expect(all).to.contain("Found 0 errors in 8 files");
  });

  it("would find something", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aoshingo-lint-"));
    try {
      const file = join(folder, "deploy.yml");
      const text = await readFile(join(ROOT, ".github/workflows/deploy.yml"), "utf8");
      await writeFile(file, text.replace("inputs.releases ||", "inputs.release ||"));
      const { exitCode, all } = await lint(file);
      expect(exitCode).to.equal(1);
      expect(all).to.contain('property "release" is not defined');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
