import { expect } from "chai";
import type { Network } from "../../../../../../rehearsal/cloud/services/ec2/model/network";
import type { Peer } from "../../../../../../rehearsal/cloud/services/ec2/model/security-group-rule";
import { newSubnet, newVpc, publicAndPrivate, scene, tableOf } from "./scene";

const ANYWHERE: Peer = { kind: "cidrIpv4", value: "0.0.0.0/0" };
const group = (value: string): Peer => ({ kind: "group", value });
const block = (value: string): Peer => ({ kind: "cidrIpv4", value });

/** Creates a security group without any rule, as the provider does (N10). */
function bare(network: Network, vpcId: string, name: string): string {
  const { id, rules } = network.securityGroups.create(vpcId, name, "d");
  for (const rule of rules) network.securityGroups.revoke(rule.id);
  return id;
}

function allow(network: Network, groupId: string, direction: "ingress" | "egress", peer: Peer, port: number): void {
  network.securityGroups.authorize(groupId, { direction, protocol: "tcp", fromPort: port, toPort: port, peer });
}

describe("rehearsal/cloud/services/ec2/model/reachability-analyzer: security groups", () => {
  const cases: { title: string; egress: Peer | null; ingress: Peer | null; reached: boolean }[] = [
    { title: "group to group", egress: group("app"), ingress: group("web"), reached: true },
    { title: "no egress rule (N10)", egress: null, ingress: group("web"), reached: false },
    { title: "no ingress rule (E9)", egress: group("app"), ingress: null, reached: false },
    {
      title: "egress to everything, ingress from the VPC's block",
      egress: ANYWHERE,
      ingress: block("10.0.0.0/16"),
      reached: true,
    },
    { title: "ingress from another block", egress: ANYWHERE, ingress: block("10.9.0.0/16"), reached: false },
    { title: "ingress from the sender's subnet", egress: ANYWHERE, ingress: block("10.0.0.0/24"), reached: true },
    {
      title: "ingress from a subnet that the sender is not in",
      egress: ANYWHERE,
      ingress: block("10.0.7.0/24"),
      reached: false,
    },
  ];
  for (const { title, egress, ingress, reached } of cases) {
    it(`${title}: ${reached ? "reached" : "blocked"}`, () => {
      const { network, vpc } = scene();
      const ids: Record<string, string> = { web: bare(network, vpc.id, "web"), app: bare(network, vpc.id, "app") };
      const subnetId = newSubnet(network, vpc, 0).id;
      network.attachInterface({ subnetId, securityGroupIds: [ids.web!], description: "ELB app/web/1" });
      const named = (peer: Peer) => ({ ...peer, value: ids[peer.value] ?? peer.value });
      if (egress) allow(network, ids.web!, "egress", named(egress), 8080);
      if (ingress) allow(network, ids.app!, "ingress", named(ingress), 8080);
      expect(network.allows([ids.web!], [ids.app!], 8080)).to.equal(reached);
      expect(network.allows([ids.web!], [ids.app!], 8081)).to.equal(false);
    });
  }

  it("needs a rule for all addresses to allow the internet", () => {
    const { network, vpc } = scene();
    const web = bare(network, vpc.id, "web");
    allow(network, web, "ingress", ANYWHERE, 443);
    allow(network, web, "ingress", block("10.0.0.0/8"), 80);
    expect([443, 80].map((port) => network.allows("internet", [web], port))).to.deep.equal([true, false]);
  });

  it("blocks connections to another VPC and to a group that does not exist", () => {
    const { network, vpc } = scene();
    const here = network.securityGroups.create(vpc.id, "here", "d").id;
    const there = network.securityGroups.create(newVpc(network).id, "there", "d").id;
    allow(network, there, "ingress", ANYWHERE, 80);
    expect(network.allows([here], [there], 80)).to.equal(false);
    expect(network.allows([here], ["sg-0"], 80)).to.equal(false);
  });
});

