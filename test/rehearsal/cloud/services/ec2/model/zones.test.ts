import { expect } from "chai";
import { Network } from "../../../../../../rehearsal/cloud/services/ec2/model/network";
import { Zones } from "../../../../../../rehearsal/cloud/services/ec2/model/zones";
import { networkFunctions } from "../../../../../../rehearsal/cloud/services/ec2/provider/network-functions";
import { silentCloud } from "../../../silent-cloud";

const GET_ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones";

describe("rehearsal/cloud/services/ec2/model/zones", () => {
  const told = ({ all }: Zones) => all.map(({ name, id }) => `${name} ${id}`);

  it("gives an account three zones", () => {
    expect(told(new Zones({ region: "eu-central-1" }))).to.deep.equal([
      ...["eu-central-1a euc1-az1", "eu-central-1b euc1-az2", "eu-central-1c euc1-az3"],
    ]);
  });

  it("gives it two in us-west-1 (N13)", () => {
    expect(told(new Zones({ region: "us-west-1" }))).to.deep.equal(["us-west-1a usw1-az1", "us-west-1c usw1-az3"]);
  });

  it("shows a Local Zone that it has opted in to first, except to who asks for Availability Zones (N14)", async () => {
    const network = new Network({ ...silentCloud(), region: "us-west-2" });
    const { args, call } = networkFunctions(network).find(({ token }) => token === GET_ZONES)!;
    const look = async (given: object) => (await call(args.parse(given))) as { names: string[]; groupNames: string[] };
    const ordinary = ["us-west-2a", "us-west-2b", "us-west-2c"];
    expect(await look({})).to.deep.include({ names: ordinary, zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"] });
    network.zones.optInToLocalZone("lax");
    expect(await look({})).to.deep.include({
      names: ["us-west-2-lax-1a", ...ordinary],
      groupNames: ["us-west-2-lax-1", "us-west-2"],
    });
    const filters = [{ name: "zone-type", values: ["availability-zone"] }];
    expect(await look({ filters })).to.deep.include({ names: ordinary, groupNames: ["us-west-2"] });
  });

  it("takes a subnet in a Local Zone only once the account has opted in to it (N14)", () => {
    const network = new Network(silentCloud());
    const vpc = network.createVpc({
      cidrBlock: "10.0.0.0/16",
      instanceTenancy: "default",
      enableDnsSupport: true,
      enableDnsHostnames: true,
      enableNetworkAddressUsageMetrics: false,
    });
    const create = () =>
      network.subnets.create({
        ...{ vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: false },
        availabilityZone: "ap-northeast-1-tpe-1a",
      });
    expect(create).to.throw("parameter availabilityZone is invalid");
    network.zones.optInToLocalZone("tpe");
    expect(create()).to.include({ availabilityZone: "ap-northeast-1-tpe-1a" });
  });
});
