import { cp, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AutoScalingClient, DeletePolicyCommand } from "@aws-sdk/client-auto-scaling";
import { expect } from "chai";
import { execa } from "execa";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { SECRETS_PROVIDER } from "../../rehearsal/environment/rehearsal-stack";
import { checkOut } from "../rehearsal/checkout";
import { changeSettings, RunningStack } from "../rehearsal/running-stack";
import { type StepRun, StepRunner } from "./step-runner";
import { evaluated, runSteps } from "./workflow";

const PLACE = { loopback: "127.27", portOffset: 27_000, speed: 200 };
const REPOSITORY = "example/shop";
/** GitHub without any text yet: lists are empty, and what is sent is kept beside the calls. */
const GH = `case "$*" in *--slurp*) echo '[[]]' ;; *) cat > sent.json; echo '{"html_url": "https://github.test/1"}' ;; esac`;

/** What CI does, from policies to drift, against the cloud on this machine: the workflows' own steps, and the plain CLI with the policy pack. */
describe("workflows, rehearsed", () => {
  let stack: RunningStack;
  let checkout: string;
  let runner: StepRunner;

  before(async () => {
    stack = await RunningStack.startCloud(PLACE);
    await changeSettings(stack.settingsFile, ["config", "aoshingo:ci"], {
      repository: REPOSITORY,
      stateBucket: "state",
    });
    await changeSettings(stack.settingsFile, ["config", "aoshingo:network"], { flowLogs: "all" });
    await changeSettings(stack.settingsFile, ["config", "aoshingo:services", "users", "size"], { min: 1, max: 2 });
    checkout = join(stack.directory, "checkout");
    await checkOut(checkout);
    await cp(stack.settingsFile, join(checkout, `Pulumi.${STACK}.yaml`));
    runner = await StepRunner.start(checkout);
    // Packages are there; a job on GitHub starts without.
    const npm = (process.env.PATH ?? "").split(":").map((folder) => join(folder, "npm"));
    await runner.replace(
      "npm",
      `[ "$1" = ci ] && exit 0\nfor npm in ${npm.join(" ")}; do [ -x $npm ] && exec $npm "$@"; done`,
    );
    await runner.replace("gh", GH);
  });
  after(async () => {
    await runner?.stop();
    await stack?.stop();
  });

  const pulumi = (...args: string[]) => stack.pulumi(checkout, [...args, "--stack", STACK]);

  /** All steps of a workflow's job that run something, one after the other, to the first that fails. */
  async function job(
    name: string,
    values: Record<string, string> = {},
    jobName = name,
  ): Promise<StepRun & { said: string[] }> {
    const environment = stack.environment;
    const known = {
      "matrix.stack": STACK,
      "vars.PULUMI_BACKEND_URL": environment.PULUMI_BACKEND_URL!,
      "secrets.PULUMI_CONFIG_PASSPHRASE": "",
      "secrets.PULUMI_ACCESS_TOKEN": "",
      "github.token": "token",
      "github.event.number": "12",
      "inputs.despite_freeze": "",
      ...values,
    };
    let last: StepRun = { exitCode: 0, text: "" };
    const said: string[] = [];
    for (const { run, env } of runSteps(name, jobName)) {
      const runtime = { GITHUB_REPOSITORY: REPOSITORY, GITHUB_RUN_ID: "7", RUNNER_TEMP: runner.directory };
      last = await runner.run(run, { ...environment, ...runtime, ...evaluated(env, known) });
      said.push(last.text);
      if (last.exitCode !== 0) break;
    }
    return { ...last, said };
  }

  it("previews and brings up the stack under the policy pack, which finds nothing", async () => {
    const made = await stack.pulumi(checkout, ["stack", "init", STACK, `--secrets-provider=${SECRETS_PROVIDER}`]);
    expect(made.exitCode, made.text).to.equal(0);
    const preview = await pulumi("preview", "--policy-pack", "policy");
    expect(preview.exitCode, preview.text).to.equal(0);
    expect(preview.text).to.contain("aoshingo@v0.1.0");
    const up = await pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policy");
    expect(up.exitCode, up.text).to.equal(0);
    expect(up.text).not.to.contain("can't run policy").and.not.to.contain("mandatory");
  });

  it("has the roles and the flow logs on the cloud", async () => {
    const { text } = await pulumi("stack", "output", "ci", "--json");
    const { deployRole, previewRole } = JSON.parse(text);
    const role = `arn:aws:iam::123456789012:role/aoshingo/${STACK}/ci`;
    expect(deployRole).to.match(new RegExp(`^${role}-deploy-[0-9a-f]{7}$`));
    expect(previewRole).to.match(new RegExp(`^${role}-preview-[0-9a-f]{7}$`));
    const resources = await stack.resources();
    expect(resources.filter((urn) => urn.includes("flowLog:FlowLog::"))).to.have.length(1);
    expect(resources.filter((urn) => urn.includes("OpenIdConnectProvider::"))).to.have.length(1);
  });

  it("stops a preview of what a policy forbids, and says what and where", async () => {
    const file = join(checkout, "components/service/launch-template.ts");
    const before = await readFile(file, "utf8");
    await writeFile(file, before.replace('httpTokens: "required"', 'httpTokens: "optional"'));
    try {
      const { exitCode, text } = await pulumi("preview", "--policy-pack", "policy");
      expect(exitCode, text).to.not.equal(0);
      expect(text).to.contain("metadata-version-2");
      expect(text).to.contain("metadataOptions.httpTokens is optional: set it to required");
      expect(text).to.contain("users-blue-instance");
    } finally {
      await writeFile(file, before);
    }
  });

  it("stops a preview in which a colour is not on both load balancers", async () => {
    const file = join(checkout, "components/service/service.ts");
    const before = await readFile(file, "utf8");
    const attached = "Object.values(routing.targetGroups[colour])";
    await writeFile(file, before.replace(attached, `${attached}.slice(1)`));
    try {
      const { exitCode, text } = await pulumi("preview", "--policy-pack", "policy");
      expect(exitCode, text).to.not.equal(0);
      expect(text).to.contain("colours-are-on-both-load-balancers");
      expect(text).to.contain("its target groups are on 1 load balancer(s) of the public edge: wanted 2");
    } finally {
      await writeFile(file, before);
    }
  });

  /** Makes a repository of the checkout, in which the last commit has changed a service. */
  async function mergeCommit(): Promise<void> {
    const git = (...args: string[]) =>
      execa("git", ["-c", "user.name=ci", "-c", "user.email=ci@example.com", ...args], { cwd: checkout });
    await git("init", "--quiet");
    await git("add", ".github", "services");
    await git("commit", "--quiet", "--message", "before");
    await writeFile(join(checkout, "services/mailer/README.md"), "changed");
    await git("commit", "--quiet", "--all", "--message", "after");
  }

  /** What production runs. */
  async function activeRelease(): Promise<string | undefined> {
    const { active, colours } = (await stack.outputs()).live.services.users!;
    return colours[active].release?.name;
  }

  it("deploys by the deploy workflow's steps", async () => {
    for (const release of ["v1", "v2"]) {
      await stack.push(release);
      const values = { "inputs.stack": STACK, "inputs.releases": `users=${release}`, "inputs.reason": "try it" };
      const { exitCode, text } = await job("deploy", values);
      expect(exitCode, text).to.equal(0);
      expect(await activeRelease()).to.equal(release);
    }
  });

  it("rolls back by the rollback workflow's steps", async () => {
    const form = { "inputs.command": "rollback", "inputs.services": "", "inputs.to": "", "inputs.reason": "slow" };
    const { exitCode, text } = await job("rollback", { "inputs.stack": STACK, ...form });
    expect(exitCode, text).to.equal(0);
    expect(await activeRelease()).to.equal("v1");
  });

  it("finds no drift the night after", async () => {
    const { exitCode, text } = await job("drift");
    expect(exitCode, text).to.equal(0);
    expect(text).to.equal(`no drift of ${STACK}`);
  });

  it("opens an issue on what somebody took away", async () => {
    const client = new AutoScalingClient({
      endpoint: stack.environment.AWS_ENDPOINT_URL!,
      region: "ap-northeast-1",
      credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
    });
    const state = JSON.parse((await pulumi("stack", "export")).text);
    const policy = state.deployment.resources.find(
      ({ type }: { type: string }) => type === "aws:autoscaling/policy:Policy",
    );
    await client.send(
      new DeletePolicyCommand({
        AutoScalingGroupName: policy.outputs.autoscalingGroupName,
        PolicyName: policy.outputs.name,
      }),
    );
    client.destroy();

    const { exitCode, text } = await job("drift");
    expect(exitCode, text).to.equal(0);
    expect(text).to.equal(`Drift: 1 resource of ${STACK} changed outside Pulumi: opened https://github.test/1`);
    const calls = (await runner.calls()).filter((call) => call.startsWith("gh "));
    expect(calls.slice(-2)).to.deep.equal([
      `gh api --paginate --slurp repos/${REPOSITORY}/issues?state=open&labels=drift&per_page=100`,
      `gh api --method POST repos/${REPOSITORY}/issues --input -`,
    ]);
    const sent = JSON.parse(await readFile(join(checkout, "sent.json"), "utf8"));
    expect(sent.body).to.contain("| gone | `users-blue-scaling` | `aws:autoscaling/policy:Policy` |");
    expect(sent.body).to.contain(`https://github.com/${REPOSITORY}/actions/runs/7`);
  });

  it("writes the preview on its pull request, and looks at it by the policies", async () => {
    await changeSettings(join(checkout, `Pulumi.${STACK}.yaml`), ["config", "aoshingo:services", "polls"], {
      kind: "api",
    });
    await mergeCommit();
    const proof = await job("preview", {}, "prove");
    expect(proof.exitCode, proof.text).to.equal(0);
    // The artefact, which one job uploads and the other downloads.
    await mkdir(join(runner.directory, "prove"));
    await rename(join(checkout, "prove.md"), join(runner.directory, "prove/prove.md"));
    const { exitCode, text, said } = await job("preview");
    expect(exitCode, text).to.equal(0);
    expect(said.at(-2)).to.equal("https://github.test/1");
    const calls = (await runner.calls()).filter((call) => call.startsWith("gh "));
    expect(calls.at(-1)).to.equal(`gh api --method POST repos/${REPOSITORY}/issues/12/comments --input -`);
    const sent = JSON.parse(await readFile(join(checkout, "sent.json"), "utf8"));
    expect(sent.body)
      .to.match(/^<!-- aoshingo preview of rehearsal -->\n/)
      .and.contain("polls")
      .and.contain("**Mixed versions**\n\n- mailer: not proven, it has no requests.yaml");
    expect(text).to.contain("aoshingo@v0.1.0");
  });
});
