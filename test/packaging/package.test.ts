import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { folderDigests } from "../rehearsal/folder-digests";
import { repeatedWhenTooBusy } from "../rehearsal/repeated-when-too-busy";
import { PackedPackage } from "./packed-package";

const NETWORK = ["--loopback", "127.95", "--port-offset", "55000"];

/** The package in a project of its own: each case continues with what the case before left. */
describe("the package", function () {
  this.timeout(20 * 60_000);

  let packed: PackedPackage;
  let project: string;

  before(async () => {
    packed = await PackedPackage.make();
    ({ project } = packed);
  });
  after(() => packed?.remove());

  it("has compiled code, types, templates and documents, and no source of ours", async () => {
    const files = (await readdir(join(packed.base, "new"), { recursive: true })).map((path) =>
      path.replaceAll("\\", "/"),
    );
    expect(files).to.include.members([
      "bin/aoshingo.js",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/components/index.js",
      "dist/components/index.d.ts",
      "dist/automation/page/kit/page.css",
      "dist/rehearsal/cloud/processes/launch-container.sh",
      "dist/rehearsal/package-lock.json",
      "dist/services/users/Dockerfile",
      "dist/templates/api/gitignore",
      "docs/settings.schema.json",
      "docs/quick-start.md",
      "docs/components.md",
    ]);
    const source = /^(?!dist\/(?:templates|services\/users)\/).*(?<!\.d)\.ts$/;
    expect(files.filter((path) => source.test(path) || path.includes("node_modules"))).to.deep.equal([]);
  });

  it("begins a project of ten files in an empty folder, and overwrites nothing", async () => {
    expect(await packed.begin("new"))
      .to.include("= package.json")
      .and.include("+ services/hello/main.ts");
    const digests = await folderDigests(project);
    const files = Object.keys(digests).filter((path) => !/^(node_modules|package-lock\.json)/.test(path));
    expect(files.sort()).to.have.lengthOf(10);
    expect(await packed.aoshingo(["init", "--yes", "--domain", "example.com"])).to.include("nothing was written");
    expect(await folderDigests(project)).to.deep.equal(digests);
  });

  it("gives components and the rehearsal to code of the project's own", async () => {
    const code = `
      const { program, Network, Edge, Service } = require("aoshingo/components");
      const { RehearsalEnvironment } = require("aoshingo/rehearsal");
      console.log([program, Network, Edge, Service, RehearsalEnvironment].map((one) => typeof one).join());`;
    expect(await packed.run(process.execPath, ["-e", code])).to.match(
      /^function,function,function,function,function$/m,
    );
  });

  it("rehearses it: a whole deploy under load, in the role of its jobs, without a failed request", async () => {
    const settings = join(project, "Pulumi.prod.yaml");
    const before = await readFile(settings, "utf8");
    const key = "arn:aws:kms:eu-west-1:999999999999:key/11111111-2222-3333-4444-555555555555";
    const ci = `  aoshingo:ci: { repository: acme/shop, environment: production, secretsKey: "${key}" }\n`;
    await writeFile(settings, before.replace("config:\n", `config:\n${ci}`));
    const { exitCode, text } = await repeatedWhenTooBusy(20, (rate) =>
      packed.end(packed.program, ["rehearse", ...NETWORK, "--rate", String(rate), "--speed", "40", "--json"], project),
    );
    expect(exitCode, text).to.equal(0);
    const report = JSON.parse(text.split("\n").find((line) => line.startsWith("{"))!);
    expect(report).to.include({ ok: true });
    expect(text).to.match(/: 0 failed|"ok":true/);
    const accesses = await readFile(join(project, "out/rehearsal/cloud/access.ndjson"), "utf8");
    expect(accesses, "deploys act in the role of their jobs").to.match(/"roleName":"ci-deploy-/);
    await writeFile(settings, before);
  });
});
