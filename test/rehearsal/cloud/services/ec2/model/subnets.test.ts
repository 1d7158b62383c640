import { expect } from "chai";
import { refusal } from "../../../refusal";
import { newSubnet, scene } from "./scene";

describe("rehearsal/cloud/services/ec2/model/subnets", () => {
  for (const [cidrBlock, answer] of [
    ["10.0.0.0/24", "accepted"],
    ["10.0.5.0/24", "InvalidSubnet.Conflict: The CIDR '10.0.5.0/24' conflicts with another subnet"],
    ["10.0.4.0/22", "InvalidSubnet.Conflict: The CIDR '10.0.4.0/22' conflicts with another subnet"],
    ["10.1.0.0/24", "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."],
    ["10.0.0.0/29", "InvalidSubnet.Range: The CIDR '10.0.0.0/29' is invalid."],
  ] as const) {
    it(`creates ${cidrBlock} next to 10.0.5.0/24: ${answer} (N1, N2)`, () => {
      const { network, vpc } = scene();
      newSubnet(network, vpc, 5);
      const create = () => network.subnets.create({ vpcId: vpc.id, cidrBlock, mapPublicIpOnLaunch: false });
      expect(refusal(create)).to.equal(answer);
    });
  }

  it("creates subnets in the Region's Availability Zones only", () => {
    const { network, vpc } = scene();
    const settings = { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: false };
    expect(refusal(() => network.subnets.create({ ...settings, availabilityZone: "us-east-1a" }))).to.equal(
      "InvalidParameterValue: Value (us-east-1a) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ap-northeast-1a, ap-northeast-1b, ap-northeast-1c.",
    );
    expect(network.subnets.create(settings)).to.include({
      availabilityZone: "ap-northeast-1a",
      availabilityZoneId: "apne1-az1",
    });
  });

  it("refuses to delete a subnet that an interface is in (N7)", () => {
    const { network, vpc } = scene();
    const { id } = newSubnet(network, vpc, 0);
    const held = network.attachInterface({ subnetId: id, securityGroupIds: [], description: "ELB app/web/1" });
    expect(refusal(() => network.deleteSubnet(id))).to.equal(
      `DependencyViolation: The subnet '${id}' has dependencies and cannot be deleted.`,
    );
    network.detachInterface(held.id);
    expect(refusal(() => network.deleteSubnet(id))).to.equal("accepted");
  });

  it("reserves five addresses and refuses an interface when none is free (N1)", () => {
    const { network, vpc } = scene();
    const settings = { vpcId: vpc.id, cidrBlock: "10.0.9.0/28", mapPublicIpOnLaunch: false };
    const subnetId = network.subnets.create(settings).id;
    const attach = () => network.attachInterface({ subnetId, securityGroupIds: [], description: "task" });
    expect(network.freeAddresses(subnetId)).to.equal(11);
    expect(attach().privateIp).to.equal("10.0.9.4");
    for (let count = 2; count <= 11; count++) attach();
    expect(network.freeAddresses(subnetId)).to.equal(0);
    expect(refusal(attach)).to.match(/^InsufficientFreeAddressesInSubnet: /);
  });
});
