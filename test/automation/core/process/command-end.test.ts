import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { assert } from "chai";
import { NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";

describe("automation/core/process/command-end", () => {
  for (const script of ["automation/cli.ts", "rehearsal/rehearse.ts"])
    it(`lets ${script} go on when the reader of its output has gone`, async () => {
      const child = spawn(process.execPath, [...NODE_ARGUMENTS, script, "--help"], {
        cwd: PROJECT_DIRECTORY,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.destroy();
      const [[exitCode], errors] = await Promise.all([once(child, "exit"), text(child.stderr)]);
      assert.deepEqual([exitCode, errors], [0, ""]);
    });

  it("ends a command in whose process something else is open", async () => {
    const child = spawn(
      process.execPath,
      [...NODE_ARGUMENTS, "-r", "./test/automation/core/process/open.cjs", "automation/cli.ts", "no"],
      {
        cwd: PROJECT_DIRECTORY,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const [[exitCode], errors] = await Promise.all([once(child, "exit"), text(child.stderr)]);
    assert.equal(exitCode, 2);
    assert.match(errors, /unknown command 'no'/);
  });
});
