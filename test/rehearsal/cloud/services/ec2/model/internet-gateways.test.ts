import { expect } from "chai";
import { refusal } from "../../../refusal";
import { newSubnet, newVpc, scene } from "./scene";

describe("rehearsal/cloud/services/ec2/model/internet-gateways", () => {
  it("attaches a gateway to one VPC, and one gateway to a VPC", () => {
    const { network, vpc } = scene();
    const { internetGateways } = network;
    const [one, other] = [internetGateways.create(), internetGateways.create()];
    internetGateways.attach(one.id, vpc.id);
    expect(refusal(() => internetGateways.attach(one.id, newVpc(network).id))).to.equal(
      `Resource.AlreadyAssociated: resource ${one.id} is already attached to network ${vpc.id}`,
    );
    expect(refusal(() => internetGateways.attach(other.id, vpc.id))).to.equal(
      `InvalidParameterValue: Network ${vpc.id} already has an internet gateway attached`,
    );
  });

  it("refuses to detach while public addresses are mapped (N6)", () => {
    const { network, vpc } = scene();
    const { internetGateways } = network;
    const { id } = internetGateways.create();
    internetGateways.attach(id, vpc.id);
    const subnetId = newSubnet(network, vpc, 0).id;
    const held = network.attachInterface({ subnetId, securityGroupIds: [], description: "ELB", publicAddress: true });
    expect(refusal(() => internetGateways.detach(id, vpc.id))).to.equal(
      `DependencyViolation: Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
    network.detachInterface(held.id);
    internetGateways.detach(id, vpc.id);
    expect(refusal(() => internetGateways.detach(id, vpc.id))).to.equal(
      `Gateway.NotAttached: resource ${id} is not attached to network ${vpc.id}`,
    );
  });

  it("refuses to delete an attached gateway", () => {
    const { network, vpc } = scene();
    const { id } = network.internetGateways.create();
    network.internetGateways.attach(id, vpc.id);
    expect(refusal(() => network.internetGateways.delete(id))).to.equal(
      `DependencyViolation: The internetGateway '${id}' has dependencies and cannot be deleted.`,
    );
  });

  it("allows five gateways in a Region (N3)", () => {
    const { internetGateways } = scene().network;
    for (let count = 1; count <= 5; count++) internetGateways.create();
    expect(refusal(() => internetGateways.create())).to.match(/^InternetGatewayLimitExceeded: /);
  });
});
