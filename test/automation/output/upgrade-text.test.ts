import { expect } from "chai";
import { upgradedText, upgradeText } from "../../../automation/output/upgrade-text";

const NOTHING = { from: "0.1.0", to: "0.2.0", stacks: [], settings: { added: [], removed: [] } };

describe("the text of an upgrade", () => {
  it("says what becomes of each workflow", () => {
    const states = ["ours", "changed", "missing"] as const;
    const workflows = states.map((state) => ({
      path: `../${state}.yml`,
      template: `../node_modules/aoshingo/${state}.yml`,
      state,
    }));
    expect(
      upgradeText({ ...NOTHING, workflows })
        .split("\n\nWorkflows:\n")[1]!
        .split("\n"),
    ).to.deep.equal([
      "  ~ ../ours.yml: as the new version has it",
      "  = ../changed.yml: yours differs from the old version's, and stays; compare it with ../node_modules/aoshingo/changed.yml",
      "  - ../missing.yml: is not there, and is not written; the new version's is ../node_modules/aoshingo/missing.yml",
    ]);
    expect(upgradeText({ ...NOTHING, workflows: [] })).to.match(/\nWorkflows: the same$/);
  });

  it("says what to do next, and which files belong into the commit", () => {
    const text = upgradedText({
      to: "0.2.0",
      stacks: ["prod"],
      added: ["package.json", "our tarballs/aoshingo-0.2.0.tgz"],
      removed: ["aoshingo-0.1.0.tgz"],
      outside: null,
    });
    expect(text.split("\n")).to.deep.equal([
      "",
      "Installed 0.2.0. Next",
      "  git add package.json 'our tarballs/aoshingo-0.2.0.tgz'",
      "  git rm aoshingo-0.1.0.tgz",
      "  git commit",
      "then merge it into `main`, and there, while no run is unfinished",
      "  pulumi preview --stack prod && pulumi up --stack prod",
    ]);
  });

  it("says that another clone does not find a tarball outside of the repository", () => {
    const outside = "../aoshingo-0.2.0.tgz";
    const text = upgradedText({ to: "0.2.0", stacks: [], added: ["package.json"], removed: [], outside });
    expect(text).to.match(/^ {2}git commit\n\n! package\.json names \.\.\/aoshingo-0\.2\.0\.tgz, outside of the repo/m);
    expect(text).not.to.include("git rm");
  });
});
