import { expect } from "chai";
import { type Job, jobOf, workflow, workflows } from "./workflow";

const NAMES = ["deploy", "drift", "preview", "release", "rollback", "test"];
/** What each job may do with the token of GitHub. */
const PERMISSIONS: Record<string, Record<string, string> | undefined> = {
  deploy: { contents: "read", "id-token": "write" },
  rollback: { contents: "read", "id-token": "write" },
  preview: { contents: "read", "id-token": "write", "pull-requests": "write" },
  drift: { contents: "read", "id-token": "write", issues: "write" },
  // The job that runs code of others. What `publish` may do is below.
  release: { contents: "read" },
  test: undefined,
};
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

const uses = () =>
  workflows().flatMap(({ name, text }) =>
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

  for (const name of NAMES) {
    it(`${name} has the permissions that it needs and no others`, () => {
      const { permissions, jobs } = workflow(name);
      expect(permissions).to.deep.equal(name === "test" ? { contents: "read" } : {});
      const [first, ...others] = Object.keys(jobs);
      expect(jobs[first!]!.permissions).to.deep.equal(PERMISSIONS[name]);
      expect(others).to.deep.equal(name === "release" ? ["publish"] : []);
    });

    it(`${name} puts no expression into a command, where its text would be run`, () => {
      for (const { steps } of Object.values(workflow(name).jobs)) {
        for (const { run } of steps) expect(run ?? "").not.to.contain("${{");
      }
    });

    it(`${name} leaves no token in the checkout`, () => {
      const checkouts = jobOf(workflow(name)).steps.filter((step) => step.uses?.startsWith("actions/checkout@"));
      expect(checkouts).to.have.length(1);
      // A preview needs the commit before, to prove that the two get along.
      const depth = name === "preview" ? { "fetch-depth": 2 } : {};
      expect(checkouts[0]!.with).to.deep.equal({ "persist-credentials": false, ...depth });
    });
  }

  it("deploy one at a time for each stack, cancel nothing that runs, and let no rollback wait for a deploy", () => {
    const [deploy, rollback] = ["deploy", "rollback"].map((name) => workflow(name).concurrency);
    for (const concurrency of [deploy!, rollback!]) expect(concurrency["cancel-in-progress"]).to.equal(false);
    expect(deploy!.group).to.match(/^stack-\$\{\{ inputs\.stack( \|\| .*)? \}\}$/);
    expect(rollback!.group).to.match(/^rollback-\$\{\{ inputs\.stack \}\}$/);
  });

  it("take the deploy role only in the stack's environment, and without a cache", () => {
    for (const { name, text } of workflows()) {
      const job = jobOf(workflow(name));
      expect(text.includes("vars.AWS_DEPLOY_ROLE"), name).to.equal(name === "deploy" || name === "rollback");
      if (text.includes("vars.AWS_DEPLOY_ROLE"))
        expect(job.environment).to.match(/^\$\{\{ inputs\.stack( \|\| .*)? \}\}$/);
      // A job in an environment has another subject than the one that the preview role trusts.
      else expect(job.environment).to.equal(undefined);
      const [node] = job.steps.filter((step) => step.uses?.startsWith("actions/setup-node@"));
      expect(node!.with!.cache ?? "none", name).to.equal(name === "test" ? "npm" : "none");
    }
  });

  for (const name of ["preview", "drift"])
    it(`${name} takes each stack's preview role from a variable whose name GitHub allows`, () => {
      const { strategy, steps } = jobOf(workflow(name));
      expect(strategy!.matrix).to.deep.equal({ include: [{ stack: "prod", role: "AWS_PREVIEW_ROLE_PROD" }] });
      const [aws] = steps.filter((step) => step.uses?.startsWith("aws-actions/configure-aws-credentials@"));
      // A name that is made from the stack's would have its hyphens.
      expect(aws!.with!["role-to-assume"]).to.match(/^\$\{\{ vars\[matrix\.role\] \}\}$/);
    });

  it("release what another job has packed, in an environment, with rights that no code of the project has", () => {
    const { publish } = workflow("release").jobs as Record<string, Job>;
    expect(publish!.permissions).to.deep.equal({ contents: "write", "id-token": "write" });
    expect(publish!.environment).to.equal("npm");
    for (const { uses: action = "", run = "" } of publish!.steps) {
      expect(action).to.match(/^$|^actions\/(?:setup-node|download-artifact)@/);
      expect(run).to.match(/^$|^npm publish --provenance |^gh release create /);
    }
  });

  it("publish nothing but a tag, and by hand nothing unless told so", () => {
    const { on, jobs } = workflow("release");
    expect(on).to.have.nested.property("workflow_dispatch.inputs.dry-run.default", true);
    expect(on).to.have.nested.property("push.tags").that.deep.equals(["v*"]);
    expect((jobs.publish as Job & { if: string }).if)
      .to.match(/^github\.ref_type == 'tag' && /)
      .and.contain("!inputs.dry-run");
  });

  it("ask for a session as long as the job may last", () => {
    for (const name of ["deploy", "rollback"]) {
      const { text } = workflow(name);
      expect(text).to.contain("role-duration-seconds: 14400").and.contain("timeout-minutes: 240");
    }
  });

  it("preview no pull request from a fork", () => {
    expect(workflow("preview").text).to.contain(
      "if: github.event.pull_request.head.repo.full_name == github.repository",
    );
    expect(Object.keys(workflow("preview").on)).to.deep.equal(["pull_request"]);
  });

  it("run on Node 24, and test on each version that has support", () => {
    const versions = Object.fromEntries(
      workflows().map(({ name }) => {
        const [node] = jobOf(workflow(name)).steps.filter((step) => step.uses?.startsWith("actions/setup-node@"));
        return [name, node!.with!["node-version"]];
      }),
    );
    const { test, ...others } = versions;
    expect(test).to.match(/^\$\{\{ matrix\.node \}\}$/);
    expect(jobOf(workflow("test")).strategy?.matrix.node).to.deep.equal([22, 24, 26]);
    expect(new Set(Object.values(others))).to.deep.equal(new Set([24]));
  });
});
