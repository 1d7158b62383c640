import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { read } from "../docs/documents";
import { BOOK, bookOf } from "../docs/rule-book";
import { PROOFS } from "./proofs";

/** That the tests do notice is shown by `npm run mutate`, which takes as long as all of them. */
describe("the proofs of docs/aws-rules.md", () => {
  it("are there for each rule, and for no other", () => {
    const missing = bookOf(read(BOOK)).filter(({ numbers }) => !numbers.some((number) => number in PROOFS));
    expect(missing.map(({ numbers }) => numbers.join("-"))).to.deep.equal([]);
    const known = new Set(bookOf(read(BOOK)).flatMap(({ numbers }) => numbers));
    expect(Object.keys(PROOFS).filter((rule) => !known.has(rule))).to.deep.equal([]);
  });

  for (const [rule, proof] of Object.entries(PROOFS)) {
    if (typeof proof === "string") continue;
    it(`${rule}: takes out code that stands once in ${proof.file}`, () => {
      const { file, code, mutated, test } = proof;
      expect(read(file).split(code)).to.have.lengthOf(2);
      expect(mutated).to.not.equal(code);
      expect(existsSync(join(PROJECT_DIRECTORY, test)), test).to.equal(true);
    });
  }
});
