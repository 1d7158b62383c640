import { expect } from "chai";
import { countsInBetween } from "../../../components/live/counts-in-between";
import type { LastOutputs } from "../../../components/live/program-outputs";
import { assignRulePriorities } from "../../../components/live/rule-priorities";
import { parseSettings } from "../../../components/settings/settings";
import { declare, STATES } from "../world";

interface Service {
  kind?: string;
  exposure?: string[];
  hosts?: string[];
  calls?: string[];
  egress?: { port: number; cidr: string }[];
  uses?: string[];
  protocol?: string;
  internalPort?: number;
}
type Services = Record<string, Service>;

const settingsOf = (services: Services, testHeader?: object) =>
  parseSettings({
    domain: "example.jp",
    ...(testHeader && { testHeader }),
    databases: { main: {}, other: {} },
    services: Object.fromEntries(Object.entries(services).map(([name, own]) => [name, { kind: "api", ...own }])),
  });

/** What the last run left of these settings, as far as it is counted. */
function lastOf(services: Services, testHeader?: object): LastOutputs {
  const settings = settingsOf(services, testHeader);
  const each = <Value>(value: (service: (typeof settings.services)[string]) => Value) =>
    Object.fromEntries(Object.entries(settings.services).map(([name, service]) => [name, value(service)]));
  const grants = each(({ calls, egress, uses }) => ({
    blue: { calls, egress, uses },
    green: { calls: [], egress: [] },
  }));
  const outputs = each(({ exposure, protocol }) => ({
    exposures: Object.fromEntries(exposure.map((edge) => [edge, {}])),
    ...(protocol === "http1" ? {} : { protocol }),
  }));
  const infrastructure = testHeader ? { testHeader: "digest" } : {};
  const known = {
    rulePriorities: assignRulePriorities(settings),
    services: outputs,
    grants,
    applied: { infrastructure },
  };
  return known as unknown as LastOutputs;
}

const several = (count: number, prefix: string, service: (place: number) => Service = () => ({})): Services =>
  Object.fromEntries(Array.from({ length: count }, (_, place) => [`${prefix}${place}`, service(place)]));
const hosts = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, place) => `${prefix}${place}.example.jp`);
const places = (count: number, network: string) =>
  Array.from({ length: count }, (_, place) => ({ port: 5432, cidr: `${network}.${place}/32` }));
const worker = { kind: "worker" };
const internal = (place: number) => ({ exposure: ["internal"], internalPort: 2000 + place });

const AND_THEN =
  " at any time, and a run adds before it deletes: first take away what has to go and run `pulumi up`, then add the rest and run it again";
const AND_DEPLOY =
  " at any time, and a run adds before it deletes: first take away what has to go and run `pulumi up`; deploy twice what had it, because a release keeps what it may reach, and run `pulumi up` again; then add the rest and run it once more";
const problem = (given: number, wanted: string, then = AND_THEN, path = "services") => [
  `aoshingo:${path}: given ${given}, wanted at most ${wanted}${then}`,
];

