import { Resolver } from "node:dns/promises";
import { expect } from "chai";
import * as fc from "fast-check";
import { type DnsServers, startDnsServers } from "../../../../../../rehearsal/cloud/data-plane/dns/server";
import type { HostedZone } from "../../../../../../rehearsal/cloud/services/route53/model/hosted-zone";
import { VpcResolver } from "../../../../../../rehearsal/cloud/services/route53/model/vpc-resolver";
import { refused } from "../../elb/model/scene";
import { alias, BLUE, create, GREEN, remove, Scene, upsert, values } from "./scene";

const BLUE_ADDRESSES = "127.68.50.1 127.68.50.2";
const GREEN_ADDRESSES = "127.68.51.1 127.68.51.2";

describe("rehearsal/cloud/services/route53/model/hosted-zones: private zones", () => {
  let scene: Scene;
  let zone: HostedZone;

  beforeEach(() => {
    scene = new Scene();
    zone = scene.zones.createZone("internal.example.jp", "", ["vpc-1"]);
  });
  afterEach(() => scene.zones.close());

  /** The answer that a VPC's resolver gets: its data, or its kind. */
  function seenFrom(vpcId: string, name: string): string {
    const answer = scene.zones.lookupInVpc(vpcId, 0, name, "A");
    return answer.kind === "answer" ? answer.records.map(({ data }) => data).join(" ") : answer.kind;
  }

  it("answer in their VPCs only, including aliases to internal load balancers", async () => {
    await scene.changeIn(zone.id, create(alias("users.internal.example.jp", BLUE)));
    await scene.changeIn(scene.zoneId, create(alias("www.example.jp", GREEN)));
    expect(seenFrom("vpc-1", "users.internal.example.jp")).to.equal(BLUE_ADDRESSES);
    expect(seenFrom("vpc-1", "www.example.jp")).to.equal(GREEN_ADDRESSES);
    expect(seenFrom("vpc-1", BLUE)).to.equal(BLUE_ADDRESSES);
    expect(seenFrom("vpc-2", "users.internal.example.jp")).to.equal("noSuchName");
    expect(seenFrom("vpc-2", "www.example.jp")).to.equal(GREEN_ADDRESSES);
    expect(new Set(scene.answers("users.internal.example.jp"))).to.deep.equal(new Set(["noSuchName"]));
    expect(scene.zones.publicRecord("users.internal.example.jp", "A")).to.equal(undefined);
  });

  it("hide the public zone, even for names that they do not have (R13-R14)", async () => {
    await scene.changeIn(scene.zoneId, create(alias("www.internal.example.jp", GREEN)));
    expect(seenFrom("vpc-2", "www.internal.example.jp")).to.equal(GREEN_ADDRESSES);
    expect(seenFrom("vpc-1", "www.internal.example.jp")).to.equal("noSuchName");
    const whole = scene.zones.createZone("example.jp", "", ["vpc-2"]);
    expect(seenFrom("vpc-2", "www.internal.example.jp")).to.equal("noSuchName");
    await scene.changeIn(whole.id, create(alias("www.internal.example.jp", BLUE)));
    expect(seenFrom("vpc-2", "www.internal.example.jp")).to.equal(BLUE_ADDRESSES);
  });

  it("answer from the zone with the longest matching name", () => {
    void fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 7 }),
        (depths, asked) => {
          const fresh = new Scene();
          const nameOf = (depth: number) => `${"a.".repeat(depth)}test`;
          for (const depth of depths) fresh.zones.createZone(nameOf(depth), "", ["vpc-1"]);
          const fitting = depths.filter((depth) => depth <= asked);
          const expected = fitting.length > 0 ? nameOf(Math.max(...fitting)) : undefined;
          expect(fresh.zones.privateZoneOf("vpc-1", nameOf(asked))?.name).to.equal(expected);
          expect(fresh.zones.privateZoneOf("vpc-2", nameOf(asked))).to.equal(undefined);
          fresh.zones.close();
        },
      ),
    );
  });

  it("need DNS support and DNS hostnames in the VPC (R13)", async () => {
    for (const vpcId of ["vpc-no-host-names", "vpc-no-dns"]) scene.zones.associateVpc(zone.id, vpcId);
    await scene.changeIn(zone.id, create(alias("users.internal.example.jp", BLUE)));
    await scene.changeIn(scene.zoneId, create(alias("www.example.jp", GREEN)));
    expect(seenFrom("vpc-no-host-names", "users.internal.example.jp")).to.equal("noSuchName");
    expect(seenFrom("vpc-no-host-names", "www.example.jp")).to.equal(GREEN_ADDRESSES);
    expect(seenFrom("vpc-no-dns", "users.internal.example.jp")).to.equal("refused");
    expect(seenFrom("vpc-no-dns", "www.example.jp")).to.equal("refused");
  });

  const refusals: [string, () => unknown, string, string | RegExp][] = [
    [
      "one name twice in a VPC (R13-R14)",
      () => scene.zones.createZone("internal.example.jp", "", ["vpc-2", "vpc-1"]),
      "ConflictingDomainExists",
      /^The VPC vpc-1 in region ap-northeast-1 has already been associated with the hosted zone Z0\w+ with the same domain name\.$/,
    ],
    [
      "an unknown VPC",
      () => scene.zones.createZone("new.jp", "", ["vpc-x"]),
      "InvalidVPCId",
      /^The VPC: vpc-x in region/,
    ],
    [
      "a VPC for a public zone",
      () => scene.zones.associateVpc(scene.zoneId, "vpc-1"),
      "PublicZoneVPCAssociation",
      /\(example\.jp\.\) is public/,
    ],
    [
      "taking the last VPC",
      () => scene.zones.disassociateVpc(zone.id, "vpc-1"),
      "LastVPCAssociation",
      /^Cannot remove last/,
    ],
    ["taking another VPC", () => scene.zones.disassociateVpc(zone.id, "vpc-2"), "VPCAssociationNotFound", /vpc-2/],
  ];
  for (const [what, call, code, message] of refusals) {
    it(`refuse ${what}`, async () => {
      const before = scene.zones.findByName("internal.example.jp").length;
      await refused(call, code, message);
      expect(scene.zones.findByName("internal.example.jp")).to.have.length(before);
      expect([...zone.vpcIds]).to.deep.equal(["vpc-1"]);
    });
  }

  describe("on the public name servers", () => {
    let servers: DnsServers;

    beforeEach(async () => {
      await scene.changeIn(zone.id, create(alias("users.internal.example.jp", BLUE)));
      servers = await startDnsServers({ addresses: ["127.68.53.9"], port: 0, source: scene.zones });
    });
    afterEach(() => servers.close());

    const questions: [string, "A" | "NS" | "SOA", string][] = [
      ["users.internal.example.jp", "A", "ENOTFOUND"],
      ["internal.example.jp", "NS", "ENOTFOUND"],
      ["internal.example.jp", "SOA", "ENOTFOUND"],
      ["only.private.test", "A", "EREFUSED"],
    ];
    for (const [name, type, code] of questions) {
      it(`answer ${code} for ${name} ${type}`, async () => {
        scene.zones.createZone("private.test", "", ["vpc-1"]);
        const resolver = new Resolver();
        resolver.setServers(servers.nameServers.map(({ address, port }) => `${address}:${port}`));
        const error = await resolver.resolve(name, type).catch((caught) => caught);
        expect(error.code).to.equal(code);
      });
    }

    it("resolve an internal load balancer's DNS name for everybody, as on AWS", async () => {
      const resolver = new Resolver();
      resolver.setServers(servers.nameServers.map(({ address, port }) => `${address}:${port}`));
      expect(await resolver.resolve4(BLUE)).to.have.members(BLUE_ADDRESSES.split(" "));
    });
  });
});

