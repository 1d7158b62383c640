import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { filesBelow, read } from "./documents";

const BOOK = "docs/aws-rules.md";
const FOLDERS = ["automation", "bench", "components", "docs", "policy", "rehearsal", "services", "templates", "test"];
/** This file cites rules only as examples. */
const NOT_READ = /node_modules|^test\/docs\/aws-rules\.test\.ts$/;

/** `E22`, `W5-W6` or `E7, E9, C10`. */
const NUMBERS = String.raw`[A-Z]\d{1,2}(?:(?:, |-)[A-Z]\d{1,2})*`;
const BY_NAME = new RegExp(String.raw`aws-rules\s+(${NUMBERS})(?!\w)`, "g");
/** Without the book's name, as the rehearsal cloud cites: in brackets, or at the start of a comment. */
const BY_NUMBER = /(?:\(|\/\*\* )((?:[ERACKIMNWSPV]\d{1,2}(?:, |-)?)+)(?=[),:.;])/g;
const ENFORCED = "\n  - Enforced by:";

describe("docs/aws-rules.md", () => {
  const book = bookOf(read(BOOK));

  it("has each rule number once", () => {
    const numbers = book.flatMap((rule) => rule.numbers);
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).to.deep.equal([]);
    expect(numbers).to.have.length.above(150);
  });

  it("has every rule number that code, tests and documents cite", () => {
    const known = new Set(book.flatMap((rule) => rule.numbers));
    const unknown = sources().flatMap(({ path, text }) =>
      citedIn(text)
        .filter((number) => !known.has(number))
        .map((number) => `${path}: ${number}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("names files that cite the rule (UPDATE_DOCS=1 writes their names anew)", () => {
    const citing = sources().filter(({ path }) => path.endsWith(".ts"));
    const citations = new Map(citing.map(({ path, text }) => [path, new Set(citedIn(text))]));
    const cites = (path: string, { numbers }: Rule) => numbers.some((number) => citations.get(path)?.has(number));
    if (process.env.UPDATE_DOCS) {
      const pathsOf = (rule: Rule) => [...citations.keys()].filter((path) => cites(path, rule)).sort();
      writeFileSync(join(PROJECT_DIRECTORY, BOOK), withPaths(read(BOOK), pathsOf));
    }
    const strangers = bookOf(read(BOOK)).flatMap((rule) =>
      rule.enforcedBy.filter((path) => !cites(path, rule)).map((path) => `${rule.numbers.join("-")}: ${path}`),
    );
    expect(strangers).to.deep.equal([]);
  });
});

describe("citedIn", () => {
  it("finds rule numbers, one by one or in ranges", () => {
    expect(citedIn("(aws-rules E24)")).to.deep.equal(["E24"]);
    expect(citedIn("aws-rules E7, E9, C10; and more")).to.deep.equal(["E7", "E9", "C10"]);
    expect(citedIn("aws-rules A14-A17.")).to.deep.equal(["A14", "A15", "A16", "A17"]);
    expect(citedIn("/** E2, E3: characters. */")).to.deep.equal(["E2", "E3"]);
    expect(citedIn("Refused while an interface is in it (N7, N8).")).to.deep.equal(["N7", "N8"]);
  });

  it("takes the name of the service for no rule", () => {
    expect(citedIn("the deploy store (S3)")).to.deep.equal([]);
    expect(citedIn("(aws-rules S3)")).to.deep.equal(["S3"]);
  });
});

interface Rule {
  /** Two for a line that joins two rules. */
  numbers: string[];
  /** Paths of files below the project's folder. */
  enforcedBy: string[];
}

/** The rules in their order. A rule is an entry of a list that begins with its number. */
function bookOf(text: string): Rule[] {
  return entriesOf(text).flatMap((entry) => {
    const numbers = headOf(entry);
    if (numbers.length === 0) return [];
    const [, paths = ""] = entry.split(ENFORCED);
    return [{ numbers, enforcedBy: [...paths.matchAll(/`([^`]+)`/g)].map(([, path]) => path!) }];
  });
}

/** The text with the item "Enforced by" of each rule made from `pathsOf`; a rule without a path has no such item. */
function withPaths(text: string, pathsOf: (rule: Rule) => string[]): string {
  return entriesOf(text)
    .map((entry) => {
      const numbers = headOf(entry);
      if (numbers.length === 0) return entry;
      const end = /\n*$/.exec(entry)![0];
      const rule = entry.split(ENFORCED)[0]!.trimEnd();
      const paths = pathsOf({ numbers, enforcedBy: [] }).map((path) => `\`${path}\``);
      return paths.length === 0 ? rule + end : `${rule}${ENFORCED} ${paths.join(", ")}${end}`;
    })
    .join("");
}

/** The text cut before each entry of a list and before each heading. */
function entriesOf(text: string): string[] {
  return text.split(/^(?=- |#)/m);
}

function headOf(entry: string): string[] {
  const [, head] = new RegExp(String.raw`^- \*\*(${NUMBERS})\*\*`).exec(entry) ?? [];
  return head ? expanded(head) : [];
}

function citedIn(text: string): string[] {
  const byName = [...text.matchAll(BY_NAME)].map(([, list]) => list!);
  const byNumber = [...text.matchAll(BY_NUMBER)].map(([, list]) => list!).filter((list) => list !== "S3");
  return [...byName, ...byNumber].flatMap(expanded);
}

/** `A14-A16, A20` is A14, A15, A16 and A20. */
function expanded(list: string): string[] {
  return list.split(", ").flatMap((part) => {
    const [from, to = from] = part.split("-");
    const first = Number(from!.slice(1));
    return Array.from({ length: Number(to!.slice(1)) - first + 1 }, (_, index) => `${from![0]}${first + index}`);
  });
}

function sources(): { path: string; text: string }[] {
  const paths = FOLDERS.flatMap((folder) => filesBelow(folder, /\.(ts|md|ya?ml)$/));
  return ["README.md", "index.ts", ...paths]
    .filter((path) => !NOT_READ.test(path))
    .map((path) => ({ path, text: read(path) }));
}