describe("rehearsal/cloud/services/ec2/model/reachability-analyzer: blockedBy", () => {
  const cases: [title: string, out: boolean, into: boolean, side: "sender" | "receiver" | undefined][] = [
    ["is undefined if both sides allow the port", true, true, undefined],
    ["is the sender if only it blocks the port", false, true, "sender"],
    ["is the receiver if only it blocks the port", true, false, "receiver"],
    ["is the receiver if both sides block the port", false, false, "receiver"],
  ];
  for (const [title, out, into, side] of cases) {
    it(title, () => {
      const { network, vpc } = scene();
      const [from, to] = [bare(network, vpc.id, "from"), bare(network, vpc.id, "to")];
      if (out) allow(network, from, "egress", group(to), 4711);
      if (into) allow(network, to, "ingress", group(from), 4711);
      expect(network.blockedBy([from], [to], 4711)).to.equal(side);
    });
  }

  it("is the receiver in another VPC, and the sender if it has no group", () => {
    const { network, vpc } = scene();
    const here = network.securityGroups.create(vpc.id, "here", "d").id;
    const there = network.securityGroups.create(newVpc(network).id, "there", "d").id;
    expect(network.blockedBy([here], [there], 80)).to.equal("receiver");
    expect(network.blockedBy([], [here], 80)).to.equal("sender");
  });
});

describe("rehearsal/cloud/services/ec2/model/reachability-analyzer: reachesInternet", () => {
  it("needs a route, a public address if an internet gateway is used, and an egress rule for the port", async () => {
    const { network, vpc, open, closed } = await publicAndPrivate();
    const app = bare(network, vpc.id, "app");
    allow(network, app, "egress", ANYWHERE, 443);
    expect(network.reachesInternet(closed.id, [app], 443)).to.deep.equal({ ok: true });
    expect(network.reachesInternet(open.id, [app], 443)).to.deep.equal({ ok: true });
    expect(network.reachesInternet(closed.id, [app], 80)).to.deep.equal({
      ok: false,
      reason: `no egress rule of ${app} allows port 80`,
    });
    const isolated = newSubnet(network, vpc, 2).id;
    expect(network.reachesInternet(isolated, [app], 443)).to.deep.equal({
      ok: false,
      reason: `subnet ${isolated} has no route to the internet`,
    });
    open.mapPublicIpOnLaunch = false;
    expect(network.reachesInternet(open.id, [app], 443).ok).to.equal(false);
  });
});

describe("rehearsal/cloud/services/ec2/model/network: onChange", () => {
  it("reports changes of rules and routes until it is unsubscribed", async () => {
    const { network, vpc, closedTable } = await publicAndPrivate();
    let changeCount = 0;
    const unsubscribe = network.onChange(() => {
      changeCount += 1;
    });
    const steps: (() => unknown)[] = [
      () => bare(network, vpc.id, "app"),
      () => network.routeTables.removeRoute(closedTable, "0.0.0.0/0"),
      () => allow(network, vpc.defaultSecurityGroupId, "ingress", ANYWHERE, 80),
      () => tableOf(network, vpc, newSubnet(network, vpc, 9).id),
    ];
    for (const step of steps) {
      const before = changeCount;
      step();
      expect(changeCount).to.be.greaterThan(before);
    }
    unsubscribe();
    const before = changeCount;
    allow(network, vpc.defaultSecurityGroupId, "ingress", ANYWHERE, 81);
    expect(changeCount).to.equal(before);
  });
});

describe("rehearsal/cloud/services/ec2/model/reachability-analyzer: internetRoute", () => {
  it("follows the subnet's route table, the NAT gateway and the internet gateway", async () => {
    const { network, vpc, open, closed } = await publicAndPrivate();
    const isolated = newSubnet(network, vpc, 2);
    expect([open, closed, isolated].map(({ id }) => network.internetRoute(id))).to.deep.equal([
      "internet-gateway",
      "nat-gateway",
      null,
    ]);
  });

  it("is null if the NAT gateway's subnet has no route to the internet (N4)", async () => {
    const { network, closed, openTable } = await publicAndPrivate();
    network.routeTables.removeRoute(openTable, "0.0.0.0/0");
    expect(network.internetRoute(closed.id)).to.equal(null);
  });
});

