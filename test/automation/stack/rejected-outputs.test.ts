import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { Scene } from "./recovery/scene";

const PLACE = { loopback: "127.57", portOffset: 37_000, speed: 100 };

/** Programs with an output that is never there, because what it was to come from was refused. On the real engine. */
describe("automation/stack: rejected outputs", () => {
  let scene: Scene;
  before(async () => {
    scene = await Scene.start(PLACE);
  });
  after(() => scene?.stop());

  it("end an `up` with the reason, although other resources wait for them", async () => {
    const { settingsFile, environment, directory } = scene.running;
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [...NODE_ARGUMENTS, require.resolve("./rejecting-process"), settingsFile],
      { cwd: PROJECT_DIRECTORY, env: { ...environment, TMPDIR: directory }, reject: false },
    );
    expect({ stdout, exitCode }, stderr).to.deep.equal({
      stdout: stdout.includes("no matching Route 53 Hosted Zone found for missing.jp") ? stdout : "the reason",
      exitCode: 0,
    });
    await scene.expectClean();
  });
});
