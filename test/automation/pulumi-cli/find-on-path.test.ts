import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { findOnPath } from "../../../automation/pulumi-cli/find-on-path";

describe("findOnPath", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-path-"));
    for (const file of ["one/pulumi", "two/pulumi", "windows/pulumi.EXE", "text/pulumi"]) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), "");
      if (!file.startsWith("text")) chmodSync(join(folder, file), 0o755);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const path = (...names: string[]) => names.map((name) => join(folder, name)).join(delimiter);
  const cases: [what: string, found: () => string | undefined, file: string | undefined][] = [
    ["the first of several", () => findOnPath("pulumi", path("none", "two", "one"), [""]), "two/pulumi"],
    ["nothing that cannot be run", () => findOnPath("pulumi", path("text"), [""]), undefined],
    [
      "one by its extension, as on Windows",
      () => findOnPath("pulumi", path("one", "windows"), [".COM", ".EXE"]),
      "windows/pulumi.EXE",
    ],
    ["nothing in an empty PATH", () => findOnPath("pulumi", "", [""]), undefined],
  ];
  for (const [what, found, file] of cases)
    it(`finds ${what}`, () => {
      expect(found()).to.equal(file === undefined ? undefined : join(folder, file));
    });
});
