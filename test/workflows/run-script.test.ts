import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { StepRunner } from "./step-runner";
import { evaluated, jobOf, projectWorkflows, ROOT, runSteps, workflow } from "./workflow";

const VALUES = {
  "inputs.stack": "prod",
  "inputs.releases": "users=v2 doodle=v7",
  "inputs.reason": "new checkout; rm -rf /",
  "inputs.command": "rollback",
  "inputs.services": "",
  "inputs.to": "",
  "inputs.despite_freeze": "",
  "vars.PULUMI_BACKEND_URL": "s3://state",
  "secrets.PULUMI_CONFIG_PASSPHRASE": "",
  "secrets.PULUMI_ACCESS_TOKEN": "",
};

/** The last step of deploy and rollback: what the script makes of a job's environment. Node is replaced: it says what it was given. */
describe(".github/scripts/run.sh", () => {
  let runner: StepRunner;

  beforeEach(async () => {
    runner = await StepRunner.start(ROOT);
    await runner.replace("node", 'for word in "$@"; do echo "<$word>"; done');
  });
  afterEach(() => runner.stop());

  /** What node was given by the last step of a workflow. */
  async function given(workflow: string, values: Partial<typeof VALUES> = {}): Promise<string> {
    const step = runSteps(workflow).at(-1)!;
    const { exitCode, text } = await runner.run(step.run, evaluated(step.env, { ...VALUES, ...values }));
    expect(exitCode, text).to.equal(0);
    const lines = text.split("\n");
    expect(lines.shift()).to.match(/bin\/aoshingo\.js>$/);
    return lines.map((line) => line.slice(1, -1)).join("|");
  }

  it("deploys what the job was given, each word as it is", async () => {
    expect(await given("deploy")).to.equal(
      "deploy|--stack|prod|--wait|30m|--reason|new checkout; rm -rf /|--|users=v2|doodle=v7",
    );
  });

  it("deploys what is on further lines, too", async () => {
    // The first text is as `releases: |` gives it, the second as a client_payload may have it.
    for (const releases of ["users=v2\ndoodle=v7\n", "\nusers=v2\r\n\n  doodle=v7"])
      expect(await given("deploy", { "inputs.releases": releases, "inputs.reason": "" }), releases).to.equal(
        "deploy|--stack|prod|--wait|30m|--|users=v2|doodle=v7",
      );
  });

  it("takes no options out of what is to be deployed", async () => {
    expect(await given("deploy", { "inputs.releases": "users=v2 --store /tmp", "inputs.reason": "" })).to.equal(
      "deploy|--stack|prod|--wait|30m|--|users=v2|--store|/tmp",
    );
  });

  it("rolls back the last deploy, or what was named", async () => {
    expect(await given("rollback", { "inputs.reason": "" })).to.equal("rollback|--stack|prod|--stop-running|--");
    expect(
      await given("rollback", { "inputs.services": "users", "inputs.to": "v7", "inputs.reason": "slow" }),
    ).to.equal("rollback|--stack|prod|--stop-running|--reason|slow|--to|v7|--|users");
    expect(await given("rollback", { "inputs.services": "users\ndoodle", "inputs.reason": "" })).to.equal(
      "rollback|--stack|prod|--stop-running|--|users|doodle",
    );
  });

  it("goes on despite a freeze where the job was given a reason, whichever workflow it is", async () => {
    const reason = "users is $(down); rm -rf /";
    const form = { "inputs.despite_freeze": reason, "inputs.reason": "" };
    expect(await given("deploy", form)).to.equal(
      `deploy|--stack|prod|--wait|30m|--despite-freeze|${reason}|--|users=v2|doodle=v7`,
    );
    expect(await given("rollback", form)).to.equal(
      `rollback|--stack|prod|--stop-running|--despite-freeze|${reason}|--`,
    );
    expect(await given("rollback", { ...form, "inputs.command": "resume" })).to.equal(
      `resume|--stack|prod|--despite-freeze|${reason}`,
    );
    // It takes production back in any freeze, and has no such option.
    expect(await given("rollback", { ...form, "inputs.command": "abort" })).to.equal(
      "abort|--stack|prod|--stop-running",
    );
    const [own] = projectWorkflows();
    const { env = {} } = jobOf(own!).steps.at(-1)!;
    const { text } = await runner.run(
      ".github/scripts/run.sh",
      evaluated(env, { ...VALUES, ...form, "inputs.releases": "" }),
    );
    expect(text).to.contain(`<--despite-freeze>\n<${reason}>`);
  });

  it("has every variable that the script reads from the form, in each way in which a workflow begins", () => {
    for (const { path, on, text } of [workflow("deploy"), workflow("rollback"), projectWorkflows()[0]!])
      for (const name of new Set([...text.matchAll(/\binputs\.(\w+)/g)].map(([, input]) => input!)))
        for (const trigger of ["workflow_call", "workflow_dispatch"].filter((trigger) => trigger in on))
          expect(on, `${path}: ${trigger}`).to.have.nested.property(`${trigger}.inputs.${name}`);
  });

  for (const [command, ...more] of [["resume"], ["abort", "--stop-running"]] as const) {
    it(`brings a run to its end by ${command}, whatever else the form says`, async () => {
      expect(await given("rollback", { "inputs.command": command, "inputs.services": "users" })).to.equal(
        [command, "--stack", "prod", ...more].join("|"),
      );
    });
  }

  for (const [command, ...more] of [
    ["deploy", "--wait", "30m", "--", "users=v2"],
    ["rollback", "--stop-running", "--"],
    ["resume"],
    ["abort", "--stop-running"],
  ] as const) {
    const [waits, releases] = command === "deploy" ? ["waits for", "users=v2"] : ["does not wait for", ""];
    it(`${waits} another run with a project's workflow and the command ${command}`, async () => {
      const [deploy] = projectWorkflows();
      const { env = {} } = jobOf(deploy!).steps.at(-1)!;
      const form = { "inputs.command": command, "inputs.releases": releases, "inputs.reason": "" };
      // The step finds the script in the installed package.
      const { text } = await runner.run(".github/scripts/run.sh", evaluated(env, { ...VALUES, ...form }));
      const [, ...words] = text.split("\n").map((line) => line.slice(1, -1));
      expect(words).to.deep.equal([command, "--stack", "prod", ...more]);
    });
  }

  it("tells the command when the role's session ends", async () => {
    await runner.replace("node", 'echo "$AWS_CREDENTIAL_EXPIRATION"');
    const job = { COMMAND: "resume", STACK: "prod" };
    const startedMs = Date.now();
    const { text } = await runner.run(".github/scripts/run.sh", { ...job, SESSION_SECONDS: "14400" });
    const seconds = (Date.parse(text) - startedMs) / 1000;
    expect(text).to.match(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
    expect(seconds).to.be.within(14_399, 14_400 + (Date.now() - startedMs) / 1000);
    expect((await runner.run(".github/scripts/run.sh", job)).text).to.equal("");
  });

  it("refuses another command", async () => {
    const { exitCode, text } = await runner.run(".github/scripts/run.sh", { COMMAND: "destroy", STACK: "prod" });
    expect(exitCode).to.equal(2);
    expect(text).to.equal('COMMAND is "destroy": wanted deploy, rollback, resume or abort');
  });

  it("becomes the command, so that a job's cancellation reaches it", async () => {
    await runner.replace("node", 'trap "echo stopped; exit 0" INT; echo ready; while :; do sleep 0.05; done');
    const step = runSteps("deploy").at(-1)!;
    const env = { ...process.env, ...evaluated(step.env, VALUES), PATH: `${runner.directory}:${process.env.PATH}` };
    const bash = spawn("bash", ["-e", "-c", step.run], { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
    const said: string[] = [];
    bash.stdout.setEncoding("utf8").on("data", (text: string) => said.push(text));
    await once(bash.stdout, "data");
    // To the step's first process alone, as the runner does.
    bash.kill("SIGINT");
    const [code] = await once(bash, "close");
    expect(said.join("")).to.equal("ready\nstopped\n");
    expect(code).to.equal(0);
  });
});
