import { expect } from "chai";
import type { ProviderFunction, ResourceType } from "../../../../../rehearsal/cloud/provider/resource-type";
import { route53Types } from "../../../../../rehearsal/cloud/services/route53";
import { getZone as getZoneFunction } from "../../../../../rehearsal/cloud/services/route53/provider/get-zone";
import { Resource } from "../../provider/resource";
import { refused } from "../elb/model/scene";
import { ALB_ZONE, BLUE, GREEN, Scene } from "./model/scene";

const RECORD = "aws:route53/record:Record";
const ZONE = "aws:route53/zone:Zone";

describe("rehearsal/cloud/services/route53/provider", () => {
  let scene: Scene;
  let types: ResourceType[];
  let getZone: ProviderFunction;

  beforeEach(() => {
    scene = new Scene();
    types = route53Types(scene.zones, scene.context.clock);
    getZone = getZoneFunction(scene.zones);
  });
  afterEach(() => scene.zones.close());

  const aliasArgs = (dnsName: string) => ({
    zoneId: scene.zoneId,
    name: "users.example.jp",
    type: "A",
    aliases: [{ name: dnsName, zoneId: ALB_ZONE, evaluateTargetHealth: false }],
  });

  it("updates a service's record in place, and resolves at INSYNC (R4, R5)", async () => {
    const record = await Resource.create(types, RECORD, aliasArgs(BLUE));
    expect(record.id).to.equal(`${scene.zoneId}_users.example.jp_A`);
    expect(record.outputs).to.include({ fqdn: "users.example.jp", name: "users.example.jp" });
    expect(new Set(scene.answers("users.example.jp"))).to.deep.equal(new Set(["127.68.50.1 127.68.50.2"]));
    await record.update(aliasArgs(GREEN));
    expect(new Set(scene.answers("users.example.jp"))).to.deep.equal(new Set(["127.68.51.1 127.68.51.2"]));
    await record.refresh();
    expect(record.replacedBy({ ...aliasArgs(GREEN), name: "people.example.jp" })).to.deep.equal(["name"]);
    await record.delete();
    expect(await record.refresh()).to.equal(null);
    await record.delete();
    expect(new Set(scene.answers("users.example.jp"))).to.deep.equal(new Set(["noSuchName"]));
  });

  it("creates the certificate's record with and without the zone's name and the last dot", async () => {
    const args = { zoneId: scene.zoneId, type: "CNAME", records: ["_y.acm-validations.aws."], ttl: 60 };
    const full = await Resource.create(types, RECORD, { ...args, name: "_x.example.jp." });
    expect(full.outputs.fqdn).to.equal("_x.example.jp");
    const short = await Resource.create(types, RECORD, { ...args, name: "_z" });
    expect(short.outputs.fqdn).to.equal("_z.example.jp");
    expect(scene.zones.publicRecord("_x.example.jp", "CNAME")).to.deep.equal(["_y.acm-validations.aws"]);
    await full.refresh();
    await short.refresh();
  });

  it("changes the type of a record in one batch", async () => {
    const record = await Resource.create(types, RECORD, aliasArgs(BLUE));
    const text = { zoneId: scene.zoneId, name: "users.example.jp", type: "TXT", records: ["moved"], ttl: 60 };
    await record.update(text);
    expect(scene.answers("users.example.jp")[0]).to.equal("noData");
    expect(scene.answers("users.example.jp", "TXT")[0]).to.equal("moved");
    await record.refresh();
  });

  it("overwrites a record only with allowOverwrite (R3)", async () => {
    await Resource.create(types, RECORD, aliasArgs(BLUE));
    await refused(
      () => Resource.create(types, RECORD, aliasArgs(GREEN)),
      "InvalidChangeBatch",
      "[Tried to create resource record set [name='users.example.jp.', type='A'] but it already exists]",
    );
    const record = await Resource.create(types, RECORD, { ...aliasArgs(GREEN), allowOverwrite: true });
    expect(record.outputs.allowOverwrite).to.equal(true);
  });

  it("creates many records at once despite Route 53's limits (R7-R8)", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `s${index}.example.jp`);
    const args = names.map((name) => ({ ...aliasArgs(BLUE), name }));
    await Promise.all(args.map((one) => Resource.create(types, RECORD, one)));
    expect(new Set(names.flatMap((name) => scene.answers(name)))).to.deep.equal(new Set(["127.68.50.1 127.68.50.2"]));
  });

  it("finds zones by name and id", async () => {
    const found = await getZone.call({ name: "example.jp", privateZone: false });
    expect(found).to.deep.include({ zoneId: scene.zoneId, id: scene.zoneId, name: "example.jp", privateZone: false });
    expect(found.nameServers).to.have.length(4);
    expect(await getZone.call({ zoneId: scene.zoneId })).to.deep.equal(found);
    const error = await getZone.call({ name: "missing.jp" }).catch((caught) => caught);
    expect(error.message).to.match(/^no matching Route 53 Hosted Zone found for missing\.jp/);
    scene.zones.createZone("example.jp", "");
    const twice = await getZone.call({ name: "example.jp" }).catch((caught) => caught);
    expect(twice.message).to.match(/^multiple Route 53 Hosted Zones matched/);
  });

  it("creates zones, and deletes them with their records only with forceDestroy (R11)", async () => {
    const zone = await Resource.create(types, ZONE, { name: "new.jp" });
    expect(zone.outputs).to.include({ zoneId: zone.id, arn: `arn:aws:route53:::hostedzone/${zone.id}` });
    await Resource.create(types, RECORD, { ...aliasArgs(BLUE), zoneId: zone.id, name: "a.new.jp" });
    await refused(() => zone.delete(), "HostedZoneNotEmpty", /contains non-required resource record sets/);
    await zone.update({ name: "new.jp", forceDestroy: true, comment: "Soon gone" });
    expect((await zone.refresh())!.comment).to.equal("Soon gone");
    await zone.delete();
    expect(await zone.refresh()).to.equal(null);
  });

  it("creates a private zone, and moves it between VPCs without a moment without VPCs", async () => {
    const args = { name: "internal.example.jp", vpcs: [{ vpcId: "vpc-1" }], forceDestroy: true };
    const zone = await Resource.create(types, ZONE, args);
    expect(zone.outputs.nameServers).to.include("ns-512.awsdns-00.net");
    await Resource.create(types, RECORD, { ...aliasArgs(BLUE), zoneId: zone.id, name: "users.internal.example.jp" });
    await zone.refresh();
    await zone.update({ ...args, vpcs: [{ vpcId: "vpc-2", vpcRegion: "ap-northeast-1" }] });
    await zone.refresh();
    expect([...scene.zones.get(zone.id).vpcIds]).to.deep.equal(["vpc-2"]);
    scene.zones.associateVpc(zone.id, "vpc-1");
    const drifted = await zone.type.read(zone.id, zone.outputs);
    expect(drifted!.vpcs).to.deep.equal([{ vpcId: "vpc-2", vpcRegion: "ap-northeast-1" }, { vpcId: "vpc-1" }]);
    await refused(() => zone.update({ name: args.name }), "LastVPCAssociation", /delete the zone instead/);
    await zone.delete();
    expect(await zone.refresh()).to.equal(null);
  });

  it("selects private and public zones, by VPC and tags too", async () => {
    const inner = { name: "example.jp", vpcs: [{ vpcId: "vpc-1" }], tags: { stack: "one" } };
    const own = await Resource.create(types, ZONE, inner);
    const other = await Resource.create(types, ZONE, { name: "example.jp", vpcs: [{ vpcId: "vpc-2" }] });
    const idOf = async (args: object) => (await getZone.call({ name: "example.jp", ...args })).zoneId;
    expect(await idOf({})).to.equal(scene.zoneId);
    expect(await idOf({ privateZone: false })).to.equal(scene.zoneId);
    expect(await idOf({ vpcId: "vpc-2" })).to.equal(other.id);
    expect(await idOf({ privateZone: true, tags: { stack: "one" } })).to.equal(own.id);
    expect(await getZone.call({ zoneId: own.id })).to.deep.include({ privateZone: true, tags: { stack: "one" } });
    const twice = await idOf({ privateZone: true }).catch((caught: Error) => caught.message);
    expect(twice).to.match(/^multiple Route 53 Hosted Zones matched/);
    const none = await idOf({ privateZone: true, tags: { stack: "two" } }).catch((caught: Error) => caught.message);
    expect(none).to.match(/^no matching private Route 53 Hosted Zone found for example\.jp/);
  });

  const cases: [string, object, RegExp][] = [
    ["weights", { weightedRoutingPolicies: [{ weight: 1 }] }, /has no argument "weightedRoutingPolicies"/],
    ["a set identifier", { setIdentifier: "blue" }, /has no argument "setIdentifier"/],
    ["a TTL on an alias (R1)", { ttl: 60 }, /^ttl: "ttl": conflicts with aliases/],
    ["values beside an alias", { records: ["192.0.2.1"] }, /^records: one of `aliases,records`/],
    ["values without a TTL", { aliases: undefined, records: ["192.0.2.1"] }, /^ttl: "records": all of/],
    ["wildcards", { name: "*.example.jp" }, /^name: the rehearsal cloud has no wildcard records/],
    ["other types", { type: "MX" }, /^type: /],
  ];
  for (const [what, changes, problem] of cases) {
    it(`refuses ${what}`, () => {
      const problems = Resource.problems(types, RECORD, { ...aliasArgs(BLUE), ...changes });
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(problem);
    });
  }
});
