import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { OutputFile } from "../../../automation/core/output-file";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { UserError } from "../../../components/core/user-error";
import { failureOf } from "../../failure-of";

describe("the file of an option", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-output-"));
    writeFileSync(join(folder, "there.md"), "old");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (path: string) => new OutputFile("--markdown", join(folder, path));

  for (const path of ["new.md", "there.md"])
    it(`is written when the work is done: ${path}`, async () => {
      await file(path).write("text");
      expect(readFileSync(join(folder, path), "utf8")).to.equal("text");
    });

  it("is none where the option is not given", async () => {
    await new OutputFile("--markdown", undefined).write("text");
  });

  for (const [path, code] of [
    ["reports/new.md", "ENOENT"],
    ["there.md/new.md", "ENOTDIR"],
    ["", "EISDIR"],
  ] as const)
    it(`is refused before the work if it cannot be written: ${code}`, () => {
      const line = `--markdown ${join(folder, path)}: cannot be written (${code}): wanted the path of a file in a folder that exists`;
      expect(() => file(path))
        .to.throw(UserError, line)
        .with.property("exitCode", 2);
      expect(readFileSync(join(folder, "there.md"), "utf8")).to.equal("old");
    });

  it("that cannot be written any more is one line, and does not hide why the work failed", async () => {
    mkdirSync(join(folder, "reports"));
    const gone = file("reports/new.md");
    rmSync(join(folder, "reports"), { recursive: true });
    const error = await failureOf(gone.write("text"));
    expect(error).to.be.instanceOf(UserError).with.property("exitCode", 1);
    expect(error.message).to.equal(`--markdown ${join(folder, "reports/new.md")}: cannot be written (ENOENT)`);
    await gone.writeFailure("text");
  });

  for (const [command, module, args] of [
    ["preview", "automation/cli.ts", ["preview", "--stack", "prod"]],
    ["prove", "rehearsal/prove/main.ts", ["users=nowhere", "users=."]],
  ] as const)
    it(`is asked for before \`${command}\` begins`, async () => {
      const path = join(folder, "reports/new.md");
      const all = [...NODE_ARGUMENTS, join(PROJECT_DIRECTORY, module), ...args, "--markdown", path];
      const { exitCode, stdout, stderr } = await execa(process.execPath, all, {
        cwd: PROJECT_DIRECTORY,
        reject: false,
      });
      expect({ exitCode, stdout, stderr }).to.deep.equal({
        ...{ exitCode: 2, stdout: "" },
        stderr: `--markdown ${path}: cannot be written (ENOENT): wanted the path of a file in a folder that exists`,
      });
    });
});
