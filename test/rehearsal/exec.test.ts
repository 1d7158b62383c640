import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { hasTerminals } from "../../rehearsal/cloud/processes/terminal-process";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { asRole } from "../../rehearsal/environment/role-session";
import { rawOutputs } from "../../rehearsal/environment/state-file";
import { expectDeployed, previewUnchanged } from "./expectations";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const EXEC = ["config", "aoshingo:services", "users", "exec"];
const PAGE = join(PROJECT_DIRECTORY, "docs/services.md");

interface Ran {
  exitCode?: number | undefined;
  stdout: string;
  stderr: string;
}

/** ECS Exec over a release without it, one with it, and a rollback: each case continues with what the case before left. */
describe("a service with ECS Exec", () => {
  let stack: RunningStack;

  before(async function () {
    // Without it the cloud refuses each session with that reason.
    if (!hasTerminals()) this.skip();
    stack = await sharedStack({ from: "release" });
  });
  after(async () => {
    if (!stack) return;
    await changeSettings(stack.settingsFile, EXEC, undefined);
    await stack.up();
  });

  /** Runs `npx aoshingo exec` as a person does. */
  async function exec(words: readonly string[], input = "", variables = stack.environment): Promise<Ran> {
    const args = ["exec", "--stack", STACK, "users", "--", ...words];
    return execa(process.execPath, [...NODE_ARGUMENTS, "automation/cli.ts", ...args], {
      cwd: PROJECT_DIRECTORY,
      env: variables,
      input,
      reject: false,
    });
  }

  const deploy = (...args: string[]) => expectDeployed(stack, ...args);

  /** What is in the logs of sessions, one text for each session. */
  async function logged(): Promise<string[]> {
    const { execLogGroup: logGroupName } = (await stack.outputs()).services.users!;
    const client = new CloudWatchLogsClient(stack.clientOptions);
    const sessions: Record<string, string> = {};
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName }))
      for (const { logStreamName: session = "", message = "" } of events)
        sessions[session] = `${sessions[session] ?? ""}${message}\n`;
    client.destroy();
    return Object.values(sessions);
  }

  it("leaves no drift when it is taken away", async () => {
    for (const exec of [true, undefined]) {
      await changeSettings(stack.settingsFile, EXEC, exec);
      await stack.up();
    }
    const args = ["--stack", STACK, "--config-file", stack.settingsFile];
    const refreshed = await stack.pulumi(PROJECT_DIRECTORY, ["refresh", "--preview-only", ...args]);
    expect(refreshed.exitCode, refreshed.text).to.equal(0);
    expect(refreshed.text).to.match(/^ +aws:ecs:Cluster users-blue-cluster/m);
    expect(refreshed.text).not.to.match(/^ *[-+~]+ +aws:ecs:Cluster \S+ update/m);
  });

  it("says in one line how to enable it, before and after `pulumi up`", async () => {
    const says = `was deployed without ECS Exec: set \`exec: true\` in its block of Pulumi.${STACK}.yaml, then run \`pulumi up --stack ${STACK}\` and \`npx aoshingo deploy --stack ${STACK} users\``;
    for (const up of [false, true]) {
      if (up) {
        await changeSettings(stack.settingsFile, EXEC, true);
        await stack.up();
      }
      const { exitCode, stdout, stderr } = await exec(["sh"]);
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 1, stdout: "" });
      expect(stderr).to.contain(says).and.not.contain("\n");
    }
  });

  it("comes with the next release, and the stack has nothing left to change then", async () => {
    expect(await deploy("users")).to.contain("(exec off -> on)");
    const preview = await previewUnchanged(stack);
    expect(preview.exitCode, preview.text).to.equal(0);
  });

  it("runs a command, without input and with it, and logs it", async () => {
    const { release } = (await stack.production())!;
    const printed = await exec(["printenv", "RELEASE", "SERVICE"]);
    expect(printed, printed.stderr).to.deep.include({ exitCode: 0, stdout: `${release}\nusers`, stderr: "" });
    const typed = await exec(["sh"], "echo it is $((6 * 7))\n");
    expect(typed.exitCode, typed.stderr).to.equal(0);
    expect(typed.stdout).to.match(/^(.* )?it is 42$/m);
    const sessions = await logged();
    expect(sessions.filter((text) => text.includes(`${release}\nusers\n`))).to.have.lengthOf(1);
    expect(sessions.filter((text) => /it is \$\(\(6 \* 7\)\).*it is 42\n/s.test(text))).to.have.lengthOf(1);
  });

  it("says what SSM says of a session that it ended", async () => {
    expect(await exec(["no-such-program"])).to.deep.include({
      exitCode: 1,
      stderr:
        'SSM ended the session: Unable to start command: Failed to start pty: exec: "no-such-program": executable file not found in $PATH',
    });
  });

  it("needs a permission that CI does not have, and the documented statement gives it", async () => {
    const ci = await asRole(
      "deploy",
      { repository: "example/shop", environment: STACK, branch: "main" },
      stack.environment,
      stack.cloud.ready.directory,
    );
    const refused = await exec(["true"], "", ci);
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr)
      .to.match(/^no session: User: \S+ is not authorized to perform: ecs:ExecuteCommand on resource: /)
      .and.not.contain("\n");
    const { ci: roles } = (await rawOutputs(stack.cloud.ready.directory)) as { ci: { deployRole: string } };
    const RoleName = roles.deployRole.split("/").at(-1)!;
    const [, statement = ""] =
      /```json\n(\{[^`]*"ecs:ExecuteCommand"[^`]*\})\n```/.exec(readFileSync(PAGE, "utf8")) ?? [];
    const Statement = JSON.parse(statement.replaceAll("aoshingo-prod", `aoshingo-${STACK}`));
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    const iam = new IAMClient(stack.clientOptions);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "shell", PolicyDocument }));
    // IAM takes some seconds until a policy holds.
    for (let answer = refused; answer.exitCode !== 0; answer = await exec(["true"], "", ci))
      expect(answer.stderr).to.contain("ecs:ExecuteCommand");
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "shell" }));
    iam.destroy();
  });

  it("is gone after a rollback to the release before", async () => {
    const { exitCode, errors } = await stack.run("rollback", ["users"]);
    expect(exitCode, errors).to.equal(0);
    expect((await exec(["sh"])).stderr).to.contain("was deployed without ECS Exec");
  });
});
