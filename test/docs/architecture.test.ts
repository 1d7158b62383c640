import { dirname, join } from "node:path";
import { expect } from "chai";
import { filesBelow, read } from "./documents";

/** What somebody reads in a morning. */
const FILES = 25;
const LINES = 2_500;

const linesOf = (file: string) => read(file).trimEnd().split("\n").length;

describe("the reading order of a deploy", () => {
  const [, text = ""] = /### A deploy\n([\s\S]*?)\n### /.exec(read("docs/architecture.md")) ?? [];
  const files = [...new Set([...text.matchAll(/`(automation\/[\w/.-]+\.ts)`/g)].map(([, file]) => file!))];

  it(`is at most ${FILES} files`, () => {
    expect(files.length).to.be.within(10, FILES);
  });

  it(`is at most ${LINES.toLocaleString("en")} lines: what a reader can do without is in files of its own`, () => {
    expect(files.map(linesOf).reduce((sum, count) => sum + count)).to.be.at.most(LINES);
  });
});

describe("files that are too small to be worth opening", () => {
  /** So many lines are worth a file of their own even if one other file imports it. */
  const WORTH = 15;
  /** What is looked for by its place: an AWS service of the rehearsal cloud, and the service that a template begins with. */
  const EXPECTED = [/^rehearsal\/cloud\/services\/\w+\/index\.ts$/, /^templates\//];

  it("are none: what one file alone imports stands in it", () => {
    const folders = ["automation", "bench", "components", "packaging", "policy", "rehearsal", "templates", "test"];
    const files = folders.flatMap((folder) => filesBelow(folder, /\.ts$/));
    const importers = new Map(files.map((file) => [file, 0]));
    for (const file of files)
      for (const imported of importedBy(file)) importers.set(imported, (importers.get(imported) ?? 0) + 1);
    expect([...importers.values()].some((count) => count > 100)).to.equal(true);
    const small = files.filter((file) => importers.get(file) === 1 && linesOf(file) < WORTH);
    expect(small.filter((file) => !EXPECTED.some((expected) => expected.test(file)))).to.deep.equal([]);
  });

  function importedBy(file: string): Set<string> {
    const paths = [...read(file).matchAll(/(?:from|import|require\(|import\()\s*"(\.[^"]+)"/g)].map(
      ([, path]) => path!,
    );
    return new Set(paths.map((path) => `${join(dirname(file), path)}.ts`));
  }
});
