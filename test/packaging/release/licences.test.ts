import { expect } from "chai";
import { licenceList, licenceProblems, licensedPackages } from "../../../packaging/release/licences";

const packages = (licences: Record<string, string | undefined>) =>
  licensedPackages({
    packages: {
      "": {},
      ...Object.fromEntries(
        Object.entries(licences).map(([name, license]) => [`node_modules/${name}`, { version: "1.0.0", license }]),
      ),
    },
  });

describe("licenceProblems", () => {
  const cases: [what: string, licence: string | undefined, isAllowed: boolean][] = [
    ["MIT", "MIT", true],
    ["all of several", "(BSD-3-Clause AND Apache-2.0)", true],
    ["a choice with one that is allowed", "(GPL-3.0 OR MIT)", true],
    ["a choice without one", "GPL-2.0 OR GPL-3.0", false],
    ["several of which one is not allowed", "MIT AND GPL-3.0", false],
    ["what nobody can tell from the text", "(MIT OR GPL-3.0) AND GPL-2.0", false],
    ["a copyleft licence", "AGPL-3.0", false],
    ["another text", "SEE LICENSE IN LICENSE", false],
    ["none at all", undefined, false],
    ["an empty one", "", false],
  ];
  for (const [what, licence, isAllowed] of cases)
    it(`${isAllowed ? "allows" : "refuses"} ${what}`, () => {
      expect(licenceProblems(packages({ one: licence }))).to.have.lengthOf(isAllowed ? 0 : 1);
    });

  it("says which package, what it says, what is wanted and what to do", () => {
    expect(licenceProblems(packages({ "@scope/one": "GPL-3.0" }))).to.deep.equal([
      "@scope/one 1.0.0: licence GPL-3.0, wanted one of 0BSD, Apache-2.0, BlueOak-1.0.0, BSD-2-Clause, BSD-3-Clause, CC0-1.0, ISC, MIT, Python-2.0, Zlib; take another package, or look at its licence and say so in packaging/release/licences.ts",
    ]);
  });

  it("allows a package that somebody has looked at, as long as it says the same", () => {
    expect(licenceProblems(packages({ "spdx-exceptions": "CC-BY-3.0" }))).to.deep.equal([]);
    expect(licenceProblems(packages({ "spdx-exceptions": "GPL-3.0" }))).to.have.lengthOf(1);
    expect(licenceProblems(packages({ other: "CC-BY-3.0" }))).to.have.lengthOf(1);
  });
});

describe("licenceList", () => {
  it("has the packages under their licences, the most common first, and why one was allowed", () => {
    const list = licenceList(packages({ b: "ISC", c: "MIT", a: "MIT", "spdx-exceptions": "CC-BY-3.0" }));
    expect(list)
      .to.match(/^MIT: 2\n {2}a 1\.0\.0\n {2}c 1\.0\.0\n\n/)
      .and.include("spdx-exceptions 1.0.0 (a list of names");
  });
});
