import { expect } from "chai";
import { type Grants, grantsOf, unionOf } from "../../../components/live/grants";

const v1 = { image: `users@sha256:${"a".repeat(64)}`, name: "v1" };
const read = { actions: ["s3:GetObject"], resources: ["*"] };
const database = { port: 5432, cidr: "10.20.0.0/24" };
const cache = { port: 6379, securityGroup: "sg-0123456789abcdef0" };
const NEW: Grants = { calls: ["billing"], sends: [], egress: [database], secretArns: ["arn:new"], iam: [read] };
const OLD: Grants = {
  calls: ["users"],
  sends: ["mailer"],
  egress: [cache, database],
  secretArns: ["arn:old"],
  iam: [],
};
const settings = { calls: ["billing"], sends: [], egress: [database], iam: [read] };

describe("grants", () => {
  for (const [what, size, remembered, expected] of [
    ["are the settings' for a colour without instances", 0, OLD, NEW],
    ["stay for a colour that runs", 2, OLD, OLD],
    ["are the settings' when nothing is remembered", 2, undefined, NEW],
  ] as const) {
    it(what, () => {
      expect(grantsOf(settings, ["arn:new"], { release: v1, size }, remembered)).to.deep.equal(expected);
    });
  }

  it("of a service are those of either colour, each once", () => {
    expect(unionOf({ blue: OLD, green: { ...NEW, calls: ["users", "billing"] } })).to.deep.equal({
      calls: ["users", "billing"],
      sends: ["mailer"],
      egress: [cache, database],
      secretArns: ["arn:old", "arn:new"],
      iam: [read],
    });
  });
});
