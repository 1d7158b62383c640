import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { assertKeptInside, filesToCommit, tarballIn, tarballWanted } from "../../../automation/upgrade/tarball";
import { UserError } from "../../../components/core/user-error";

describe("the tarball of an upgrade", () => {
  let repository: string;
  let project: string;
  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), "aoshingo-tarball-"));
    project = join(repository, "deploy");
    mkdirSync(project);
  });
  afterEach(() => rmSync(repository, { recursive: true }));

  const names = (spec: string, key = "dependencies") =>
    writeFileSync(join(project, "package.json"), JSON.stringify({ [key]: { aoshingo: spec } }));

  it("is taken from the folder that its path is relative to", () => {
    expect(tarballWanted("../aoshingo-0.2.0.tgz", "/work/shop")).to.equal("/work/aoshingo-0.2.0.tgz");
    expect(tarballWanted("/tmp/aoshingo-0.2.0.tgz", "/work/shop")).to.equal("/tmp/aoshingo-0.2.0.tgz");
  });

  for (const [what, spec, key, expected] of [
    ["a dependency", "file:../aoshingo-0.1.0.tgz", "dependencies", "aoshingo-0.1.0.tgz"],
    ["one for development", "file:aoshingo-0.1.0.tgz", "devDependencies", "deploy/aoshingo-0.1.0.tgz"],
    ["none", "0.1.0", "dependencies", undefined],
  ] as const)
    it(`is what package.json names before: ${what}`, () => {
      names(spec, key);
      expect(tarballIn(project)).to.equal(expected && join(repository, expected));
    });

  for (const [what, present, wanted, advice] of [
    [
      "outside of a repository that has the old one in the project",
      "file:aoshingo-0.1.0.tgz",
      "../../aoshingo-0.2.0.tgz",
      "`cp ../../aoshingo-0.2.0.tgz .`, then --to aoshingo-0.2.0.tgz",
    ],
    [
      "outside of a repository that has the old one beside the project",
      "file:../vendor/aoshingo-0.1.0.tgz",
      "../../new ones/aoshingo-0.2.0.tgz",
      "`cp '../../new ones/aoshingo-0.2.0.tgz' ../vendor`, then --to ../vendor/aoshingo-0.2.0.tgz",
    ],
  ] as const)
    it(`is refused ${what}`, () => {
      names(present);
      expect(() => assertKeptInside(project, tarballWanted(wanted, project), repository)).to.throw(
        UserError,
        `--to is ${wanted}, outside of ${repository}, where \`npm ci\` of another clone does not find it: ${advice}`,
      );
    });

  for (const [what, present, wanted] of [
    ["in the project", "file:aoshingo-0.1.0.tgz", "aoshingo-0.2.0.tgz"],
    ["in the repository", "file:aoshingo-0.1.0.tgz", "../..vendor/aoshingo-0.2.0.tgz"],
    ["outside, where the old one is outside, too", "file:../../aoshingo-0.1.0.tgz", "../../aoshingo-0.2.0.tgz"],
    ["outside, where the old one is no tarball", "0.1.0", "../../aoshingo-0.2.0.tgz"],
  ] as const)
    it(`is taken ${what}`, () => {
      names(present);
      assertKeptInside(project, tarballWanted(wanted, project), repository);
    });

  const commit = (before: string, tarball: string) =>
    filesToCommit({
      ...{ project, repository, lock: join(repository, "package-lock.json") },
      ...{ tarball: tarballWanted(tarball, project), before: tarballWanted(before, project) },
    });

  it("is committed with package.json and the lock file, in the place of the old one", () => {
    expect(commit("aoshingo-0.1.0.tgz", "aoshingo-0.2.0.tgz")).to.deep.equal({
      added: ["package.json", "../package-lock.json", "aoshingo-0.2.0.tgz"],
      removed: ["aoshingo-0.1.0.tgz"],
      outside: null,
    });
    expect(commit("aoshingo.tgz", "aoshingo.tgz").removed).to.deep.equal([]);
  });

  it("is named where it is outside", () => {
    expect(commit("../../aoshingo-0.1.0.tgz", "../../aoshingo-0.2.0.tgz")).to.deep.equal({
      added: ["package.json", "../package-lock.json"],
      removed: [],
      outside: "../../aoshingo-0.2.0.tgz",
    });
  });
});
