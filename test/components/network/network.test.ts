import { expect } from "chai";
import { costsOf } from "../cost-table";
import { additions, counts, inputs, LISTENER, names, TARGET_GROUP } from "../declared";
import { declare, GROUPS, STATES, type WorldOptions } from "../world";

const NETWORK = {
  vpc: "vpc-00000001",
  publicSubnets: ["subnet-00000001", "subnet-00000003"],
  privateSubnets: ["subnet-00000002", "subnet-00000004"],
};
const settings = { users: { kind: "api", exposure: ["public", "internal"] } };
const world = (network?: object) =>
  declare({ services: { users: STATES.second }, settings, ...(network ? { network } : {}) });
/** The resource types of a VPC of the stack's own, without those that every VPC has things of. */
const OF_A_VPC =
  /:ec2\/(?:vpc|subnet|internetGateway|natGateway|eip|route|routeTable|vpcEndpoint|defaultSecurityGroup|flowLog)\b/;

describe("a network of the stack's own", () => {
  const zonesOf = async (options: Partial<WorldOptions>) => {
    const { resources, outputs } = await declare({ services: { users: STATES.second }, ...options });
    const subnets = resources.filter(({ type, name }) => type === "aws:ec2/subnet:Subnet" && /-public-/.test(name));
    const zones = subnets.map(({ inputs: given }) => given.availabilityZone);
    expect(outputs.availabilityZones).to.deep.equal(zones);
    return zones.map((zone) => String(zone).replace("ap-northeast-1", ""));
  };
  const region = "ap-northeast-1";
  const had = (...letters: string[]) => ({ region, availabilityZones: letters.map((letter) => region + letter) });

  it("is in ordinary availability zones, whatever else the account has opted in to (N14)", async () => {
    expect(await zonesOf({})).to.deep.equal(["a", "c"]);
  });

  it("keeps the zones that it has, and adds others after them", async () => {
    expect(await zonesOf({ last: had("c", "d") })).to.deep.equal(["c", "d"]);
    expect(await zonesOf({ last: had("-tpe-1a", "a") })).to.deep.equal(["-tpe-1a", "a"]);
    expect(await zonesOf({ last: had("d", "c"), network: { zones: 3 } })).to.deep.equal(["d", "c", "a"]);
    expect(await zonesOf({ last: { ...had("c", "d"), region: "eu-west-1" } })).to.deep.equal(["a", "c"]);
  });

  it("takes zones from those of the settings, which the region gives the account: an old one may be without NAT gateways (N15)", async () => {
    const from = (...letters: string[]) => letters.map((letter) => region + letter);
    expect(await zonesOf({ network: { availabilityZones: from("d", "c", "a") } })).to.deep.equal(["d", "c"]);
    expect(await zonesOf({ last: had("a"), network: { availabilityZones: from("d", "c") } })).to.deep.equal(["a", "d"]);
    const refused = await zonesOf({ network: { availabilityZones: from("c", "b") } }).catch(String);
    expect(refused).to.include(
      'aoshingo:network.availabilityZones: given "ap-northeast-1b", wanted zones that ap-northeast-1 gives this account: ap-northeast-1a, ap-northeast-1c, ap-northeast-1d',
    );
  });

  it("keeps the zones of its instances, by name, after a program that did not write them", async () => {
    GROUPS.set("users-blue-instances", 2);
    const { outputs } = await declare({ services: { users: STATES.second } });
    const { availabilityZones: _, ...older } = outputs;
    expect(await zonesOf({ last: older })).to.deep.equal(["c", "d"]);
    GROUPS.clear();
  });

  it("is refused with more zones than the region gives the account", async () => {
    const refused = await declare({ services: { users: STATES.start }, network: { zones: 4 } }).catch(String);
    expect(refused).to.include(
      "aoshingo:network.zones: given 4, wanted at most 3: ap-northeast-1 gives this account ap-northeast-1a, ap-northeast-1c, ap-northeast-1d",
    );
  });
});

describe("a stack in an existing network", () => {
  it("declares nothing of a network, and everything else in it", async () => {
    const [own, existing] = [await world(), await world(NETWORK)];
    expect(Object.keys(counts(existing)).filter((type) => OF_A_VPC.test(type))).to.deep.equal([]);
    const added = additions(existing, own).map(({ type }) => type);
    expect(added.filter((type) => !/:ec2\//.test(type))).to.deep.equal([]);
    expect(additions(own, existing)).to.deep.equal([]);
    expect(names(existing, LISTENER)).to.deep.equal(names(own, LISTENER));
    const inputOf = (name: string, type: string) => inputs(existing, name, type);
    expect(inputOf("public-blue", "aws:lb/loadBalancer:LoadBalancer").subnets).to.deep.equal(NETWORK.publicSubnets);
    expect(inputOf("alb-internal-blue", "aws:lb/loadBalancer:LoadBalancer").subnets).to.deep.equal(
      NETWORK.privateSubnets,
    );
    for (const { type, inputs: given } of existing.resources)
      if ("vpcId" in given) expect(given.vpcId, type).to.equal(NETWORK.vpc);
    expect(inputOf("internal-zone", "aws:route53/zone:Zone").vpcs).to.deep.equal([{ vpcId: NETWORK.vpc }]);
  });

  it("names target groups by the VPC, so that those of another one have other names", async () => {
    const namesIn = ({ resources }: Awaited<ReturnType<typeof world>>) =>
      resources.filter(({ type }) => type === TARGET_GROUP).map(({ inputs: given }) => given.name);
    const [own, existing] = [namesIn(await world()), namesIn(await world(NETWORK))];
    expect(existing).to.have.lengthOf(8);
    expect(existing.filter((name) => own.includes(name))).to.deep.equal([]);
  });

  it("pays for no NAT gateway and its address", async () => {
    const what = costsOf(await world(NETWORK)).map(({ what, count }) => [what, count]);
    expect(Object.fromEntries(what)).to.deep.include({ "public addresses": 4, "load balancers": 4 });
    expect(Object.fromEntries(what)).to.not.have.property("NAT gateways");
  });

  it("writes down the VPC and its subnets, which cannot change", async () => {
    const { outputs } = await world(NETWORK);
    expect(outputs).not.to.have.property("availabilityZones");
    expect(outputs.immutableSettings).to.deep.equal({
      ...{ region: "ap-northeast-1", domain: "example.jp", vpc: NETWORK.vpc, cutover: "routed" },
      publicSubnets: NETWORK.publicSubnets.join(" "),
      privateSubnets: NETWORK.privateSubnets.join(" "),
    });
  });

  it("is refused where the VPC lacks something, before anything is declared", async () => {
    const [wrong] = await Promise.allSettled([world({ ...NETWORK, vpc: "vpc-00000002" })]);
    expect(wrong).to.have.property("status", "rejected");
    expect(String((wrong as PromiseRejectedResult).reason)).to.include(
      "aoshingo:network.publicSubnets: given subnet-00000001, which is in vpc-00000001, wanted a subnet of vpc-00000002",
    );
  });
});
