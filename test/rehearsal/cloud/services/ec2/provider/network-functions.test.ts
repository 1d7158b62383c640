import { expect } from "chai";
import type { Network } from "../../../../../../rehearsal/cloud/services/ec2/model/network";
import { networkFunctions } from "../../../../../../rehearsal/cloud/services/ec2/provider/network-functions";
import { newSubnet, publicAndPrivate } from "../model/scene";

type Values = Record<string, unknown>;

/** Calls a function of the provider, such as `getVpc`. */
async function look(network: Network, name: string, args: object): Promise<Values> {
  const fn = networkFunctions(network).find(({ token }) => token === `aws:ec2/${name}:${name}`)!;
  return (await fn.call(fn.args.parse(args))) as Values;
}
const failure = (...args: Parameters<typeof look>) => look(...args).then(String, ({ message }: Error) => message);

describe("rehearsal/cloud/services/ec2/provider/network-functions", () => {
  it("show a VPC and a subnet by id, with the addresses that are free", async () => {
    const { network, vpc, open, closed } = await publicAndPrivate();
    expect(await look(network, "getVpc", { id: vpc.id })).to.include({
      ...{ cidrBlock: "10.0.0.0/16", enableDnsSupport: true, enableDnsHostnames: true },
      mainRouteTableId: vpc.mainRouteTableId,
    });
    expect(await look(network, "getSubnet", { id: open.id })).to.include({
      ...{ vpcId: vpc.id, availabilityZone: "ap-northeast-1a", cidrBlock: "10.0.0.0/24" },
      // 5 are AWS's own (N1), one is the NAT gateway's.
      availableIpAddressCount: 256 - 5 - 1,
    });
    expect(await look(network, "getSubnet", { id: closed.id })).to.include({ availableIpAddressCount: 256 - 5 });
  });

  it("say in the provider's words that something does not exist", async () => {
    const { network } = await publicAndPrivate();
    expect(await failure(network, "getVpc", { id: "vpc-0" })).to.equal("no matching EC2 VPC found");
    expect(await failure(network, "getSubnet", { id: "subnet-0" })).to.equal("no matching EC2 Subnet found");
    expect(await failure(network, "getNatGateway", { id: "nat-0" })).to.equal("no matching EC2 NAT Gateway found");
    const filters = [{ name: "attachment.vpc-id", values: ["vpc-0"] }];
    expect(await failure(network, "getInternetGateway", { filters })).to.equal(
      "no matching EC2 Internet Gateway found",
    );
  });

  it("find a subnet's associated route table, and not the main one that another subnet has (N12)", async () => {
    const { network, vpc, closed, closedTable } = await publicAndPrivate();
    const plain = newSubnet(network, vpc, 2);
    expect(await look(network, "getRouteTable", { subnetId: closed.id })).to.include({ routeTableId: closedTable });
    expect(await failure(network, "getRouteTable", { subnetId: plain.id })).to.equal(
      "query returned no results. Please change your search criteria and try again",
    );
    const filters = [{ name: "association.main", values: ["true"] }];
    expect(await look(network, "getRouteTable", { vpcId: vpc.id, filters })).to.include({
      routeTableId: vpc.mainRouteTableId,
    });
  });

  it("show routes without the local one and those to endpoints, with one target each (N12)", async () => {
    const { network, closed, closedTable, open, gateway, nat } = await publicAndPrivate();
    network.routeTables.addRoute(closedTable, { destination: "pl-1", target: "vpce-1" });
    const targetsOf = async (subnetId: string) =>
      ((await look(network, "getRouteTable", { subnetId })).routes as Values[]).map((route) =>
        Object.fromEntries(Object.entries(route).filter(([, value]) => value !== "")),
      );
    expect(await targetsOf(closed.id)).to.deep.equal([{ cidrBlock: "0.0.0.0/0", natGatewayId: nat.id }]);
    expect(await targetsOf(open.id)).to.deep.equal([{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }]);
  });

  it("show the gateway that is attached, and a NAT gateway's state", async () => {
    const { network, vpc, gateway, nat } = await publicAndPrivate();
    const filters = [{ name: "attachment.vpc-id", values: [vpc.id] }];
    expect(await look(network, "getInternetGateway", { filters })).to.include({ internetGatewayId: gateway.id });
    expect(await look(network, "getNatGateway", { id: nat.id })).to.include({ state: "available", vpcId: vpc.id });
  });

  it("refuse a filter that this cloud does not know", async () => {
    const { network } = await publicAndPrivate();
    const filters = [{ name: "tag:Name", values: ["shop"] }];
    expect(await failure(network, "getInternetGateway", { filters })).to.include("knows the filter attachment.vpc-id");
  });
});
