import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { assert } from "chai";
import { NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";

/** On Linux, writing there fails as on a full disk. */
const FULL = "/dev/full";

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

  it("goes on when its output cannot be written, and ends with 1", async function () {
    if (!existsSync(FULL)) return this.skip();
    const full = await open(FULL, "w");
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, "automation/cli.ts", "--help"], {
      cwd: PROJECT_DIRECTORY,
      stdio: ["ignore", full.fd, "pipe"],
    });
    const [[exitCode], errors] = await Promise.all([once(child, "exit"), text(child.stderr!)]);
    await full.close();
    assert.deepEqual(
      [exitCode, errors],
      [1, "the output could not be written: ENOSPC: no space left on device, write\n"],
    );
  });

  it("shows what a service wrote into an error so that it cannot move a terminal's cursor", async () => {
    const script = `
      process.stderr.isTTY = true;
      const { endWith } = require("./automation/core/process/command-end");
      const { UserError } = require("./components/core/user-error");
      endWith(() => Promise.reject(new UserError("it said: gone\\x1b[2J")));`;
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, "-e", script], {
      cwd: PROJECT_DIRECTORY,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [[exitCode], errors] = await Promise.all([once(child, "exit"), text(child.stderr)]);
    assert.deepEqual([exitCode, errors], [2, "it said: gone\u{fffd}[2J\n"]);
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
