import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { PROOFS } from "../mutations/proofs";
import { read } from "./documents";
import { BOOK, bookOf, citedIn, type Rule, sources, withItems } from "./rule-book";

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

  it("names the files that cite a rule, and all of them (UPDATE_DOCS=1 writes their names anew)", () => {
    const citing = sources().filter(({ path }) => path.endsWith(".ts"));
    const citations = new Map(citing.map(({ path, text }) => [path, new Set(citedIn(text))]));
    const filesCiting = ({ numbers }: Rule) =>
      [...citations.keys()].filter((path) => numbers.some((number) => citations.get(path)!.has(number))).sort();
    const itemsOf = (rule: Rule) => {
      const paths = filesCiting(rule);
      return [...(paths.length > 0 ? [`Enforced by: ${inCode(paths)}`] : []), ...proofItems(rule)];
    };
    const document = read(BOOK);
    if (process.env.UPDATE_DOCS) writeFileSync(join(PROJECT_DIRECTORY, BOOK), withItems(document, itemsOf));
    const wrong = bookOf(read(BOOK)).flatMap((rule) => {
      const [number, paths] = [rule.numbers.join("-"), filesCiting(rule)];
      return [
        ...rule.enforcedBy.filter((path) => !paths.includes(path)).map((path) => `${number}: ${path} does not cite it`),
        ...paths.filter((path) => !rule.enforcedBy.includes(path)).map((path) => `${number}: ${path} is not named`),
      ];
    });
    expect(wrong).to.deep.equal([]);
  });

  it("says of each rule which test holds it, or why none does (UPDATE_DOCS=1 writes it anew)", () => {
    const document = read(BOOK);
    for (const rule of book)
      for (const item of proofItems(rule)) expect(document, rule.numbers.join()).to.include(`\n  - ${item}\n`);
  });
});

/** What the proofs of a rule say in the book. A rule with two numbers may have a proof for each. */
function proofItems({ numbers }: Rule): string[] {
  const proofs = numbers.flatMap((number) => PROOFS[number] ?? []);
  const tests = proofs.flatMap((proof) => (typeof proof === "string" ? [] : [proof.test]));
  const reasons = proofs.filter((proof) => typeof proof === "string");
  return [
    ...(tests.length > 0 ? [`Proved by: ${inCode([...new Set(tests)])}`] : []),
    ...reasons.map((reason) => `Not held here: ${reason}`),
  ];
}

function inCode(paths: readonly string[]): string {
  return paths.map((path) => `\`${path}\``).join(", ");
}

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
