import { expect } from "chai";
import { STEPS } from "../../automation/deploy/steps";
import { read } from "./documents";

describe("docs/how-a-deploy-works.md", () => {
  it("has a row for each step, in the order in which a run performs them", () => {
    const [, table = ""] = /\n## The steps\n\n\| step .*\n.*\n([\s\S]*?)\n\n/.exec(read("docs/how-a-deploy-works.md"))!;
    const rows = table.split("\n").flatMap((row) => row.split("|")[1]!.trim().split(", "));
    expect(rows).to.deep.equal(STEPS.map(({ name }) => name));
  });
});
