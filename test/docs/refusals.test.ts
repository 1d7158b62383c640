import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { read } from "./documents";

describe("docs/refusals.md", () => {
  const rows = read("docs/refusals.md")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| kind"));

  it("has a test for each kind", () => {
    expect(rows).to.have.length.above(20);
    for (const row of rows) expect(row).to.match(/`test\/[^`]+\.test\.ts` "[^"]+" \|$/);
  });

  it("names tests that exist", () => {
    for (const row of rows) {
      const [, path = "", title = ""] = /`(test\/[^`]+\.test\.ts)` "([^"]+)" \|$/.exec(row) ?? [];
      expect(existsSync(join(PROJECT_DIRECTORY, path)), path).to.equal(true);
      expect(read(path), `${path} has no "${title}"`).to.include(title);
    }
  });
});
