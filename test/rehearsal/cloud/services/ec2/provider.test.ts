import { expect } from "chai";
import { networkTypes } from "../../../../../rehearsal/cloud/services/ec2";
import { Network } from "../../../../../rehearsal/cloud/services/ec2/model/network";
import { type Declared, Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

const TAGS = { project: "shop" };
const VPC = "aws:ec2/vpc:Vpc";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

function scene() {
  const network = new Network(silentCloud());
  return { network, stack: new Stack(networkTypes(network)) };
}

const newVpc = (stack: Stack) => stack.create(VPC, { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, tags: TAGS });

/** Creates the resources that `awsx.ec2.Vpc` declares for one Availability Zone. */
async function declareVpc(stack: Stack) {
  const vpc = await newVpc(stack);
  const gateway = await stack.create("aws:ec2/internetGateway:InternetGateway", { vpcId: vpc.id, tags: TAGS });
  const subnets: Declared[] = [];
  const tables: Declared[] = [];
  let nat: Declared | undefined;
  for (const [index, open] of [true, false].entries()) {
    const subnet = await stack.create("aws:ec2/subnet:Subnet", {
      vpcId: vpc.id,
      availabilityZone: "ap-northeast-1a",
      cidrBlock: `10.0.${index}.0/24`,
      mapPublicIpOnLaunch: open,
      assignIpv6AddressOnCreation: false,
      tags: TAGS,
    });
    const table = await stack.create(TABLE, { vpcId: vpc.id, tags: TAGS });
    const association = { routeTableId: table.id, subnetId: subnet.id };
    await stack.create("aws:ec2/routeTableAssociation:RouteTableAssociation", association);
    if (open) {
      const eip = await stack.create("aws:ec2/eip:Eip", { tags: TAGS });
      const allocationId = eip.outputs.allocationId;
      nat = await stack.create("aws:ec2/natGateway:NatGateway", { subnetId: subnet.id, allocationId, tags: TAGS });
    }
    await stack.create("aws:ec2/route:Route", {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      ...(open ? { gatewayId: gateway.id } : { natGatewayId: nat!.id }),
    });
    subnets.push(subnet);
    tables.push(table);
  }
  await stack.create(ENDPOINT, {
    vpcId: vpc.id,
    serviceName: "com.amazonaws.ap-northeast-1.s3",
    vpcEndpointType: "Gateway",
    routeTableIds: tables.map(({ id }) => id),
    tags: TAGS,
  });
  return { vpc, subnets, tables };
}

describe("rehearsal/cloud/services/ec2/provider: network", () => {
  it("creates a VPC that reaches AWS, and deletes everything", async () => {
    const { network, stack } = scene();
    const { vpc, subnets } = await declareVpc(stack);
    const group = await stack.create(GROUP, { vpcId: vpc.id, description: "instances", tags: TAGS });
    const rule = { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "out", tags: TAGS };
    await stack.create(EGRESS, rule);
    const routes = subnets.map(({ id }) => network.internetRoute(id));
    expect(routes).to.deep.equal(["internet-gateway", "nat-gateway"]);
    expect(network.reachesService(subnets[1]!.id, [group.id], "ecs")).to.deep.equal({ ok: true });
    await stack.destroy();
    expect(network.vpcs.find(vpc.id)).to.equal(undefined);
  });

  it("has ids and ARNs in the form of AWS", async () => {
    const { stack } = scene();
    const { id, outputs } = await newVpc(stack);
    expect(id).to.match(/^vpc-[0-9a-f]{17}$/);
    expect(outputs.arn).to.equal(`arn:aws:ec2:ap-northeast-1:123456789012:vpc/${id}`);
  });

  it("reads nothing for a resource that was deleted elsewhere", async () => {
    const { network, stack } = scene();
    const vpc = await newVpc(stack);
    network.deleteVpc(vpc.id);
    expect(await stack.read(vpc)).to.equal(null);
  });

  const refusals: [string, Record<string, unknown>, string][] = [
    [
      VPC,
      { cidrBlock: "10.0.0.1/16" },
      'cidrBlock: "10.0.0.1/16" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/16"?; given "10.0.0.1/16"',
    ],
    [
      VPC,
      { cidrBlock: "10.0.0.0/16", ipv4IpamPoolId: "p" },
      'ipv4IpamPoolId: aws:ec2/vpc:Vpc has no argument "ipv4IpamPoolId" in the rehearsal cloud; known are ',
    ],
    [
      "aws:ec2/route:Route",
      { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" },
      "gatewayId: give exactly one of gatewayId and natGatewayId",
    ],
    [
      INGRESS,
      { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 80, toPort: 80 },
      "cidrIpv4: give exactly one of cidrIpv4, cidrIpv6, referencedSecurityGroupId, prefixListId",
    ],
    [
      INGRESS,
      { securityGroupId: "sg-1", ipProtocol: "6", cidrIpv4: "0.0.0.0/0" },
      "fromPort: give fromPort and toPort with ipProtocol tcp",
    ],
    [ENDPOINT, { vpcId: "vpc-1", serviceName: "s", subnetIds: [] }, "subnetIds: Gateway endpoints have no subnetIds"],
    [
      ENDPOINT,
      { vpcId: "vpc-1", serviceName: "s", vpcEndpointType: "Interface", routeTableIds: [] },
      "routeTableIds: Interface endpoints have no routeTableIds",
    ],
  ];
  for (const [token, args, problem] of refusals) {
    it(`refuses ${token.split(":")[2]}: ${problem.slice(0, 70)}`, () => {
      const [first, ...others] = scene().stack.problems(token, args);
      expect(first).to.satisfy((text: string) => text.startsWith(problem), first);
      expect(others).to.deep.equal([]);
    });
  }

  it("retries a deletion until nothing uses the resource (N8)", async () => {
    const { network, stack } = scene();
    const { vpc, subnets } = await declareVpc(stack);
    const group = await stack.create(GROUP, { vpcId: vpc.id, description: "d" });
    const held = network.attachInterface({
      subnetId: subnets[0]!.id,
      securityGroupIds: [group.id],
      description: "ELB",
    });
    setTimeout(() => network.detachInterface(held.id), 20);
    await stack.delete(group);
    expect(network.securityGroups.find(group.id)).to.equal(undefined);
  });

  it("fails with AWS's error after the provider's time limit", async () => {
    const { network, stack } = scene();
    const { vpc, subnets } = await declareVpc(stack);
    const group = await stack.create(GROUP, { vpcId: vpc.id, description: "d" });
    network.attachInterface({ subnetId: subnets[0]!.id, securityGroupIds: [group.id], description: "ELB" });
    const error = await stack.delete(group).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.message).to.equal(`resource ${group.id} has a dependent object`);
  });

  it("keeps a failed NAT gateway in the state, with the reason (N4)", async () => {
    const { stack } = scene();
    const vpc = await newVpc(stack);
    const subnet = await stack.create("aws:ec2/subnet:Subnet", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
    const { allocationId } = (await stack.create("aws:ec2/eip:Eip", {})).outputs;
    const creation = stack.create("aws:ec2/natGateway:NatGateway", { subnetId: subnet.id, allocationId });
    const error = await creation.catch((reason: Error & { id: string }) => reason);
    expect(error.id).to.match(/^nat-[0-9a-f]{17}$/);
    expect((error as Error).message).to.equal(
      `waiting for EC2 NAT Gateway (${error.id}) create: unexpected state 'failed', wanted target 'available'. last error: Gateway.NotAttached: Network ${vpc.id} has no Internet gateway attached`,
    );
  });

  it("updates in place what EC2 can change", async () => {
    const { network, stack } = scene();
    const { vpc, tables } = await declareVpc(stack);
    expect(await stack.update(vpc, { enableDnsHostnames: false })).to.include({ enableDnsHostnames: false });
    expect(network.vpcs.get(vpc.id).enableDnsHostnames).to.equal(false);
    expect(stack.replaces(vpc, { cidrBlock: "10.1.0.0/16" })).to.deep.equal(["cidrBlock"]);
    await stack.update(tables[0]!, { tags: {} });
  });
});

describe("rehearsal/cloud/services/ec2/provider: security groups", () => {
  async function twoGroups() {
    const { network, stack } = scene();
    const vpc = await newVpc(stack);
    const web = await stack.create(GROUP, { vpcId: vpc.id, description: "web" });
    const app = await stack.create(GROUP, { vpcId: vpc.id, description: "app" });
    const rulesOf = (group: Declared) =>
      network.securityGroups.get(group.id).rules.map(({ direction, protocol, fromPort, toPort, peer }) => {
        return `${direction} ${protocol} ${fromPort}-${toPort} ${peer.value}`;
      });
    return { network, stack, web, app, rulesOf };
  }

  it("creates a group without rules (N10), and replaces it for another name or description (N11)", async () => {
    const { stack, web, rulesOf } = await twoGroups();
    expect(rulesOf(web)).to.deep.equal([]);
    const changes = { description: "other", name: "other", tags: TAGS };
    expect(stack.replaces(web, changes)).to.have.members(["description", "name"]);
  });

  it("creates single rules and updates them in place", async () => {
    const { network, stack, web, app, rulesOf } = await twoGroups();
    const rule = await stack.create(INGRESS, {
      securityGroupId: app.id,
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8080,
      referencedSecurityGroupId: web.id,
    });
    await stack.create(EGRESS, { securityGroupId: web.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
    expect(network.allows([web.id], [app.id], 8080)).to.equal(true);
    await stack.update(rule, { fromPort: 9090, toPort: 9090 });
    expect(network.allows([web.id], [app.id], 8080)).to.equal(false);
    expect(rulesOf(app)).to.deep.equal([`ingress tcp 9090-9090 ${web.id}`]);
    expect(rule.id).to.match(/^sgr-[0-9a-f]{17}$/);
    await stack.delete(rule);
    expect(rulesOf(app)).to.deep.equal([]);
  });

  it("removes single rules when the group has a list of rules (N9)", async () => {
    const { stack, app, rulesOf } = await twoGroups();
    const anywhere = { fromPort: 80, toPort: 80, cidrIpv4: "0.0.0.0/0" };
    const rule = await stack.create(INGRESS, { securityGroupId: app.id, ipProtocol: "tcp", ...anywhere });
    const ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"], self: true }];
    await stack.update(app, { ingress });
    expect(rulesOf(app)).to.deep.equal(["ingress tcp 443-443 10.0.0.0/8", `ingress tcp 443-443 ${app.id}`]);
    expect(await stack.read(rule)).to.equal(null);
  });

  it("keeps a group whose rule is refused, and adds the remaining rules on the next update", async () => {
    const { network, stack, web } = await twoGroups();
    const args = {
      vpcId: web.inputs.vpcId,
      description: "late",
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, securityGroups: ["sg-0"] }],
    };
    const error = await stack.create(GROUP, args).catch((reason: Error & { id: string }) => reason);
    expect((error as Error).message).to.equal("InvalidGroup.NotFound: The security group 'sg-0' does not exist");
    expect(network.securityGroups.get(error.id).description).to.equal("late");
  });

  it("creates the older rules with several sources, which awsx declares for endpoints", async () => {
    const { stack, app, rulesOf } = await twoGroups();
    const rule = await stack.create(OLD_RULE, {
      type: "ingress",
      securityGroupId: app.id,
      protocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrBlocks: ["10.0.0.0/16", "10.1.0.0/16"],
    });
    expect(rulesOf(app)).to.have.length(2);
    await stack.delete(rule);
    expect(rulesOf(app)).to.deep.equal([]);
  });
});
