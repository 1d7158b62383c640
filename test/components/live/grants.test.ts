import { expect } from "chai";
import { type Grants, grantsOf, unionOf } from "../../../components/live/grants";
import type { LiveService } from "../../../components/live/live";

const v1 = { image: `users@sha256:${"a".repeat(64)}`, name: "v1" };
const previous = (blue: number, green: number): LiveService => ({
  active: "blue",
  colours: { blue: { release: v1, size: blue }, green: { release: v1, size: green } },
});
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
const last = { blue: OLD, green: OLD };

describe("grants", () => {
  for (const [what, state, remembered, expected] of [
    ["are the settings' for a colour without instances", previous(0, 0), last, { blue: NEW, green: NEW }],
    ["stay for a colour that runs", previous(2, 0), last, { blue: OLD, green: NEW }],
    ["stay for both colours between warm-up and retirement", previous(2, 2), last, { blue: OLD, green: OLD }],
    ["are the settings' when nothing is remembered", previous(2, 0), undefined, { blue: NEW, green: NEW }],
  ] as const) {
    it(what, () => {
      expect(grantsOf(settings, ["arn:new"], state, remembered)).to.deep.equal(expected);
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
