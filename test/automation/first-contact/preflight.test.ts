import { expect } from "chai";
import { todo } from "../../../automation/doctor/check";
import { announcement, type Facts, refusals, withoutDeleted } from "../../../automation/first-contact/preflight";
import { NOTHING, type Remaining } from "../../../automation/first-contact/remaining-resources";
import { VirtualClock } from "../observe/virtual-clock";

const GOOD: Facts = {
  domain: "example.jp",
  examinations: [{ check: "quotas", findings: [{ says: "ok", detail: "enough" }] }],
  hasZone: true,
  takenNames: [],
  stack: { project: "shop", stack: "prod", resources: NOTHING },
  missingRoles: [],
  pushProblem: null,
  credentialsEndMs: null,
  nowMs: Date.parse("2026-11-26T15:00:00Z"),
  timeScale: 1,
};
const VPC = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1";
const SUBNET = "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1";
const endsIn = (minutes: number) => ({ credentialsEndMs: GOOD.nowMs + minutes * 60_000 });

describe("the preflight of a first contact", () => {
  const table: [what: string, facts: Partial<Facts>, refused: string[]][] = [
    ["all is well", {}, []],
    ["service-linked roles are missing", { missingRoles: ["ecs.amazonaws.com"] }, []],
    [
      "the domain has no zone, whatever doctor says about the domain",
      { hasZone: false, examinations: [{ check: "domain", findings: [todo("it is not known", "enter it")] }] },
      [
        "--domain is example.jp, for which Route 53 has no public hosted zone: create it (docs/quick-start.md, step 1), or name another domain",
      ],
    ],
    [
      "a name is taken",
      { takenNames: ["users.example.jp"] },
      ["users.example.jp has a record already: first-contact needs the name, so name another domain"],
    ],
    [
      "AWS has resources of a stack of that name, which cleaning up would take for its own",
      {
        stack: { ...GOOD.stack, resources: { existing: [VPC], listed: [SUBNET] } },
      },
      [
        "--stack is prod, and AWS lists 2 resources of the project shop with that stack's tags, such as arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1: first-contact deletes what has its stack's tags, so name a stack that does not exist",
      ],
    ],
    [
      "AWS may list only what is deleted",
      { stack: { ...GOOD.stack, resources: { existing: [], listed: [SUBNET] } } },
      [
        "--stack is prod, and AWS lists 1 resource of the project shop with that stack's tags, such as arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1, as it does for a while with deleted ones: first-contact deletes what has its stack's tags, so name a stack that does not exist, or wait until AWS lists none",
      ],
    ],
    [
      "doctor found something",
      { examinations: [{ check: "quotas", findings: [todo("AWS allows only 1", "request more")] }] },
      ["quotas: AWS allows only 1: request more"],
    ],
    ["the credentials last as long as a run at its longest", endsIn(130), []],
    [
      "the credentials end before a run may",
      endsIn(60),
      [
        "the AWS credentials end in 60 min (2026-11-26 16:00 UTC), and first-contact takes up to 130 min: ask for a longer session, or set AWS_PROFILE to a profile whose credentials are renewed",
      ],
    ],
    [
      "the credentials have ended",
      endsIn(-1),
      [
        "the AWS credentials end in 0 s (2026-11-26 14:59 UTC), and first-contact takes up to 130 min: ask for a longer session, or set AWS_PROFILE to a profile whose credentials are renewed",
      ],
    ],
    ["the credentials end soon, and a stand-in's time runs fast", { ...endsIn(60), timeScale: 20 }, []],
    ["images cannot be pushed", { pushProblem: "docker does not answer" }, ["docker does not answer"]],
  ];
  for (const [what, facts, refused] of table) {
    it(`${refused.length === 0 ? "lets a run begin" : "refuses a run"} when ${what}`, () => {
      expect(refusals({ ...GOOD, ...facts })).to.deep.equal(refused);
    });
  }

  const resourcesAfter = async (facts: Partial<Facts>, looks: Remaining[]) => {
    const looking = { clock: new VirtualClock(0), signal: new AbortController().signal, timeScale: 1, say: () => {} };
    const waited = await withoutDeleted({ ...GOOD, ...facts }, async () => looks.shift()!, looking);
    return { ...waited.stack.resources, looksLeft: looks.length };
  };
  const listed = { stack: { ...GOOD.stack, resources: { existing: [], listed: [SUBNET] } } };
  const maybe = listed.stack.resources;

  it("waits until AWS lists nothing that a stack of that name had", async () => {
    expect(await resourcesAfter(listed, [maybe, NOTHING])).to.deep.equal({ ...NOTHING, looksLeft: 0 });
  });

  it("waits no longer once a service says that something of the stack is there, and not at all if that was so at first", async () => {
    const there = { existing: [VPC], listed: [SUBNET] };
    expect(await resourcesAfter(listed, [there, NOTHING])).to.deep.equal({ ...there, looksLeft: 1 });
    const stack = { ...GOOD.stack, resources: there };
    expect(await resourcesAfter({ stack }, [NOTHING])).to.deep.equal({ ...there, looksLeft: 1 });
  });

  it("does not wait for a run that cannot begin anyhow", async () => {
    expect(await resourcesAfter({ ...listed, hasZone: false }, [NOTHING])).to.deep.equal({ ...maybe, looksLeft: 1 });
  });

  it("says what a run makes, how long it takes and what it costs", () => {
    const text = announcement({ ...GOOD, missingRoles: ["ecs.amazonaws.com"] }).join("\n");
    expect(text).to.match(/for users\.example\.jp,/);
    expect(text).to.contain("destroys all of it but the record in DNS that validates the certificate");
    expect(text).to.match(/service-linked roles of ecs\.amazonaws\.com/);
    expect(text).to.match(/up to 130 minutes and costs up to 0\.43 USD/);
  });
});
