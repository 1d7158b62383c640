import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NpmRegistry } from "./npm-registry";
import { StepRunner } from "./step-runner";
import { projectWorkflows } from "./workflow";

/** A project's steps that run aoshingo by npx, in jobs that can take a role. */
const STEPS = projectWorkflows().flatMap(({ path, jobs }) =>
  Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run = "" }) => (/\bnpx\b/.test(run) ? [{ path, run }] : [])),
  ),
);

describe("a project's steps that run npx", () => {
  let folder: string;
  let registry: NpmRegistry;
  let runner: StepRunner;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-npx-"));
    registry = await NpmRegistry.start("9.9.9");
    runner = await StepRunner.start(folder);
  });
  afterEach(async () => {
    await runner.stop();
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  it("let it install nothing: in CI it does so without a question, and the name is not ours", () => {
    expect(STEPS).to.have.length.above(5);
    for (const { path, run } of STEPS) expect(run, path).to.match(/^npx --no -- aoshingo /);
  });

  it("fail where the package is not installed, and get no code from the registry", async () => {
    const { exitCode, text } = await runner.run(STEPS[0]!.run, { ...registry.environment, CI: "true" });
    expect(exitCode, text).to.equal(1);
    expect(text).to.contain("missing packages");
    expect(new Set(registry.requests)).to.deep.equal(new Set(["GET /aoshingo"]));
  });

  it("give an installed package all their arguments, and ask no registry", async () => {
    const bin = join(folder, "node_modules/.bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "aoshingo"), '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n', { mode: 0o755 });
    const { run } = STEPS.find(({ run }) => run.includes("aoshingo preview"))!;
    const { text } = await runner.run(run, { ...registry.environment, CI: "true", STACK: "my stack" });
    expect(text.split("\n")).to.deep.equal([
      ...["<preview>", "<--stack>", "<my stack>", "<--markdown>", "<preview.md>", "<--fail-on-replace>"],
    ]);
    expect(registry.requests).to.deep.equal([]);
  });
});
