import { expect } from "chai";
import { describeMissing, type Grants, grantsOf, missingGrants, unionOf } from "../../../components/live/grants";

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

/** A running release of an older program, under settings that have changed since. */
const SOURCES = { release: null, settings: NEW, last: OLD, ran: true, isActive: true, isDeploy: false };
const BOTH: Grants = {
  calls: ["users", "billing"],
  sends: ["mailer"],
  egress: [cache, database],
  secretArns: ["arn:old", "arn:new"],
  iam: [read],
};

const NONE = { ran: false, isActive: false, isDeploy: true };

describe("grants", () => {
  for (const [what, sources, expected] of [
    ["are the settings' for a colour without a release", { ran: false, last: undefined }, NEW],
    ["stay for a release of an older program that runs", {}, OLD],
    ["are the settings' when nothing is remembered of it", { last: undefined }, NEW],
    ["are those of the active colour's release, whatever was declared before", { release: OLD, last: BOTH }, OLD],
    ["of the idle colour are its release's and those of the next one", { release: OLD, isActive: false }, BOTH],
    ["do not shrink in a deploy", { release: NEW, isDeploy: true }, BOTH],
    ["of a colour without a release do not grow in a deploy, which may be that of another service", NONE, OLD],
    ["do not grow in a deploy by what its settings ask for", { release: OLD, isActive: false, isDeploy: true }, OLD],
  ] as const) {
    it(what, () => {
      expect(grantsOf({ ...SOURCES, ...sources })).to.deep.equal(expected);
    });
  }

  it("say what of them is missing, in words of the settings", () => {
    expect(missingGrants(OLD, BOTH)).to.deep.equal([]);
    expect(missingGrants(OLD, NEW)).to.deep.equal(["calls", "sends", "egress", "secrets"]);
    expect(missingGrants(NEW, OLD)).to.deep.equal(["calls", "secrets", "iam"]);
    expect(missingGrants({ ...OLD, exec: true }, BOTH)).to.deep.equal(["exec"]);
    expect(missingGrants(OLD, { ...BOTH, exec: true })).to.deep.equal([]);
  });

  it("say what of them is missing one by one", () => {
    expect(describeMissing({ ...OLD, exec: true }, NEW)).to.deep.equal([
      "calls users",
      "sends mailer",
      "egress sg-0123456789abcdef0 port 6379",
      "secrets arn:old",
      "exec",
    ]);
    expect(describeMissing({ ...NEW, uses: ["main"] }, OLD).slice(-2)).to.deep.equal([
      "iam s3:GetObject on *",
      "uses main",
    ]);
  });

  it("of a service have ECS Exec as soon as either colour has it", () => {
    expect(unionOf({ blue: OLD, green: { ...NEW, exec: true } }).exec).to.equal(true);
    expect(unionOf({ blue: OLD, green: NEW })).not.to.have.property("exec");
  });

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
