import { expect } from "chai";
import type { Network } from "../../../../../../rehearsal/cloud/services/ec2/model/network";
import type { RuleSettings } from "../../../../../../rehearsal/cloud/services/ec2/model/security-group-rule";
import { refusal } from "../../../refusal";
import { newSubnet, newVpc, scene } from "./scene";

const HTTPS_FROM_ANYWHERE: RuleSettings = {
  direction: "ingress",
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  peer: { kind: "cidrIpv4", value: "0.0.0.0/0" },
};

const from = (groupId: string): RuleSettings => ({ ...HTTPS_FROM_ANYWHERE, peer: { kind: "group", value: groupId } });

function twoGroups(): { network: Network; vpcId: string; web: string; app: string } {
  const { network, vpc } = scene();
  const web = network.securityGroups.create(vpc.id, "web", "d").id;
  const app = network.securityGroups.create(vpc.id, "app", "d").id;
  return { network, vpcId: vpc.id, web, app };
}

describe("rehearsal/cloud/services/ec2/model/security-groups", () => {
  it("requires a unique name in a VPC (N11)", () => {
    const { network, vpcId } = twoGroups();
    const create = (name: string, vpc = vpcId) => refusal(() => network.securityGroups.create(vpc, name, "d"));
    expect(create("web")).to.equal(
      `InvalidGroup.Duplicate: The security group 'web' already exists for VPC '${vpcId}'`,
    );
    expect(create("web", newVpc(network).id)).to.equal("accepted");
    expect(create("sg-web")).to.equal(
      "InvalidParameterValue: Value (sg-web) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
    );
  });

  it("creates a group that allows all egress and no ingress", () => {
    const { network, web } = twoGroups();
    expect(
      network.securityGroups.get(web).rules.map(({ direction, protocol, peer }) => [direction, protocol, peer.value]),
    ).to.deep.equal([["egress", "-1", "0.0.0.0/0"]]);
  });

  it("refuses a rule that exists, even with another description (N9)", () => {
    const { network, web } = twoGroups();
    const { securityGroups } = network;
    securityGroups.authorize(web, HTTPS_FROM_ANYWHERE);
    expect(refusal(() => securityGroups.authorize(web, { ...HTTPS_FROM_ANYWHERE, description: "again" }))).to.equal(
      'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 443, to port: 443, ALLOW" already exists',
    );
    const other = securityGroups.authorize(web, { ...HTTPS_FROM_ANYWHERE, fromPort: 80, toPort: 80 });
    expect(refusal(() => securityGroups.modifyRule(other.id, HTTPS_FROM_ANYWHERE))).to.match(/^InvalidPermission.Dup/);
    expect(securityGroups.rule(other.id)?.fromPort).to.equal(80);
  });

  it("allows 60 rules in each direction (N11)", () => {
    const { network, web } = twoGroups();
    const rule = (port: number) => ({ ...HTTPS_FROM_ANYWHERE, fromPort: port, toPort: port });
    for (let port = 1; port <= 60; port++) network.securityGroups.authorize(web, rule(port));
    expect(refusal(() => network.securityGroups.authorize(web, rule(61)))).to.equal(
      "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.",
    );
    expect(refusal(() => network.securityGroups.authorize(web, { ...rule(61), direction: "egress" }))).to.equal(
      "accepted",
    );
  });

  it("refuses a rule for a group that does not exist in the same VPC", () => {
    const { network, web } = twoGroups();
    const { securityGroups } = network;
    const foreign = securityGroups.create(newVpc(network).id, "foreign", "d").id;
    expect(refusal(() => securityGroups.authorize(web, from("sg-0")))).to.equal(
      "InvalidGroup.NotFound: The security group 'sg-0' does not exist",
    );
    expect(refusal(() => securityGroups.authorize(web, from(foreign)))).to.equal(
      "InvalidGroup.NotFound: You have specified two resources that belong to different networks.",
    );
  });

  it("refuses to delete a group that a rule of another group names (N8)", () => {
    const { network, web, app } = twoGroups();
    const { securityGroups } = network;
    securityGroups.authorize(web, from(web));
    const rule = securityGroups.authorize(app, from(web));
    expect(refusal(() => securityGroups.delete(web))).to.equal(
      `DependencyViolation: resource ${web} has a dependent object`,
    );
    securityGroups.revoke(rule.id);
    expect(refusal(() => securityGroups.delete(web))).to.equal("accepted");
  });

  it("refuses to delete a group that an interface uses (N8), and allows five groups per interface (N11)", () => {
    const { network, vpcId, web, app } = twoGroups();
    const subnetId = newSubnet(network, network.vpcs.get(vpcId), 0).id;
    const attach = (securityGroupIds: string[]) =>
      network.attachInterface({ subnetId, securityGroupIds, description: "instance" });
    const held = attach([web]);
    expect(refusal(() => network.securityGroups.delete(web))).to.match(/^DependencyViolation: /);
    network.setInterfaceGroups(held.id, [app]);
    expect(refusal(() => network.securityGroups.delete(web))).to.equal("accepted");
    expect(refusal(() => attach(Array(6).fill(app)))).to.equal(
      "SecurityGroupsPerInterfaceLimitExceeded: The maximum number of security groups per interface has been reached.",
    );
  });

  it("refuses to delete the default group of a VPC", () => {
    const { network, vpc } = scene();
    const id = vpc.defaultSecurityGroupId;
    expect(refusal(() => network.securityGroups.delete(id))).to.equal(
      `CannotDelete: the specified group: "${id}" name: "default" cannot be deleted by a user`,
    );
  });
});
