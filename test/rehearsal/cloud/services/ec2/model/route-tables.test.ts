import { expect } from "chai";
import { refusal } from "../../../refusal";
import { newSubnet, newVpc, scene, tableOf } from "./scene";

describe("rehearsal/cloud/services/ec2/model/route-tables", () => {
  it("accepts one route per destination, to a gateway of the same VPC", () => {
    const { network, vpc } = scene();
    const table = network.routeTables.create(vpc).id;
    const gateway = network.internetGateways.create().id;
    const add = (target: string) => refusal(() => network.addRoute(table, { destination: "0.0.0.0/0", target }));
    expect(add("igw-0")).to.equal("InvalidGatewayID.NotFound: The gateway ID 'igw-0' does not exist");
    expect(add("nat-0")).to.equal("NatGatewayNotFound: The Nat Gateway nat-0 was not found");
    expect(add(gateway)).to.equal(
      `InvalidParameterValue: route table ${table} and network gateway ${gateway} belong to different networks`,
    );
    network.internetGateways.attach(gateway, vpc.id);
    expect(add(gateway)).to.equal("accepted");
    expect(add(gateway)).to.equal("RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.");
  });

  it("refuses to remove a route that does not exist", () => {
    const { network, vpc } = scene();
    const { id } = network.routeTables.create(vpc);
    expect(refusal(() => network.routeTables.removeRoute(id, "0.0.0.0/0"))).to.equal(
      `InvalidRoute.NotFound: no route with destination-cidr-block 0.0.0.0/0 in route table ${id}`,
    );
  });

  it("associates a subnet of the same VPC that has no other route table", () => {
    const { network, vpc } = scene();
    const subnet = newSubnet(network, vpc, 0);
    const foreign = network.routeTables.create(newVpc(network)).id;
    expect(refusal(() => network.routeTables.associate(foreign, subnet))).to.equal(
      `InvalidParameterValue: Route table ${foreign} and subnet ${subnet.id} belong to different networks`,
    );
    const table = tableOf(network, vpc, subnet.id);
    expect(refusal(() => network.routeTables.associate(table, subnet))).to.equal(
      `Resource.AlreadyAssociated: the specified association for route table ${table} conflicts with an existing association`,
    );
    expect(network.routeTables.ofSubnet(subnet).id).to.equal(table);
  });

  it("refuses to delete the main route table and one with a subnet", () => {
    const { network, vpc } = scene();
    const subnet = newSubnet(network, vpc, 0);
    const table = tableOf(network, vpc, subnet.id);
    for (const id of [table, vpc.mainRouteTableId]) {
      expect(refusal(() => network.routeTables.delete(id))).to.equal(
        `DependencyViolation: The routeTable '${id}' has dependencies and cannot be deleted.`,
      );
    }
    network.deleteSubnet(subnet.id);
    expect(refusal(() => network.routeTables.delete(table))).to.equal("accepted");
  });
});
