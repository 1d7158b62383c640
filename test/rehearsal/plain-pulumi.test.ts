import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { SECRETS_PROVIDER } from "../../rehearsal/environment/rehearsal-stack";
import { checkOut } from "./checkout";
import { folderDigests as filesOf } from "./folder-digests";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

/** As signals.test.ts wants it, which goes on with this stack. */
const SPEED = 100;

/** The lines that an `up` prints below "Outputs:". */
function outputLines(text: string): string[] {
  const [, outputs = ""] = /^Outputs:\n(.*?)^Resources:/ms.exec(text) ?? [];
  return outputs.trimEnd().split("\n");
}

/** The project folder and the plain CLI, as a person without the deploy script uses them. */
describe("plain Pulumi", () => {
  let stack: RunningStack;
  /** Like a clean checkout. */
  let checkout: string;

  before(async () => {
    stack = await sharedStack({ from: "cloud", speed: SPEED });
    checkout = join(stack.directory, "checkout");
    await checkOut(checkout);
    // The CLI reads the stack's settings from the checkout: those that the deploy command is given, too.
    await cp(stack.settingsFile, join(checkout, `Pulumi.${STACK}.yaml`));
  });
  after(() => stack && changeSettings(stack.settingsFile, ["config", "aoshingo:live"], undefined));

  const pulumi = async (...args: string[]) => {
    const run = await stack.pulumi(checkout, [...args, "--stack", STACK]);
    expect(run.exitCode, run.text).to.equal(0);
    return run.text;
  };

  /** What the last `up` did, by the stack's own history. */
  async function lastChanges(): Promise<Record<string, number>> {
    const history = JSON.parse(await pulumi("stack", "history", "--json", "--page-size", "1"));
    return history[0].resourceChanges;
  }

  it("makes the stack, previews it and brings it up, and leaves the checkout as it was", async () => {
    const before = await filesOf(checkout);
    const made = await stack.pulumi(checkout, ["stack", "init", STACK, `--secrets-provider=${SECRETS_PROVIDER}`]);
    expect(made.exitCode, made.text).to.equal(0);

    const preview = await pulumi("preview");
    expect(preview).to.match(/\+ \d+ to create/);
    // What is known already is shown under its name, beside what is still to come.
    expect(preview).to.match(/^ +url +: "https:\/\/users\.rehearsal\.test"$/m);
    expect(preview).to.match(/^ +state +: "1 {\\"region\\":\\"ap-northeast-1\\",.*"$/m);
    expect(preview).to.not.match(/^ +\d+ *: "."$/m);
    const printed = outputLines(await pulumi("up", "--yes", "--skip-preview"));
    expect(printed.length, printed.join("\n")).to.be.within(1, 34);
    expect(printed.filter((line) => line.length > 200)).to.deep.equal([]);
    const url = /^ +url *: "\d+\.dkr\.ecr\.ap-northeast-1\.amazonaws\.com\/aoshingo\/rehearsal\/users"$/;
    expect(printed.filter((line) => url.test(line))).to.have.lengthOf(1);
    expect(Object.keys(await lastChanges())).to.deep.equal(["create"]);
    expect((await stack.outputs()).live).to.have.nested.property("services.users.active", "green");
    expect(await filesOf(checkout)).to.deep.equal(before);
  });

  it("changes nothing after a deploy", async () => {
    await stack.push("v1");
    const deploy = await stack.deploy("v1");
    expect(deploy.exitCode, deploy.errors).to.equal(0);
    const { live } = await stack.outputs();
    expect(live.services.users!.colours.blue.size).to.equal(2);
    const before = await filesOf(checkout);
    const tasks = await stack.tasksOf("blue");

    await pulumi("preview", "--expect-no-changes");
    await pulumi("up", "--yes", "--skip-preview");

    const { same, read, ...changes } = await lastChanges();
    expect(changes).to.deep.equal({});
    expect(same).to.be.above(50);
    expect((await stack.outputs()).live).to.deep.equal(live);
    expect(await stack.tasksOf("blue")).to.deep.equal(tasks);
    expect(await filesOf(checkout)).to.deep.equal(before);
  });

  it("refuses wrong settings in one clear line each", async () => {
    const file = join(stack.directory, "wrong.yaml");
    await cp(stack.settingsFile, file);
    await changeSettings(file, ["config", "aoshingo:cutover"], "sideways");
    await changeSettings(file, ["config", "aoshingo:services", "users", "size"], "two");
    const { exitCode, text } = await stack.pulumi(checkout, ["preview", "--stack", STACK, "--config-file", file]);
    expect(exitCode, text).to.not.equal(0);
    const lines = text.split("\n").map((line) => line.replace(/^ *(error: )?/, ""));
    for (const line of [
      'aoshingo:cutover: given "sideways", wanted routed or dns',
      'aoshingo:services.users.size: given "two", wanted a whole number from 1 to 100, or a map of min and max',
    ])
      expect(
        lines.filter((said) => said === line),
        text,
      ).to.have.lengthOf(1);
    expect(text).to.not.match(/\n\s+at .*\.ts:\d+/);
  });

  it("refuses a stale aoshingo:live in one clear line, and changes nothing", async () => {
    const { live } = await stack.outputs();
    const stale = { ...live, serial: live.serial - 1 };
    await changeSettings(stack.settingsFile, ["config", "aoshingo:live"], stale);
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const args = [...command, "--stack", STACK, "--config-file", stack.settingsFile];
      const { exitCode, text } = await stack.pulumi(checkout, args);
      expect(exitCode, text).to.not.equal(0);
      const said = text.split("\n").filter((line) => line.includes("aoshingo:live.serial"));
      expect(new Set(said.map((line) => line.slice(line.indexOf("aoshingo:live.serial")))), text).to.deep.equal(
        new Set([
          `aoshingo:live.serial is ${stale.serial}, but the stack is at ${live.serial}: wanted ${live.serial} or ${live.serial + 1}. Take aoshingo:live out of the config: without it a run keeps what is live, and only a deploy changes it.`,
        ]),
      );
      expect(text).to.not.match(/\n\s+at .*\.ts:\d+/);
    }
    expect((await stack.outputs()).live).to.deep.equal(live);
  });
});
