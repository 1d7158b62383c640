import { expect } from "chai";
import { refusal } from "../../../refusal";
import { newSubnet, publicAndPrivate, scene } from "./scene";

describe("rehearsal/cloud/services/ec2/model/nat-gateways", () => {
  it("fails without an internet gateway, and then uses no address or subnet (N4)", async () => {
    const { network, vpc } = scene();
    const { id: subnetId } = newSubnet(network, vpc, 0);
    const { allocationId } = network.addresses.allocate();
    const gateway = await network.natGateways.settle(network.natGateways.create(subnetId, allocationId));
    expect([gateway.state, gateway.failure]).to.deep.equal([
      "failed",
      `Gateway.NotAttached: Network ${vpc.id} has no Internet gateway attached`,
    ]);
    network.addresses.release(allocationId);
    expect(refusal(() => network.deleteSubnet(subnetId))).to.equal("accepted");
  });

  it("keeps its address, its subnet and the internet gateway in use until it is deleted", async () => {
    const { network, vpc, open, gateway, nat, allocationId } = await publicAndPrivate();
    const { publicIp } = network.addresses.get(allocationId);
    expect(refusal(() => network.addresses.release(allocationId))).to.equal(
      `InvalidIPAddress.InUse: Address ${publicIp} is in use.`,
    );
    const deletion = network.natGateways.delete(nat.id);
    expect(refusal(() => network.deleteSubnet(open.id))).to.match(/^DependencyViolation: /);
    expect(refusal(() => network.internetGateways.detach(gateway.id, vpc.id))).to.match(/^DependencyViolation: /);
    await deletion;
    for (const call of [
      () => network.addresses.release(allocationId),
      () => network.internetGateways.detach(gateway.id, vpc.id),
      () => network.deleteSubnet(open.id),
    ]) {
      expect(refusal(call)).to.equal("accepted");
    }
  });

  it("needs an address that nothing else uses", async () => {
    const { network, open, allocationId } = await publicAndPrivate();
    expect(refusal(() => network.natGateways.create(open.id, allocationId))).to.equal(
      `Resource.AlreadyAssociated: Elastic IP address [${allocationId}] is already associated`,
    );
    expect(refusal(() => network.natGateways.create(open.id, "eipalloc-0"))).to.equal(
      "InvalidAllocationID.NotFound: The allocation ID 'eipalloc-0' does not exist",
    );
  });

  it("allows five Elastic IP addresses in a Region (N3)", () => {
    const { addresses } = scene().network;
    for (let count = 1; count <= 5; count++) addresses.allocate();
    expect(refusal(() => addresses.allocate())).to.equal(
      "AddressLimitExceeded: The maximum number of addresses has been reached.",
    );
  });
});
