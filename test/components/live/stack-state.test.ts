import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { UserError } from "../../../components/core/user-error";
import { readOutputs, readState, stateText } from "../../../components/live/stack-state";

/** `pulumi stack output --json` of a stack that commit 1fcb595 brought up: the state in outputs of its own. */
const SEPARATE = JSON.parse(readFileSync(join(__dirname, "separate-outputs.json"), "utf8"));

describe("a stack's state", () => {
  const { live, region, foundation, deletionProtection, deployStore, edges, services } = SEPARATE;

  it("is read from the separate outputs of an older program", () => {
    const { grants, ...state } = readState(SEPARATE);
    expect(state).to.deep.equal({
      ...{ region, deletionProtection, deployStore, edges, services },
      immutableSettings: foundation,
    });
    const { reaches, ...others } = SEPARATE.grants.users.blue;
    expect(reaches).to.deep.equal([{ port: 5432, cidr: "10.20.0.0/24" }]);
    expect(grants!.users!.blue).to.deep.equal({ ...others, egress: reaches });
  });

  it("is read from the output that holds all of it, whatever else is printed", () => {
    const state = readState(SEPARATE);
    const printed = { live, services: { users: { url: "https://users.example.jp" } }, state: stateText(state) };
    expect(readState(printed)).to.deep.equal(state);
    expect(readOutputs(printed)).to.deep.equal(readOutputs(SEPARATE));
    expect(readOutputs(printed)).to.deep.equal({ live, ...state });
  });

  it("leaves out what an older program did not write, and has empty egress", () => {
    const { reaches: _, ...blue } = SEPARATE.grants.users.blue;
    expect(readState({ region, grants: { users: { blue } } })).to.deep.equal({
      region,
      grants: { users: { blue: { ...blue, egress: [] } } },
    });
  });

  it("is empty before the first up", () => {
    expect(readOutputs({})).to.equal(null);
    expect(readState({})).to.deep.equal({});
  });

  it("is refused if a newer program wrote it", () => {
    for (const [text, version] of [
      ['2 {"region":"x"}', "2"],
      ["{}", "unknown"],
    ]) {
      expect(() => readState({ state: text })).to.throw(
        UserError,
        `the stack's output \`state\` has version ${version}, and this program reads 1: ` +
          "use the version of the program that brought the stack up last, or a newer one.",
      );
    }
  });
});
