import { expect } from "chai";
import { keptWarm, ramped, resized, retired, routed, warmed } from "../../../automation/deploy/live-transitions";
import { changedServices, changesInPlace } from "../../../automation/stack/in-place";
import type { Live } from "../../../components/live/live";

const image = (digit: string) => `registry/users@sha256:${digit.repeat(64)}`;
const V1 = { image: image("1"), name: "v1" };
const V2 = { image: image("2"), name: "v2" };
const V3 = { image: image("3"), name: "v3" };
const CONFIGURED = { ...V1, configuration: "1 {}" };
const OTHER_IMAGE = { ...V3, configuration: CONFIGURED.configuration };

const IDLE = { release: V1, size: 0 };
/** Production of both is on blue with v2, and green has v1. */
const BEFORE: Live = {
  serial: 7,
  services: {
    users: { active: "blue", colours: { blue: { release: V2, size: 2 }, green: IDLE } },
    orders: { active: "blue", colours: { blue: { release: V2, size: 2 }, green: IDLE } },
  },
};
const withIdle = (release: typeof V1): Live => ({
  ...BEFORE,
  services: {
    users: { ...BEFORE.services.users!, colours: { ...BEFORE.services.users!.colours, green: { release, size: 0 } } },
  },
});
const WARM = warmed(BEFORE, { users: { release: V3, size: 2 } });
const SHARED = ramped(WARM, ["users"], 20);
const OVER = routed(WARM, { users: V3 }, ["users"]);
const FIRST: Live = {
  serial: 1,
  services: {
    users: { active: "green", colours: { blue: { release: V1, size: 2 }, green: { release: null, size: 0 } } },
  },
};
/** Production is on blue with a first release. */
const FIRST_CONFIGURED: Live = {
  serial: 2,
  services: {
    users: { active: "blue", colours: { blue: { release: CONFIGURED, size: 2 }, green: { release: null, size: 0 } } },
  },
};

const GROUP = "aws:autoscaling/group:Group::users-blue-instances";
const POLICY = "aws:autoscaling/policy:Policy::users-blue-scaling";
const SCHEDULE = "aws:autoscaling/schedule:Schedule::users-blue-min-at-0800";

describe("automation/stack/in-place", () => {
  const cases: [title: string, before: Live, after: Live, declared: string[], expected: boolean][] = [
    ["a new release", BEFORE, WARM, [GROUP], false],
    ["the same release warm again", BEFORE, warmed(BEFORE, { users: { release: V1, size: 2 } }), [GROUP], true],
    ["a colour that is kept warm for a time", OVER, keptWarm(OVER, ["users"], 1_000), [GROUP], false],
    ["one that is so no more", keptWarm(OVER, ["users"], 1_000), retired(OVER, ["users"]), [GROUP], false],
    [
      "another image",
      withIdle(CONFIGURED),
      warmed(withIdle(CONFIGURED), { users: { release: OTHER_IMAGE, size: 2 } }),
      [GROUP],
      true,
    ],
    [
      "another image for a service with a schedule",
      withIdle(CONFIGURED),
      warmed(withIdle(CONFIGURED), { users: { release: OTHER_IMAGE, size: 2 } }),
      [GROUP, SCHEDULE],
      false,
    ],
    [
      "a second release, whose colour has an ECS service since the first one",
      FIRST_CONFIGURED,
      warmed(FIRST_CONFIGURED, { users: { release: OTHER_IMAGE, size: 2 } }),
      [GROUP],
      true,
    ],
    [
      "a second release of another configuration",
      FIRST_CONFIGURED,
      warmed(FIRST_CONFIGURED, { users: { release: { ...OTHER_IMAGE, configuration: "1 {2}" }, size: 2 } }),
      [GROUP],
      false,
    ],
    [
      "another configuration",
      withIdle(CONFIGURED),
      warmed(withIdle(CONFIGURED), { users: { release: { ...OTHER_IMAGE, configuration: "1 {2}" }, size: 2 } }),
      [GROUP],
      false,
    ],
    ["a share of production", WARM, SHARED, [GROUP, POLICY, SCHEDULE], true],
    ["the end of a share", SHARED, ramped(SHARED, ["users"], 0), [GROUP, POLICY, SCHEDULE], true],
    ["a cutover", WARM, OVER, [GROUP], true],
    ["a cutover of a service that follows its load", WARM, OVER, [GROUP, POLICY], false],
    ["a cutover of a service with a schedule", WARM, OVER, [GROUP, SCHEDULE], true],
    ["a cutover beside a service that follows its load", WARM, OVER, [POLICY.replace("users", "orders")], true],
    ["a first cutover", FIRST, routed(FIRST, { users: V1 }, ["users"]), [GROUP], false],
    ["the way back", OVER, routed(OVER, { users: V2 }, ["users"]), [GROUP], true],
    ["a retired colour", OVER, retired(OVER, ["users"]), [GROUP, POLICY], true],
    ["a retired colour of a service with a schedule", OVER, retired(OVER, ["users"]), [SCHEDULE], false],
    ["another number of instances", OVER, resized(OVER, { users: 3 }), [GROUP, POLICY, SCHEDULE], true],
    ["a further service", FIRST, { ...BEFORE, serial: 2 }, [GROUP], false],
    ["nothing", BEFORE, BEFORE, [GROUP, POLICY, SCHEDULE], true],
  ];
  for (const [title, before, after, declared, expected] of cases)
    it(`${title}: ${expected ? "updates in place" : "may create or delete"}`, () => {
      expect(changesInPlace(before, after, declared)).to.equal(expected);
    });

  it("changedServices names the services that differ", () => {
    expect(changedServices(WARM, OVER)).to.deep.equal(["users"]);
    expect(changedServices(OVER, OVER)).to.deep.equal([]);
  });
});
