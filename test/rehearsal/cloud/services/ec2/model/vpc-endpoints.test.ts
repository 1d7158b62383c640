import { expect } from "chai";
import type { VpcEndpointSettings } from "../../../../../../rehearsal/cloud/services/ec2/model/vpc-endpoints";
import { refusal } from "../../../refusal";
import { newSubnet, newVpc, scene } from "./scene";

const S3 = "com.amazonaws.ap-northeast-1.s3";
const ECS = "com.amazonaws.ap-northeast-1.ecs";

function settings(vpcId: string, changes: Partial<VpcEndpointSettings>): VpcEndpointSettings {
  return {
    vpcId,
    serviceName: S3,
    type: "Gateway",
    routeTableIds: [],
    subnetIds: [],
    securityGroupIds: [],
    privateDnsEnabled: false,
    ...changes,
  };
}

describe("rehearsal/cloud/services/ec2/model/vpc-endpoints", () => {
  for (const serviceName of ["s3", "com.amazonaws.us-east-1.s3", ECS]) {
    it(`refuses a gateway endpoint for ${serviceName}`, () => {
      const { network, vpc } = scene();
      expect(refusal(() => network.endpoints.create(settings(vpc.id, { serviceName })))).to.equal(
        `InvalidServiceName: The Vpc Endpoint Service '${serviceName}' does not exist`,
      );
    });
  }

  it("adds and removes the routes of a gateway endpoint with its route tables", async () => {
    const { network, vpc } = scene();
    const [one, other] = [network.routeTables.create(vpc), network.routeTables.create(vpc)];
    const endpoint = network.endpoints.create(settings(vpc.id, { routeTableIds: [one.id] }));
    const target = endpoint.id;
    expect(one.routes.at(-1)).to.deep.equal({ destination: endpoint.prefixListId, target });
    network.endpoints.setRouteTables(endpoint.id, [other.id]);
    expect([one.routes.length, other.routes.length]).to.deep.equal([1, 2]);
    expect(refusal(() => network.endpoints.create(settings(vpc.id, { routeTableIds: [other.id] })))).to.equal(
      `RouteAlreadyExists: route table ${other.id} already has a route with destination-prefix-list-id ${endpoint.prefixListId}`,
    );
    await network.endpoints.delete(endpoint.id);
    expect(other.routes.length).to.equal(1);
  });

  it("keeps the subnets and groups of an interface endpoint in use until it is deleted", async () => {
    const { network, vpc } = scene();
    const subnet = newSubnet(network, vpc, 0);
    const group = network.securityGroups.create(vpc.id, "endpoint", "d").id;
    const endpoint = network.endpoints.create(
      settings(vpc.id, { type: "Interface", serviceName: ECS, subnetIds: [subnet.id], securityGroupIds: [group] }),
    );
    expect(endpoint.state).to.equal("pending");
    await network.endpoints.settle(endpoint);
    expect(endpoint.state).to.equal("available");
    const deletion = network.endpoints.delete(endpoint.id);
    expect(refusal(() => network.securityGroups.delete(group))).to.match(/^DependencyViolation: /);
    await deletion;
    network.securityGroups.delete(group);
    expect(refusal(() => network.deleteSubnet(subnet.id))).to.equal("accepted");
  });

  it("enables private DNS once per service, in a VPC with DNS support", () => {
    const { network, vpc } = scene();
    const named = { type: "Interface", serviceName: ECS, privateDnsEnabled: true } as const;
    network.endpoints.create(settings(vpc.id, named));
    expect(refusal(() => network.endpoints.create(settings(vpc.id, named)))).to.equal(
      `InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${ECS} in the VPC ${vpc.id}`,
    );
    const nameless = newVpc(network, "10.1.0.0/16", false);
    expect(refusal(() => network.endpoints.create(settings(nameless.id, named)))).to.equal(
      `InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${nameless.id}`,
    );
  });
});
