import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { LINGER_SECONDS } from "../../../../../../rehearsal/cloud/services/elb/model/load-balancer-interfaces";
import { hasPassed } from "../../../../../has-passed";
import { ask, askUntilServed } from "./http";
import { forwardTo, hostIs, INSIDE, instance, PORT_OFFSET, refused, Scene, settings } from "./scene";

describe("rehearsal/cloud/services/elb/model/load-balancers", () => {
  let scene: Scene;

  before(async () => {
    scene = await Scene.set("127.68.1");
  });
  after(() => scene.loadBalancing.close());

  it("creates a load balancer with an ARN and DNS name in AWS's form, and resolves when it is active", async () => {
    const created = await scene.createLoadBalancer("Blue");
    expect(created.arn).to.match(
      /^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer\/app\/Blue\/[0-9a-f]{16}$/,
    );
    expect(created.dnsName).to.match(/^blue-\d{9,10}\.ap-northeast-1\.elb\.amazonaws\.com$/);
    expect(created.zoneId).to.equal("Z14GRHDCWA56QT");
    expect(created.state).to.equal("active");
    expect(scene.loadBalancing.describeLoadBalancers()[0]).to.deep.include({
      LoadBalancerName: "Blue",
      Scheme: "internet-facing",
      State: { Code: "active" },
      VpcId: "vpc-1",
    });
    await refused(
      () => scene.createLoadBalancer("Blue"),
      "DuplicateLoadBalancerName",
      "A load balancer with the same name 'Blue' exists, but with different settings",
    );
  });

  it("is provisioning until then (E8)", async () => {
    const states = () =>
      scene.loadBalancing
        .describeLoadBalancers()
        .filter(({ LoadBalancerName }) => LoadBalancerName === "slow")
        .map(({ State }) => State?.Code);
    const creating = scene.createLoadBalancer("slow");
    expect(states()).to.deep.equal(["provisioning"]);
    await creating;
    expect(states()).to.deep.equal(["active"]);
  });

  const longName = "a".repeat(33);
  const names: [string, string, RegExp][] = [
    ["a long one, E2", longName, /cannot be longer than '32' characters/],
    ["an underscore, E2", "blue_green", /can only contain characters that are alphanumeric characters or hyphens/],
    ["a leading hyphen, E2", "-blue", /cannot begin or end with a hyphen/],
    ["a trailing hyphen, E2", "blue-", /cannot begin or end with a hyphen/],
    ["the prefix internal-, E2", "internal-blue", /cannot begin with 'internal-'/],
  ];
  for (const [rule, name, message] of names) {
    it(`refuses a name (${rule})`, () => refused(() => scene.createLoadBalancer(name), "ValidationError", message));
  }

  const cases: [string, Parameters<typeof settings>[0], string, string | RegExp][] = [
    [
      "subnets in one zone (E5)",
      { subnets: ["subnet-a"] },
      "ValidationError",
      "At least two subnets in two different Availability Zones must be specified",
    ],
    [
      "two subnets in one zone (E5)",
      { subnets: ["subnet-a", "subnet-b", "subnet-a2"] },
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    ],
    [
      "a subnet that is too small (E6)",
      { subnets: ["subnet-a", "subnet-tiny"] },
      "InvalidSubnet",
      "Not enough IP space available in subnet-tiny. ELB requires at least 8 free IP addresses in each subnet.",
    ],
    [
      "a subnet without free addresses (E6)",
      { subnets: ["subnet-a", "subnet-full"] },
      "InvalidSubnet",
      "Not enough IP space available in subnet-full. ELB requires at least 8 free IP addresses in each subnet.",
    ],
    [
      "an unknown subnet",
      { subnets: ["subnet-x", "subnet-b"] },
      "SubnetNotFound",
      "The subnet ID 'subnet-x' does not exist",
    ],
    ["subnets in two VPCs", { subnets: ["subnet-a", "subnet-elsewhere"] }, "InvalidConfigurationRequest", /same VPC/],
    [
      "an idle timeout out of range (E36)",
      { idleTimeoutSeconds: 4001 },
      "ValidationError",
      /'4001' must be between 1 and 4000/,
    ],
    [
      "a keep-alive duration out of range (E36)",
      { clientKeepAliveSeconds: 59 },
      "ValidationError",
      /'59' must be between 60 and 604800/,
    ],
    [
      "access logs that ELB cannot write",
      { accessLogs: { bucket: "closed", prefix: "" } },
      "InvalidConfigurationRequest",
      "Access Denied for bucket: closed. Please check S3bucket permission",
    ],
  ];
  for (const [rule, changes, code, message] of cases) {
    it(`refuses ${rule}`, () => {
      const input = { name: "refused", internal: false, settings: settings(changes) };
      return refused(() => scene.loadBalancing.loadBalancers.create(input), code, message);
    });
  }

  it("refuses to delete a protected load balancer, and deletes an unprotected one with listeners and rules (E10)", async () => {
    const { loadBalancers, listeners, rules, targetGroups, targets } = scene.loadBalancing;
    const { arn } = await scene.createLoadBalancer();
    const listener = await scene.createListener(arn);
    const group = scene.createTargetGroup();
    const rule = rules.create({
      listenerArn: listener.arn,
      conditions: hostIs("users.example.jp"),
      actions: [forwardTo(group)],
    });
    targets.register(group.arn, instance("i-1"));
    await loadBalancers.modify(arn, settings({ deletionProtection: true }));
    await refused(
      () => loadBalancers.delete(arn),
      "OperationNotPermitted",
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    );
    await loadBalancers.modify(arn, settings());
    await loadBalancers.delete(arn);
    expect(loadBalancers.find(arn)).to.equal(undefined);
    expect(listeners.find(listener.arn)).to.equal(undefined);
    expect(rules.find(rule.arn)).to.equal(undefined);
    expect(targets.health(group.arn)[0]).to.deep.include({ state: "unused", reason: "Target.NotInUse" });
    targetGroups.delete(group.arn);
  });

  it("asks for free addresses in a subnet that is added, but not in one that it is in (E6)", async () => {
    const { arn } = await scene.createLoadBalancer();
    const { loadBalancers } = scene.loadBalancing;
    await refused(
      () => loadBalancers.modify(arn, settings({ subnets: ["subnet-a", "subnet-full"] })),
      "InvalidSubnet",
      "Not enough IP space available in subnet-full. ELB requires at least 8 free IP addresses in each subnet.",
    );
    loadBalancers.get(arn).nodes[1]!.subnetId = "subnet-full";
    await loadBalancers.modify(arn, settings({ subnets: ["subnet-a", "subnet-full"] }));
  });

  it("refuses connections in a subnet without internet gateway, and on a port that no security group allows (E7, E9)", async () => {
    const { arn, dnsName, nodes } = await scene.createLoadBalancer();
    await scene.createListener(arn);
    await scene.createListener(arn, 81);
    const [one, two] = nodes.map((node) => node.address) as [string, string];
    expect(scene.loadBalancing.names.find(dnsName)!.addresses).to.deep.equal([one, two]);
    /** The status or error code that each node responds with. */
    const answers = (port: number, more: object = {}) =>
      Promise.all(
        [one, two].map((address) =>
          ask({ address, port: port + PORT_OFFSET, ...more }).then(
            ({ status }) => status,
            ({ code }) => code,
          ),
        ),
      );
    const closed = (address: string, port: number) => scene.loadBalancing.nodes.at(address)!.closedToInternet(port);
    const follow = async () => {
      scene.loadBalancing.networkChanged();
      // This call waits for every node, so the change before it has arrived, too.
      await scene.loadBalancing.loadBalancers.modify(arn, settings());
    };
    expect(await answers(80)).to.deep.equal([404, 404]);

    scene.network.privateSubnets = ["subnet-b"];
    await follow();
    expect(await answers(80)).to.deep.equal([404, "ECONNRESET"]);
    expect(closed(one, 80)).to.equal(undefined);
    expect(closed(two, 80)).to.match(/is in subnet subnet-b, which has no route to an internet gateway$/);
    scene.network.privateSubnets = [];

    scene.network.openPorts = [81];
    await follow();
    expect(await answers(80)).to.deep.equal(["ECONNRESET", "ECONNRESET"]);
    expect(await answers(81)).to.deep.equal([404, 404]);
    expect(await answers(80, { from: INSIDE })).to.deep.equal([404, 404]);
    expect(closed(one, 80)).to.match(/^no security group of load balancer .* allows port 80 from the internet$/);
    scene.network.openPorts = "all";
  });

  it("serves an internal load balancer in its VPC only, with a DNS name that resolves everywhere", async () => {
    const { arn, dnsName, nodes } = await scene.createLoadBalancer("inner", true);
    expect(dnsName).to.match(/^internal-inner-\d{9,10}\.ap-northeast-1\.elb\.amazonaws\.com$/);
    const described = scene.loadBalancing.describeLoadBalancers().find((one) => one.LoadBalancerArn === arn);
    expect(described!.Scheme).to.equal("internal");
    const addresses = nodes.map((node) => node.address);
    expect(scene.loadBalancing.names.find(dnsName)!.addresses).to.deep.equal(addresses);
    await Promise.all([4711, 4712].map((port) => scene.createListener(arn, port)));
    for (const address of addresses) {
      for (const port of [4711, 4712]) {
        expect((await ask({ address, port: port + PORT_OFFSET, from: INSIDE })).status).to.equal(404);
        const error = await ask({ address, port: port + PORT_OFFSET }).catch((caught) => caught);
        expect(error).to.include({ code: "ECONNRESET" });
      }
    }
    expect(scene.loadBalancing.nodes.at(addresses[0]!)).to.deep.include({ loadBalancer: "inner", internal: true });
    expect(scene.loadBalancing.nodes.at("127.68.1.250")).to.equal(undefined);
    await scene.loadBalancing.loadBalancers.delete(arn);
  });

  it("serves one service through public and internal load balancers at once", async () => {
    const { rules, targets } = scene.loadBalancing;
    const loadBalancers = await Promise.all(
      [false, true].flatMap((internal) =>
        ["blue", "green"].map((colour) => scene.createLoadBalancer(`${colour}-${internal}`, internal)),
      ),
    );
    const server = createHttpServer((_, response) => response.end("users")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const groups = [];
    for (const { arn } of loadBalancers) {
      const group = scene.createTargetGroup();
      const listener = await scene.createListener(arn, 4711);
      rules.create({ listenerArn: listener.arn, conditions: hostIs("users.example.jp"), actions: [forwardTo(group)] });
      targets.register(group.arn, instance("i-users"));
      groups.push(group);
    }
    targets.setEndpoint("i-users", 8080, { address: "127.0.0.1", port: (server.address() as AddressInfo).port });
    await Promise.all(groups.map(({ arn }) => scene.healthUntil(arn, ([state]) => state === "healthy")));
    for (const { nodes, internal } of loadBalancers) {
      const from = internal ? { from: INSIDE } : {};
      const request = {
        address: nodes[0]!.address,
        port: 4711 + PORT_OFFSET,
        headers: { host: "users.example.jp" },
        ...from,
      };
      expect((await askUntilServed(request)).body).to.equal("users");
    }
    server.close();
    server.closeAllConnections();
  });

  it("moves its nodes with its subnets, and keeps the old interfaces for a while (E10)", async () => {
    const { arn } = await scene.createLoadBalancer();
    const heldIn = (id: string) => [...scene.network.held.values()].some((held) => held.subnetId === id);
    const moved = await scene.loadBalancing.loadBalancers.modify(arn, settings({ subnets: ["subnet-a", "subnet-c"] }));
    expect(moved.nodes.map((node) => node.subnetId)).to.deep.equal(["subnet-a", "subnet-c"]);
    expect(heldIn("subnet-c")).to.equal(true);
    const passed = hasPassed(scene.context.clock.realMs(LINGER_SECONDS));
    await scene.loadBalancing.loadBalancers.delete(arn);
    while (heldIn("subnet-c")) await delay(5);
    expect(passed()).to.equal(true);
  });

  it("fails with one line if the port is in use, and discards the listener", async () => {
    const { arn, nodes } = await scene.createLoadBalancer();
    const squatter = createServer().listen(90 + PORT_OFFSET, nodes[1]!.address);
    await once(squatter, "listening");
    const error = await scene.createListener(arn, 90).catch((caught) => caught);
    expect(error).to.be.instanceOf(Error);
    expect(error.message)
      .to.include(`${nodes[1]!.address}:${90 + PORT_OFFSET}`)
      .and.not.include("\n");
    squatter.close();
    await once(squatter, "close");
    await scene.createListener(arn, 90);
    expect((await ask({ address: nodes[1]!.address, port: 90 + PORT_OFFSET })).status).to.equal(404);
  });
});
