import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { StepRunner } from "./step-runner";
import {
  evaluated,
  type Job,
  jobOf,
  projectWorkflows,
  ROOT,
  runSteps,
  type Step,
  type Workflow,
  workflow,
  workflows,
} from "./workflow";

const NAMES = ["deploy", "drift", "preview", "release", "rollback", "test"];
const AWS = { contents: "read", "id-token": "write" };
/** What each job may do with the token of GitHub. */
const PERMISSIONS: Record<string, Record<string, Record<string, string> | undefined>> = {
  ".github/workflows/deploy.yml": { deploy: AWS },
  ".github/workflows/drift.yml": { drift: { ...AWS, issues: "write" } },
  ".github/workflows/preview.yml": {
    prove: { contents: "read" },
    preview: { ...AWS, "pull-requests": "write" },
    required: {},
  },
  ".github/workflows/release.yml": {
    pack: { contents: "read" },
    publish: { contents: "write", "id-token": "write" },
  },
  ".github/workflows/rollback.yml": { rollback: AWS },
  ".github/workflows/test.yml": { test: undefined },
  "templates/project/.github/workflows/deploy.yml": { deploy: AWS },
  "templates/project/.github/workflows/preview.yml": {
    preview: { ...AWS, "pull-requests": "write" },
    required: {},
    drift: { ...AWS, issues: "write" },
  },
};
/** Steps that need the passphrase of the stack's secrets, or Pulumi Cloud's token: those that read its state. */
const READS_STATE = /(?:run\.sh|(?:aoshingo|silent|pulumi) preview|github (?:-- )?drift) ?/;
/** Steps that write to GitHub. */
const WRITES_TO_GITHUB = /github (?:-- )?(?:comment|drift) |\bgh release create /;
/** What has to be there before a job gets its role. */
const SET_UP = /^npm ci --ignore-scripts |pulumi-cli(?: \| xargs dirname >> "\$GITHUB_PATH")?$/;
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

const all = () => [...workflows(), ...projectWorkflows()];
const jobsOf = ({ jobs }: Workflow) => Object.entries(jobs);
const isAction = (action: string) => (step: Step) => step.uses?.startsWith(`${action}@`) === true;