describe("rehearsal/cloud/services/ec2/model/reachability-analyzer: reachesService", () => {
  it("uses the NAT gateway if an egress rule allows it (C10)", async () => {
    const { network, vpc, closed } = await publicAndPrivate();
    const app = bare(network, vpc.id, "app");
    expect(network.reachesService(closed.id, [app], "ecs")).to.deep.equal({
      ok: false,
      reason: `no egress rule of ${app} allows port 443 to ecs`,
    });
    allow(network, app, "egress", ANYWHERE, 443);
    expect(network.reachesService(closed.id, [app], "ecs")).to.deep.equal({ ok: true });
  });

  it("needs a public address behind an internet gateway", async () => {
    const { network, vpc, open } = await publicAndPrivate();
    const { id } = network.securityGroups.create(vpc.id, "app", "d");
    expect(network.reachesService(open.id, [id], "logs")).to.deep.equal({ ok: true });
    expect(network.reachesService(open.id, [id], "logs", false)).to.deep.equal({
      ok: false,
      reason: `subnet ${open.id} is routed to an internet gateway, but the instance has no public address: logs cannot be reached`,
    });
  });

  it("needs three endpoints for ECS in a subnet without a route (C10)", async () => {
    const { network, vpc } = scene();
    const subnet = newSubnet(network, vpc, 0);
    const groupId = vpc.defaultSecurityGroupId;
    const missing = (service: string) => ({
      ok: false,
      reason: `subnet ${subnet.id} has no route to the internet, and VPC ${vpc.id} has no endpoint for ${service}`,
    });
    for (const service of ["ecs", "ecs-agent", "ecs-telemetry"]) {
      expect(network.reachesService(subnet.id, [groupId], "ecs")).to.deep.equal(missing(service));
      const endpoint = network.endpoints.create({
        vpcId: vpc.id,
        serviceName: `com.amazonaws.ap-northeast-1.${service}`,
        type: "Interface",
        routeTableIds: [],
        subnetIds: [subnet.id],
        securityGroupIds: [],
        privateDnsEnabled: true,
      });
      await network.endpoints.settle(endpoint);
    }
    expect(network.reachesService(subnet.id, [groupId], "ecs")).to.deep.equal({ ok: true });
  });

  it("fails if the security group of an interface endpoint blocks it, even if there is another route", async () => {
    const { network, vpc, closed } = await publicAndPrivate();
    const app = network.securityGroups.create(vpc.id, "app", "d").id;
    const door = bare(network, vpc.id, "door");
    const endpoint = network.endpoints.create({
      vpcId: vpc.id,
      serviceName: "com.amazonaws.ap-northeast-1.logs",
      type: "Interface",
      routeTableIds: [],
      subnetIds: [closed.id],
      securityGroupIds: [door],
      privateDnsEnabled: true,
    });
    await network.endpoints.settle(endpoint);
    expect(network.reachesService(closed.id, [app], "logs")).to.deep.equal({
      ok: false,
      reason: `${app} and the groups of endpoint ${endpoint.id} do not allow port 443 to logs`,
    });
  });

  it("reaches S3 through a gateway endpoint without another route (C13)", () => {
    const { network, vpc } = scene();
    const subnet = newSubnet(network, vpc, 0);
    const app = bare(network, vpc.id, "app");
    const { prefixListId } = network.endpoints.create({
      vpcId: vpc.id,
      serviceName: "com.amazonaws.ap-northeast-1.s3",
      type: "Gateway",
      routeTableIds: [vpc.mainRouteTableId],
      subnetIds: [],
      securityGroupIds: [],
      privateDnsEnabled: false,
    });
    allow(network, app, "egress", { kind: "prefixList", value: prefixListId! }, 443);
    expect(network.reachesService(subnet.id, [app], "s3")).to.deep.equal({ ok: true });
    expect(network.reachesService(subnet.id, [app], "ecr.api").ok).to.equal(false);
  });
});
