import { expect } from "chai";
import {
  type ImmutableSettings,
  immutableSettingProblems,
  immutableSettingsOf,
  renameProblems,
} from "../../../components/live/immutable-settings";
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

  describe("the names of project and stack", () => {
    const logs = (...names: string[]) =>
      Object.fromEntries(names.map((name) => [name, { logGroup: `/shop/prod/${name}` }]));
    const renamed = (project: string, stack: string, last = logs("users", "gone")) =>
      renameProblems({ project, stack }, services, last);
    const line = (part: string, given: string, had: string) =>
      `${part}: given ${given}, but the stack has ${had}: a change replaces clusters, roles, queues and repositories of users, ${REMEDY}`;

    it("are held by the services that stay, because they are in the names of what these stand on", () => {
      expect(renamed("shop", "prod")).to.deep.equal([]);
      expect(renamed("shop", "production")).to.deep.equal([line("stack", "production", "prod")]);
      expect(renamed("store", "prod")).to.deep.equal([line("project", "store", "shop")]);
    });

    it("may change before there are services that stay", () => {
      expect(renamed("shop", "production", logs("gone"))).to.deep.equal([]);
      expect(renameProblems({ project: "shop", stack: "production" }, services)).to.deep.equal([]);
    });

    it("are not compared with a log group whose name is not known yet", () => {
      expect(renamed("shop", "production", { users: { logGroup: "unknown" } })).to.deep.equal([]);
    });
  });

  describe("with an existing network", () => {
    const { cidr, zones, ...others } = STACK;
    const EXISTING: ImmutableSettings = {
      ...others,
      vpc: "vpc-1",
      publicSubnets: "subnet-1 subnet-2",
      privateSubnets: "x",
    };
    const between = (wanted: ImmutableSettings, last: Partial<ImmutableSettings>) =>
      immutableSettingProblems(wanted, services, live({}), { immutableSettings: last, services: had("users") });

    it("is held by the VPC, and by its subnets in any order", () => {
      const network = { vpc: "vpc-1", publicSubnets: ["subnet-2", "subnet-1"], privateSubnets: ["x"] };
      const { region, ...settings } = STACK;
      expect(immutableSettingsOf({ ...settings, network }, region)).to.deep.equal(EXISTING);
      expect(between(EXISTING, EXISTING)).to.deep.equal([]);
      expect(between({ ...EXISTING, vpc: "vpc-2", publicSubnets: "y", privateSubnets: "z" }, EXISTING)).to.deep.equal([
        `aoshingo:network.vpc: given vpc-2, but the stack has vpc-1: a change replaces security groups and load balancers of users, ${REMEDY}`,
      ]);
      expect(between({ ...EXISTING, publicSubnets: "y", privateSubnets: "z" }, EXISTING)).to.deep.equal([
        `aoshingo:network.publicSubnets: given y, but the stack has subnet-1 subnet-2: a change replaces nodes of load balancers of users, ${REMEDY}`,
        `aoshingo:network.privateSubnets: given z, but the stack has x: a change replaces instances of users, ${REMEDY}`,
      ]);
    });

    it("is another one than a new one, in both directions", () => {
      const line = (given: string, stack: string) => [
        `aoshingo:network.vpc: given ${given}, but the stack has ${stack}: a change replaces security groups and load balancers of users, ${REMEDY}`,
      ];
      expect(between(EXISTING, STACK)).to.deep.equal(line("vpc-1", "a new VPC"));
      expect(between(STACK, EXISTING)).to.deep.equal(line("a new VPC", "vpc-1"));
    });

    it("is not compared with what an older program did not write", () => {
      expect(between(EXISTING, others)).to.deep.equal([]);
      expect(between(STACK, others)).to.deep.equal([]);
    });
  });

  it("is free while nobody stands on it", () => {
    expect(problems({ domain: "new.jp" }, had("gone"))).to.deep.equal([]);
    expect(immutableSettingProblems({ ...STACK, zones: 3 }, services, live({}), {})).to.deep.equal([]);
    expect(problems({})).to.deep.equal([]);
  });
});
