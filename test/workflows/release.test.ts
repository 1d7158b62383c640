import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NpmRegistry } from "./npm-registry";
import { StepRunner } from "./step-runner";
import { type Job, workflow } from "./workflow";

const TARBALL = "what pack has made";
const DIGEST = `sha512-${createHash("sha512").update(TARBALL).digest("base64")}`;

/** The steps that publish. npm and gh are replaced: they say what they have. */
describe("the job `publish`, when it is run again", () => {
  let folder: string;
  let runner: StepRunner;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-release-"));
    await mkdir(join(folder, "release"));
    for (const [file, text] of Object.entries({ "aoshingo-0.2.0.tgz": TARBALL, "sbom.cdx.json": "{}", "notes.md": "" }))
      await writeFile(join(folder, "release", file), text);
    runner = await StepRunner.start(folder);
  });
  afterEach(async () => {
    await runner.stop();
    await rm(folder, { recursive: true });
  });

  /** @param published digest that npm has of the version */
  async function publish(published: string, hasRelease: boolean) {
    const refused = published === "" ? "" : "echo cannot publish over it >&2; exit 1";
    await runner.replace("npm", `if [ "$1" = view ]; then echo '${published}'; else :; ${refused}\nfi`);
    await runner.replace("gh", `if [ "$2" = view ]; then exit ${hasRelease ? 0 : 1}; fi`);
    const steps = (workflow("release").jobs as Record<string, Job>).publish!.steps.filter(({ run }) => run);
    for (const { run } of steps) {
      const { exitCode } = await runner.run(run!, { GITHUB_REF_NAME: "v0.2.0" });
      if (exitCode !== 0) break;
    }
    return (await runner.calls()).map((call) =>
      call
        .split(" ")
        .slice(0, call.startsWith("gh") ? 4 : 2)
        .join(" "),
    );
  }

  it("publishes and makes the release the first time", async () => {
    expect(await publish("", false)).to.deep.equal([
      ...["npm view", "npm publish"],
      ...["gh release view v0.2.0", "gh release create v0.2.0"],
    ]);
  });

  it("goes on after a version that was published with the same digest", async () => {
    expect(await publish(DIGEST, false)).to.deep.equal([
      "npm view",
      ...["gh release view v0.2.0", "gh release create v0.2.0"],
    ]);
  });

  it("uploads the files again to a release that is there", async () => {
    expect(await publish(DIGEST, true)).to.deep.equal([
      "npm view",
      ...["gh release view v0.2.0", "gh release upload v0.2.0"],
    ]);
  });

  it("ends at a version that was published with another digest", async () => {
    expect(await publish("sha512-other", false)).to.deep.equal(["npm view", "npm publish"]);
  });
});

describe("the job `pack`", () => {
  let folder: string;
  let registry: NpmRegistry;
  let runner: StepRunner;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-pack-"));
    registry = await NpmRegistry.start("0.2.0");
    runner = await StepRunner.start(folder);
  });
  afterEach(async () => {
    await runner.stop();
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  // Until somebody raises it: each pull request to what is packed has the version that was released last.
  for (const [what, version] of [
    ["that npm has already", "0.2.0"],
    ["that npm does not have", "0.3.0"],
  ] as const)
    it(`tries to publish a version ${what}`, async () => {
      await mkdir(join(folder, "out/release"), { recursive: true });
      await writeFile(join(folder, "package.json"), JSON.stringify({ name: "aoshingo", version }));
      await execa("npm", ["pack", "--pack-destination", "out/release"], { cwd: folder, env: registry.environment });
      const [dryRun] = (workflow("release").jobs as Record<string, Job>).pack!.steps.filter(({ run = "" }) =>
        run.startsWith("npm publish "),
      );
      const { exitCode, text } = await runner.run(dryRun!.run!, registry.environment);
      expect(exitCode, text).to.equal(0);
      expect(text).to.contain(`+ aoshingo@${version}`);
      expect(registry.requests.filter((request) => !request.startsWith("GET "))).to.deep.equal([]);
    });
});
