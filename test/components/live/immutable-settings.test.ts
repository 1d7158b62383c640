import { expect } from "chai";
import { type ImmutableSettings, immutableSettingProblems } from "../../../components/live/immutable-settings";
import type { Live } from "../../../components/live/live";
import type { ServiceOutputs } from "../../../components/live/outputs";
import { parseSettings } from "../../../components/settings/settings";

const STACK: ImmutableSettings = {
  region: "ap-northeast-1",
  domain: "example.jp",
  cidr: "10.0.0.0/16",
  zones: 2,
  cutover: "routed",
};
const { services } = parseSettings({
  domain: "example.jp",
  services: { users: { kind: "api" }, doodle: { kind: "api" }, mailer: { kind: "worker" } },
});
const had = (...names: string[]) => Object.fromEntries(names.map((name) => [name, {} as ServiceOutputs]));
/** Size of blue by service. */
const live = (sizes: Record<string, number>): Live => ({
  serial: 4,
  services: Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [
      name,
      { active: "blue", colours: { blue: { release: null, size }, green: { release: null, size: 0 } } },
    ]),
  ),
});
const problems = (changes: Partial<ImmutableSettings>, last = had("users", "doodle", "gone"), sizes = {}) =>
  immutableSettingProblems({ ...STACK, ...changes }, services, live(sizes), {
    immutableSettings: STACK,
    services: last,
  });
const REMEDY =
  "which fails their requests. Put it back; or make a new stack with it, move the services there one by one, then remove this one.";

describe("the immutableSettings", () => {
  for (const [change, line] of [
    [
      { region: "us-east-1" },
      "aws:region: given us-east-1, but the stack has ap-northeast-1: a change replaces everything",
    ],
    [
      { domain: "new.jp" },
      "aoshingo:domain: given new.jp, but the stack has example.jp: a change replaces zone, certificates and records",
    ],
    [
      { cidr: "10.1.0.0/16" },
      "aoshingo:network.cidr: given 10.1.0.0/16, but the stack has 10.0.0.0/16: a change replaces network and load balancers",
    ],
    [
      { zones: 3 },
      "aoshingo:network.zones: given 3, but the stack has 2: a change replaces subnets and load balancers",
    ],
  ] as const) {
    it(`holds ${Object.keys(change).join()}, with the names of those who stay`, () => {
      expect(problems(change)).to.deep.equal([`${line} of users, doodle, ${REMEDY}`]);
    });
  }

  it("says every change, a line each", () => {
    expect(problems({ domain: "new.jp", zones: 3 })).to.have.length(2);
  });

  it("holds the way of cutting over for apis that run, and for them alone", () => {
    const all = had("users", "doodle", "mailer");
    expect(problems({ cutover: "dns" }, all, { users: 2, doodle: 0, mailer: 1 })).to.deep.equal([
      `aoshingo:cutover: given dns, but the stack has routed: a change replaces target groups and rules of users, ${REMEDY}`,
    ]);
    expect(problems({ cutover: "dns" }, all, { users: 0, doodle: 0, mailer: 1 })).to.deep.equal([]);
    const { cutover, ...before } = STACK;
    const untold = { immutableSettings: before, services: all };
    expect(immutableSettingProblems({ ...STACK, cutover: "dns" }, services, live({ users: 2 }), untold)).to.deep.equal(
      [],
    );
  });

  it("is free while nobody stands on it", () => {
    expect(problems({ domain: "new.jp" }, had("gone"))).to.deep.equal([]);
    expect(immutableSettingProblems({ ...STACK, zones: 3 }, services, live({}), {})).to.deep.equal([]);
    expect(problems({})).to.deep.equal([]);
  });
});
