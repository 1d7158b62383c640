import { expect } from "chai";
import { refusal } from "../../../refusal";
import { newSubnet, newVpc, scene } from "./scene";

describe("rehearsal/cloud/services/ec2/model/vpcs", () => {
  for (const [cidrBlock, answer] of [
    ["10.0.0.0/16", "accepted"],
    ["10.0.0.0/28", "accepted"],
    ["10.0.0.0/15", "InvalidVpc.Range: The CIDR '10.0.0.0/15' is invalid."],
    ["10.0.0.0/29", "InvalidVpc.Range: The CIDR '10.0.0.0/29' is invalid."],
    ["ten", "InvalidParameterValue: Value (ten) for parameter cidrBlock is invalid. This is not a valid CIDR block."],
  ]) {
    it(`creates a VPC of ${cidrBlock}: ${answer}`, () =>
      expect(refusal(() => newVpc(scene().network, cidrBlock))).to.equal(answer));
  }

  it("allows five VPCs in a Region (N3)", () => {
    const { network } = scene();
    for (let count = 2; count <= 5; count++) newVpc(network);
    expect(refusal(() => newVpc(network))).to.equal("VpcLimitExceeded: The maximum number of VPCs has been reached.");
  });

  it("creates and deletes a VPC with its main route table and default security group", () => {
    const { network, vpc } = scene();
    expect(network.routeTables.get(vpc.mainRouteTableId).routes).to.deep.equal([
      { destination: "10.0.0.0/16", target: "local" },
    ]);
    expect(network.securityGroups.get(vpc.defaultSecurityGroupId).name).to.equal("default");
    network.deleteVpc(vpc.id);
    expect(network.routeTables.find(vpc.mainRouteTableId)).to.equal(undefined);
    expect(network.securityGroups.find(vpc.defaultSecurityGroupId)).to.equal(undefined);
    expect(refusal(() => network.vpcs.get(vpc.id))).to.equal(
      `InvalidVpcID.NotFound: The vpc ID '${vpc.id}' does not exist`,
    );
  });

  const holders: [string, (of: ReturnType<typeof scene>) => unknown][] = [
    ["a subnet", ({ network, vpc }) => newSubnet(network, vpc, 0)],
    ["a route table", ({ network, vpc }) => network.routeTables.create(vpc)],
    ["a security group", ({ network, vpc }) => network.securityGroups.create(vpc.id, "web", "d")],
    [
      "an internet gateway",
      ({ network, vpc }) => network.internetGateways.attach(network.internetGateways.create().id, vpc.id),
    ],
  ];
  for (const [holder, make] of holders) {
    it(`refuses to delete a VPC that contains ${holder} (N7)`, () => {
      const of = scene();
      make(of);
      expect(refusal(() => of.network.deleteVpc(of.vpc.id))).to.equal(
        `DependencyViolation: The vpc '${of.vpc.id}' has dependencies and cannot be deleted.`,
      );
    });
  }
});
