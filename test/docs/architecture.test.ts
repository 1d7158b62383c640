import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { read } from "./documents";

/** What somebody reads in a morning. */
const FILES = 25;
const LINES = 2_500;

describe("the reading order of a deploy", () => {
  const [, text = ""] = /### A deploy\n([\s\S]*?)\n### /.exec(read("docs/architecture.md")) ?? [];
  const files = [...new Set([...text.matchAll(/`(automation\/[\w/.-]+\.ts)`/g)].map(([, file]) => file!))];

  it(`is at most ${FILES} files`, () => {
    expect(files.length).to.be.within(10, FILES);
  });

  it(`is at most ${LINES.toLocaleString("en")} lines: what a reader can do without is in files of its own`, () => {
    const lines = files.map((file) => readFileSync(join(PROJECT_DIRECTORY, file), "utf8").trimEnd().split("\n").length);
    expect(lines.reduce((sum, count) => sum + count)).to.be.at.most(LINES);
  });
});
