import { expect } from "chai";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { GroupOwners, isGroupOf } from "../../../rehearsal/report/cloud/group-owners";
import { targetCounts } from "../../../rehearsal/report/cloud/targets";
import { STARTED_AT_MS, targetGroupEvent } from "./sample-record";

/** As long as a service's name may be: the names of its target groups have nothing of the colours. */
const LONG = "payments-and-subscriptions-api";
const CUT = { blue: "payments-and-subscription-0a1b2c", green: "payments-and-subscription-3d4e5f" };

describe("rehearsal/report/cloud/group-owners", () => {
  const cloud: CloudEvent[] = [
    targetGroupEvent(CUT.blue, { service: LONG, colour: "blue" }),
    targetGroupEvent(CUT.green, { service: LONG, colour: "green" }),
    { kind: "targetGroup", atMs: 0, name: "someone-else", tags: { team: "search" } },
  ];

  it("tells whose a target group is whose name is cut", () => {
    const owners = new GroupOwners(cloud);
    expect(owners.of(CUT.green)).to.deep.equal({ service: LONG, colour: "green" });
    expect(owners.serviceOf(CUT.blue)).to.equal(LONG);
  });

  it("takes a group without the program's tags for nobody's", () => {
    const owners = new GroupOwners(cloud);
    expect(owners.of("someone-else")).to.equal(undefined);
    expect(owners.serviceOf("someone-else")).to.equal("someone-else");
  });

  it("counts the targets of each colour by it", () => {
    const healthy: CloudEvent = {
      ...{ kind: "target", atMs: STARTED_AT_MS, targetGroup: CUT.green, targetId: "i-1" },
      ...{ state: "healthy", reason: "" },
    };
    const counts = targetCounts([...cloud, healthy], [LONG], STARTED_AT_MS)[LONG]!;
    expect(counts.green).to.deep.equal([{ atMs: 0, healthy: 1, others: 0 }]);
    expect(counts.blue).to.deep.equal([]);
  });

  const table: [group: string, isIts: boolean][] = [
    ["users-blue-instances", true],
    ["users-blue-instances-bbf49dd", true],
    ["users-blue-blue-instances-bbf49dd", false],
    ["users-blue-instances-blue-instances-bbf49dd", false],
    ["users-green-instances-bbf49dd", false],
    ["all-users-blue-instances-bbf49dd", false],
  ];
  for (const [group, isIts] of table)
    it(`says that the Auto Scaling group ${group} is ${isIts ? "" : "not "}that of users' blue colour`, () =>
      expect(isGroupOf(group, { service: "users", colour: "blue" })).to.equal(isIts));
});