describe("what is counted while a run has added, and not yet deleted", () => {
  for (const { what, before, now, says } of [
    { what: "nothing that changes", before: several(50, "a"), now: several(50, "a"), says: [] },
    {
      what: "rules of hosts that are exchanged for others",
      before: { users: { hosts: hosts(60, "a") } },
      now: { users: { hosts: hosts(60, "b") } },
      says: problem(122, "100 rules on a load balancer of the edge public"),
    },
    {
      what: "rules of hosts that just fit",
      before: { users: { hosts: hosts(49, "a") } },
      now: { users: { hosts: hosts(49, "b") } },
      says: [],
    },
    {
      what: "services that take the place of others",
      before: several(26, "a"),
      now: several(25, "b"),
      says: [
        ...problem(102, "100 rules on a load balancer of the edge public"),
        ...problem(51, "50 services on the edge public"),
      ],
    },
    {
      what: "services on the internal edge that take the place of others",
      before: several(30, "a", internal),
      now: several(30, "b", internal),
      says: [
        ...problem(120, "100 rules on a load balancer of the edge internal"),
        ...problem(60, "50 services on the edge internal"),
      ],
    },
    {
      what: "target groups of another protocol",
      before: several(40, "a"),
      now: several(40, "a", (place) => (place < 11 ? { protocol: "http2" } : {})),
      says: problem(51, "50 services on the edge public"),
    },
    {
      what: "calls that take the place of others",
      before: { ...several(2, "to", internal), ...several(31, "a", () => ({ calls: ["to0"] })) },
      now: { ...several(2, "to", internal), ...several(31, "a", () => ({ calls: ["to1"] })) },
      says: problem(62, "60 calls in all", AND_DEPLOY),
    },
    {
      what: "places outside that take the place of others",
      before: { ...several(20, "to", internal), shop: { egress: places(20, "10.1.0") } },
      now: {
        ...several(20, "to", internal),
        shop: { calls: Object.keys(several(20, "to")), egress: places(20, "10.2.0") },
      },
      says: problem(61, "60 outbound rules of its security group", AND_DEPLOY, "services.shop"),
    },
    {
      what: "places outside that just fit",
      before: { ...several(19, "to", internal), shop: { egress: places(20, "10.1.0") } },
      now: {
        ...several(19, "to", internal),
        shop: { calls: Object.keys(several(19, "to")), egress: places(20, "10.2.0") },
      },
      says: [],
    },
    {
      what: "users of a database that take the place of others",
      before: several(30, "a", () => ({ ...worker, uses: ["main"] })),
      now: {
        ...several(30, "a", () => ({ ...worker, uses: ["other"] })),
        ...several(30, "b", () => ({ ...worker, uses: ["main"] })),
      },
      says: problem(60, "59 services that use it", AND_DEPLOY, "databases.main"),
    },
    {
      what: "users of a database that have gone",
      before: several(59, "a", () => ({ ...worker, uses: ["main"] })),
      now: { shop: { ...worker, uses: ["main"] } },
      says: problem(60, "59 services that use it", AND_DEPLOY, "databases.main"),
    },
  ])
    it(what, () => expect(countsInBetween(settingsOf(now), lastOf(before))).to.deep.equal(says));

  it("rules for testers, as long as either run has the test header", () => {
    const [before, now] = [{ users: { hosts: hosts(20, "a") } }, { users: { hosts: hosts(30, "b") } }];
    const header = { name: "x-test", value: "ssm:/shop/test-header" };
    const rules = (given: number) => problem(given, "100 rules on a load balancer of the edge public");
    // 2 names, 20 old and 30 new hosts; one for the production name and for each host that a run with the header has.
    expect(countsInBetween(settingsOf(now), lastOf(before))).to.deep.equal([]);
    expect(countsInBetween(settingsOf(now, header), lastOf(before, header))).to.deep.equal(rules(103));
    expect(countsInBetween(settingsOf(now, header), lastOf(before))).to.deep.equal([]);
  });

  describe("certificates of further domains", () => {
    const domains = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, place) => `shop${from + place}.jp`);
    const given = (furtherDomains: string[]) => parseSettings({ domain: "example.jp", furtherDomains, services: {} });
    const had = (furtherDomains: string[]) =>
      ({ applied: { infrastructure: {}, furtherDomains } }) as unknown as LastOutputs;
    const says = [`aoshingo:furtherDomains: given 26, wanted at most 25 certificates of further domains${AND_THEN}`];

    for (const { what, before, now, wanted } of [
      { what: "that are exchanged for others", before: had(domains(0, 20)), now: domains(6, 26), wanted: says },
      { what: "that just fit", before: had(domains(0, 20)), now: domains(5, 25), wanted: [] },
      { what: "that stay", before: had(domains(0, 25)), now: domains(0, 25), wanted: [] },
      { what: "of a state that does not name them", before: had([]), now: domains(0, 25), wanted: [] },
      { what: "of an older program", before: { applied: { infrastructure: {} } }, now: domains(0, 25), wanted: [] },
    ])
      it(what, () => expect(countsInBetween(given(now), before)).to.deep.equal(wanted));

    it("are kept in the output `state`, if there are any", async () => {
      const of = async (config: object) =>
        (await declare({ services: { users: STATES.start }, config: { ...config } })).outputs.applied;
      expect((await of({ furtherDomains: ["shop1.jp"] })).furtherDomains).to.deep.equal(["shop1.jp"]);
      expect(await of({})).to.not.have.property("furtherDomains");
    });
  });

  it("stops the program before anything is declared", async () => {
    const users = (prefix: string) => ({ users: { kind: "api", hosts: hosts(60, prefix) } });
    const { outputs: last } = await declare({ services: { users: STATES.start }, settings: users("a") });
    const error = await declare({ services: { users: STATES.start }, settings: users("b"), last }).catch(String);
    expect(error).to.contain(problem(122, "100 rules on a load balancer of the edge public")[0]);
  });

  it("nothing before the first run", () => {
    expect(countsInBetween(settingsOf(several(50, "a")), {})).to.deep.equal([]);
  });
});
