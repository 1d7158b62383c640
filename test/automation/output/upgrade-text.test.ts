import { expect } from "chai";
import { upgradeText } from "../../../automation/output/upgrade-text";

const NOTHING = { from: "0.1.0", to: "0.2.0", stacks: [], settings: { added: [], removed: [] } };

describe("the text of an upgrade", () => {
  it("says what becomes of each workflow", () => {
    const states = ["ours", "changed", "missing"] as const;
    const workflows = states.map((state) => ({ path: `../${state}.yml`, template: `${state}.yml`, state }));
    expect(
      upgradeText({ ...NOTHING, workflows })
        .split("\n\nWorkflows:\n")[1]!
        .split("\n"),
    ).to.deep.equal([
      "  ~ ../ours.yml: as the new version has it",
      "  = ../changed.yml: yours differs from the old version's, and stays; compare it with node_modules/aoshingo/dist/templates/project/changed.yml",
      "  - ../missing.yml: is not there, and is not written; the new version's is node_modules/aoshingo/dist/templates/project/missing.yml",
    ]);
    expect(upgradeText({ ...NOTHING, workflows: [] })).to.match(/\nWorkflows: the same$/);
  });
});