describe("rehearsal/cloud/services/route53/model/vpc-resolver", () => {
  /** Slow enough that no answer expires within a step: a TTL of 60 s takes 600 ms. */
  const SPEED = 100;
  let scene: Scene;
  let zone: HostedZone;
  let resolver: VpcResolver;

  beforeEach(() => {
    scene = new Scene(SPEED);
    zone = scene.zones.createZone("internal.example.jp", "", ["vpc-1"]);
    resolver = new VpcResolver(scene.zones, scene.context.clock);
  });
  afterEach(() => scene.zones.close());

  const addresses = (text: string) => ({ kind: "addresses", addresses: text.split(" ") });

  it("caches an address for its TTL", async () => {
    await scene.changeIn(zone.id, create(alias("users.internal.example.jp", BLUE)));
    const changing = scene.changeIn(zone.id, upsert(alias("users.internal.example.jp", GREEN)));
    expect(resolver.resolve("vpc-1", "users.internal.example.jp")).to.deep.equal(addresses(BLUE_ADDRESSES));
    const asked = performance.now();
    await changing;
    const later = resolver.resolve("vpc-1", "users.internal.example.jp");
    if (performance.now() - asked < 590) expect(later).to.deep.equal(addresses(BLUE_ADDRESSES));
    await scene.context.clock.sleep(61);
    expect(resolver.resolve("vpc-1", "users.internal.example.jp")).to.deep.equal(addresses(GREEN_ADDRESSES));
  });

  it("caches a missing name per VPC, for the lesser of the SOA's two times (R12)", async () => {
    expect(resolver.resolve("vpc-1", "users.internal.example.jp")).to.deep.equal({ kind: "noSuchName" });
    await scene.changeIn(zone.id, create(alias("users.internal.example.jp", BLUE)));
    expect(resolver.resolve("vpc-1", "users.internal.example.jp")).to.deep.equal({ kind: "noSuchName" });
    scene.zones.associateVpc(zone.id, "vpc-2");
    expect(resolver.resolve("vpc-2", "users.internal.example.jp")).to.deep.equal(addresses(BLUE_ADDRESSES));
  });

  it("follows CNAME records from a private zone into a public one", async () => {
    await scene.changeIn(zone.id, create(values("www.internal.example.jp", "CNAME", "www.example.jp.")));
    await scene.changeIn(scene.zoneId, create(alias("www.example.jp", GREEN)));
    expect(resolver.resolve("vpc-1", "www.internal.example.jp")).to.deep.equal(addresses(GREEN_ADDRESSES));
    await scene.changeIn(zone.id, create(values("loop.internal.example.jp", "CNAME", "loop.internal.example.jp.")));
    expect(resolver.resolve("vpc-1", "loop.internal.example.jp")).to.deep.equal({ kind: "noAddress" });
  });

  it("distinguishes a name without an address from a name outside all zones", async () => {
    await scene.changeIn(zone.id, create(values("text.internal.example.jp", "TXT", '"hello"')));
    expect(resolver.resolve("vpc-1", "text.internal.example.jp")).to.deep.equal({ kind: "noAddress" });
    expect(resolver.resolve("vpc-1", "example.com")).to.deep.equal({ kind: "refused" });
    await scene.changeIn(zone.id, remove(values("text.internal.example.jp", "TXT", '"hello"')));
  });
});