const uses = () =>
  all().flatMap(({ name, text }) =>
    [...text.matchAll(/uses: (\S+)(?: # (\S+))?/g)].map(([, action = "", version]) => ({ name, action, version })),
  );

describe("workflows", () => {
  it("are these", () => {
    expect(workflows().map(({ name }) => name)).to.deep.equal(NAMES);
  });

  it("name each action by its commit, with the version behind it, the same everywhere", () => {
    const pins = new Map<string, string>();
    expect(uses()).to.have.length.above(10);
    for (const { name, action, version } of uses()) {
      expect(action, name).to.match(PINNED);
      expect(version, `${name}: ${action}`).to.match(/^v\d+\.\d+\.\d+$/);
      const [repository = ""] = action.split("@");
      expect(pins.get(repository) ?? `${action} ${version}`).to.equal(`${action} ${version}`);
      pins.set(repository, `${action} ${version}`);
    }
  });

  it("of a project are these", () => {
    expect(projectWorkflows().map(({ name }) => name)).to.deep.equal(["deploy", "preview"]);
  });

  for (const each of all()) {
    const { path, name } = each;

    it(`${path} has the permissions that each job needs and no others`, () => {
      expect(each.permissions).to.deep.equal(name === "test" ? { contents: "read" } : {});
      const permissions = Object.fromEntries(jobsOf(each).map(([job, { permissions }]) => [job, permissions]));
      expect(permissions).to.deep.equal(PERMISSIONS[path]);
    });

    it(`${path} gives secrets and tokens to the steps that need them alone`, () => {
      const secret = /secrets\.|github\.token/;
      expect(JSON.stringify(each.env ?? {})).not.to.match(secret);
      for (const [, { steps, ...job }] of jobsOf(each)) {
        expect(JSON.stringify(job)).not.to.match(secret);
        for (const { run = "", env = {}, with: input = {} } of steps) {
          expect(JSON.stringify(input)).not.to.match(secret);
          for (const name of ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"])
            expect(name in env, `${name}: ${run}`).to.equal(READS_STATE.test(run));
          expect("GH_TOKEN" in env, run).to.equal(WRITES_TO_GITHUB.test(run));
        }
      }
    });

    it(`${path} runs nothing but the set-up before a job has its role, where it could take the role itself`, () => {
      for (const [job, { permissions = {}, steps }] of jobsOf(each)) {
        if (permissions["id-token"] !== "write" || job === "publish") continue;
        const credentials = steps.findIndex(isAction("aws-actions/configure-aws-credentials"));
        expect(credentials, job).to.be.above(0);
        for (const { run } of steps.slice(0, credentials)) if (run !== undefined) expect(run).to.match(SET_UP);
      }
    });

    it(`${path} puts no expression into a command, where its text would be run`, () => {
      for (const [, { steps }] of jobsOf(each)) {
        for (const { run } of steps) expect(run ?? "").not.to.contain("${{");
      }
    });

    it(`${path} leaves no token in a checkout`, () => {
      for (const [job, { steps }] of jobsOf(each)) {
        if (job === "publish" || job === "required") continue;
        const checkouts = steps.filter(isAction("actions/checkout"));
        expect(checkouts).to.have.length(1);
        // To prove that two releases get along needs the commit before.
        const depth = job === "prove" ? { "fetch-depth": 2 } : {};
        expect(checkouts[0]!.with).to.deep.equal({ "persist-credentials": false, ...depth });
      }
    });
  }

  it("deploy one at a time for each stack, cancel nothing that runs, and let no rollback wait for a deploy", () => {
    const [deploy, rollback] = ["deploy", "rollback"].map((name) => workflow(name).concurrency);
    const [own] = projectWorkflows();
    for (const concurrency of [deploy!, rollback!, own!.concurrency])
      expect(concurrency["cancel-in-progress"]).to.equal(false);
    expect(deploy!.group).to.match(/^stack-\$\{\{ inputs\.stack( \|\| .*)? \}\}$/);
    expect(rollback!.group).not.to.contain("stack-");
  });

  it("deploy all that wait, in their order: GitHub drops those that wait but for the newest, unless it is told to keep them", () => {
    const [own] = projectWorkflows();
    for (const { path, concurrency } of [workflow("deploy"), own!]) expect(concurrency.queue, path).to.equal("max");
    // GitHub refuses both in one workflow.
    for (const { path, concurrency } of all())
      if (concurrency["cancel-in-progress"]) expect(concurrency.queue, path).to.equal(undefined);
  });

  it("let no rollback wait for another: it would begin when that has ended, and lead back to the bad release", () => {
    const [own] = projectWorkflows();
    // Nor `abort` for a `resume`, which may watch a bad release for long.
    for (const { path, concurrency } of [workflow("rollback"), own!])
      expect(concurrency.group, path).to.equal(
        `\${{ inputs.command == 'rollback' && github.run_id || format('{0}-{1}', inputs.command, inputs.stack) }}`,
      );
  });

  it("take the deploy role only in the stack's environment, and without a cache", () => {
    for (const { name, text } of workflows()) {
      const job = jobOf(workflow(name));
      expect(text.includes("vars.AWS_DEPLOY_ROLE"), name).to.equal(name === "deploy" || name === "rollback");
      if (text.includes("vars.AWS_DEPLOY_ROLE"))
        expect(job.environment).to.match(/^\$\{\{ inputs\.stack( \|\| .*)? \}\}$/);
      // A job in an environment has another subject than the one that the preview role trusts.
      else expect(job.environment).to.equal(undefined);
      const [node] = job.steps.filter(isAction("actions/setup-node"));
      expect(node!.with!.cache ?? "none", name).to.equal(name === "test" ? "npm" : "none");
    }
  });

  for (const name of ["preview", "drift"])
    for (const { path, jobs } of [workflow(name), projectWorkflows()[1]!])
      it(`${path}: ${name} takes each stack's preview role from a variable whose name GitHub allows`, () => {
        const { strategy, steps } = jobs[name]!;
        expect(strategy!.matrix).to.deep.equal({ include: [{ stack: "prod", role: "AWS_PREVIEW_ROLE_PROD" }] });
        const [aws] = steps.filter(isAction("aws-actions/configure-aws-credentials"));
        // A name that is made from the stack's would have its hyphens.
        expect(aws!.with!["role-to-assume"]).to.match(/^\$\{\{ vars\[matrix\.role\] \}\}$/);
      });

  for (const name of ["preview", "drift"])
    for (const { path, jobs } of [workflow(name), projectWorkflows()[1]!])
      it(`${path}: ${name} is about the stacks of its matrix alone, each by a check of its name`, () => {
        const { strategy, name: check, env = {}, steps } = jobs[name]!;
        expect(strategy!["fail-fast"]).to.equal(false);
        // GitHub's own name would have the variable's, too.
        expect(check).to.equal(`${name} (\${{ matrix.stack }})`);
        for (const { run = "", env: own = {} } of steps)
          if (run.includes("$STACK")) expect({ ...env, ...own }.STACK, run).to.match(/^\$\{\{ matrix\.stack \}\}$/);
      });

  for (const { path, jobs } of [workflow("preview"), projectWorkflows()[1]!])
    it(`${path} has one check for branch protection, whatever the stacks are, and also where the pull request is a fork's`, async () => {
      const { name, needs, if: condition, permissions, steps } = jobs.required!;
      expect([name, needs, permissions]).to.deep.equal(["preview", "preview", {}]);
      // A job that is skipped because another failed counts as successful.
      expect(condition).to.match(/^\$\{\{ always\(\)( && github\.event_name == 'pull_request')? \}\}$/);
      const runner = await StepRunner.start(ROOT);
      try {
        for (const result of ["success", "skipped", "failure", "cancelled"]) {
          const env = evaluated(steps[0]!.env!, { "needs.preview.result": result });
          const passes = (await runner.run(steps[0]!.run!, env)).exitCode === 0;
          expect(passes, result).to.equal(result === "success" || result === "skipped");
        }
      } finally {
        await runner.stop();
      }
    });

  it("release what another job has packed, in an environment, with rights that no code of the project has", () => {
    const { publish } = workflow("release").jobs as Record<string, Job>;
    expect(publish!.environment).to.equal("npm");
    for (const { uses: action = "", run = "" } of publish!.steps) {
      expect(action).to.match(/^$|^actions\/(?:setup-node|download-artifact)@/);
      const started = run.replace(/\b(?:if|then|else) /g, "").matchAll(/(?:^|; |\$\(|\| )(\w+) /gm);
      expect(["npm", "gh", "openssl", "base64", "echo"]).to.include.members(
        [...started].map(([, command]) => command!),
      );
    }
  });

  it("publish nothing but a tag, and by hand nothing unless told so", () => {
    const { on, jobs } = workflow("release");
    expect(on).to.have.nested.property("workflow_dispatch.inputs.dry-run.default", true);
    expect(on).to.have.nested.property("push.tags").that.deep.equals(["v*"]);
    expect(jobs.publish!.if)
      .to.match(/^github\.ref_type == 'tag' && /)
      .and.contain("!inputs.dry-run");
  });

  it("run the script by bash: a package that was packed on Windows has no file that may be executed", () => {
    const steps = all().flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));
    const scripts = steps.flatMap(({ run = "" }) => (run.includes("run.sh") ? [run] : []));
    expect(scripts).to.have.length(3);
    for (const run of scripts) expect(run).to.match(/^exec bash /);
    expect(readFileSync(join(ROOT, ".gitattributes"), "utf8")).to.contain("* text=auto eol=lf\n");
  });

  it("of a project find the package where npm has put it: in a workspace that is the root's node_modules", () => {
    const [deploy] = projectWorkflows();
    const script = jobOf(deploy!).steps.at(-1)!.run!;
    const folder = mkdtempSync(join(tmpdir(), "aoshingo-workspace-"));
    const installed = join(folder, "node_modules/aoshingo");
    try {
      mkdirSync(join(installed, ".github/scripts"), { recursive: true });
      mkdirSync(join(folder, "deploy"));
      const { name, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
      writeFileSync(join(installed, "package.json"), JSON.stringify({ name, exports }));
      writeFileSync(join(installed, ".github/scripts/run.sh"), 'echo "$COMMAND"\n');
      const env = { ...process.env, COMMAND: "rollback" };
      expect(execFileSync("bash", ["-ec", script], { cwd: join(folder, "deploy"), env, encoding: "utf8" })).to.equal(
        "rollback\n",
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ask for a session as long as the job may last, and tell the command so", () => {
    for (const { text } of [workflow("deploy"), workflow("rollback"), projectWorkflows()[0]!])
      expect(text)
        .to.contain("role-duration-seconds: 14400")
        .and.contain("SESSION_SECONDS: 14400")
        .and.contain("timeout-minutes: 240");
  });

  it("preview no pull request from a fork", () => {
    const isOwn = "github.event.pull_request.head.repo.full_name == github.repository";
    const { on, jobs } = workflow("preview");
    const { required, ...others } = jobs;
    for (const job of Object.values(others)) expect(job.if).to.contain(isOwn);
    expect(Object.keys(on)).to.deep.equal(["pull_request"]);
    const [, preview] = projectWorkflows();
    expect(preview!.jobs.preview!.if).to.equal(`github.event_name == 'pull_request' && ${isOwn}`);
    expect(preview!.jobs.drift!.if).to.equal("github.event_name == 'schedule'");
  });

  it("run a pull request's services in a job without rights, whose text goes into the comment alone", () => {
    const { prove, preview } = workflow("preview").jobs as Record<string, Job>;
    expect(preview!.needs).to.equal("prove");
    expect(preview!.steps.filter(({ run = "" }) => /\bprove -- /.test(run))).to.deep.equal([]);
    const stacks = preview!.strategy!.matrix.include!.map((each) => (each as Record<string, string>).stack);
    expect(prove!.strategy!.matrix).to.deep.equal({ stack: stacks });
    const [upload] = prove!.steps.filter(isAction("actions/upload-artifact"));
    const [download] = preview!.steps.filter(isAction("actions/download-artifact"));
    expect(upload!.with).to.include({ path: "prove.md", name: download!.with!.name });
    // In the checkout a file of the artefact could take the place of one that is run.
    expect(download!.with!.path).to.match(/^\$\{\{ runner\.temp \}\}\/prove$/);
  });

  it("say in the comment that nothing was proven, where the proof was killed: it says nothing of a change without services", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aoshingo-comment-"));
    const runner = await StepRunner.start(folder);
    const step = runSteps("preview").find(({ run }) => run.includes("github -- comment"))!;
    const commented = async () => {
      writeFileSync(join(folder, "preview.md"), "Nothing changes.\n");
      const { exitCode, text } = await runner.run(step.run, { STACK: "prod", PULL_REQUEST: "12", RUNNER_TEMP: folder });
      expect(exitCode, text).to.equal(0);
      return readFileSync(join(folder, "preview.md"), "utf8");
    };
    try {
      await runner.replace("npm", "");
      expect(await commented()).to.match(
        /^Nothing changes\.\n\n\*\*Mixed versions\*\*\n\n- nothing was proven: see the job prove\n$/,
      );
      mkdirSync(join(folder, "prove"));
      writeFileSync(join(folder, "prove/prove.md"), "");
      expect(await commented()).to.equal("Nothing changes.\n");
    } finally {
      await runner.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it("run on Node 24, and test on each version that has support", () => {
    const versions = Object.fromEntries(
      workflows().map(({ name }) => {
        const [node] = jobOf(workflow(name)).steps.filter(isAction("actions/setup-node"));
        return [name, node!.with!["node-version"]];
      }),
    );
    const { test, ...others } = versions;
    expect(test).to.match(/^\$\{\{ matrix\.node \}\}$/);
    expect(jobOf(workflow("test")).strategy?.matrix.node).to.deep.equal([22, 24, 26]);
    expect(new Set(Object.values(others))).to.deep.equal(new Set([24]));
  });
});
