import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { ask } from "./http";
import { forwardTo, hostIs, instance, PORT_OFFSET, refused, Scene, settings } from "./scene";

describe("rehearsal/cloud/aws/load-balancing/load-balancers", () => {
  let scene: Scene;

  before(async () => {
    scene = await Scene.set("127.68.1");
  });
  after(() => scene.loadBalancing.close());

  it("gives a new load balancer AWS's ARN and DNS name, and is back when it is active", async () => {
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

  const longName = "a".repeat(33);
  const names: [string, string, RegExp][] = [
    ["E2 length", longName, /cannot be longer than '32' characters/],
    ["E2 characters", "blue_green", /can only contain characters that are alphanumeric characters or hyphens/],
    ["E2 hyphen in front", "-blue", /cannot begin or end with a hyphen/],
    ["E2 hyphen at the end", "blue-", /cannot begin or end with a hyphen/],
    ["E2 internal-", "internal-blue", /cannot begin with 'internal-'/],
  ];
  for (const [rule, name, message] of names) {
    it(`refuses a name (${rule})`, () => refused(() => scene.createLoadBalancer(name), "ValidationError", message));
  }

  const cases: [string, Parameters<typeof settings>[0], string, string | RegExp][] = [
    [
      "E5 one zone",
      { subnets: ["subnet-a"] },
      "ValidationError",
      "At least two subnets in two different Availability Zones must be specified",
    ],
    [
      "E5 two in one zone",
      { subnets: ["subnet-a", "subnet-b", "subnet-a2"] },
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    ],
    [
      "E6 too small",
      { subnets: ["subnet-a", "subnet-tiny"] },
      "InvalidSubnet",
      "Not enough IP space available in subnet-tiny. ELB requires at least 8 free IP addresses in each subnet.",
    ],
    [
      "E6 full",
      { subnets: ["subnet-a", "subnet-full"] },
      "InvalidSubnet",
      "Not enough IP space available in subnet-full. ELB requires at least 8 free IP addresses in each subnet.",
    ],
    [
      "unknown subnet",
      { subnets: ["subnet-x", "subnet-b"] },
      "SubnetNotFound",
      "The subnet ID 'subnet-x' does not exist",
    ],
    ["two VPCs", { subnets: ["subnet-a", "subnet-elsewhere"] }, "InvalidConfigurationRequest", /same VPC/],
    ["E36 idle timeout", { idleTimeoutSeconds: 4001 }, "ValidationError", /'4001' must be between 1 and 4000/],
    ["E36 keep-alive", { clientKeepAliveSeconds: 59 }, "ValidationError", /'59' must be between 60 and 604800/],
    [
      "logs that ELB may not write",
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

  it("keeps one that is protected, and takes listeners and rules with one that is not (E10)", async () => {
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

  it("answers nobody where the subnet has no internet gateway, or no port is open (E7, E9)", async () => {
    const { arn, dnsName, nodes } = await scene.createLoadBalancer();
    await scene.createListener(arn);
    const own = nodes.map((node) => node.address);
    const found = () => scene.loadBalancing.names.find(dnsName)!.addresses;
    expect(found()).to.deep.equal(own);
    expect((await ask({ address: own[0]!, port: 80 + PORT_OFFSET })).status).to.equal(404);

    scene.network.privateSubnets = ["subnet-b"];
    const [open, dead] = found();
    expect(open).to.equal(own[0]);
    expect(dead).to.not.equal(own[1]);
    scene.network.privateSubnets = [];

    scene.network.openPorts = [443];
    expect(found().filter((address) => own.includes(address))).to.deep.equal([]);
    const error = await ask({ address: found()[0]!, port: 80 + PORT_OFFSET }).catch((caught) => caught);
    expect(error).to.include({ code: "ECONNREFUSED" });
    scene.network.openPorts = "all";
  });

  it("moves its nodes with its subnets, and holds the old ones for a while (E10)", async () => {
    const { arn } = await scene.createLoadBalancer();
    const heldIn = (id: string) => [...scene.network.held.values()].some((held) => held.subnetId === id);
    const moved = await scene.loadBalancing.loadBalancers.modify(arn, settings({ subnets: ["subnet-a", "subnet-c"] }));
    expect(moved.nodes.map((node) => node.subnetId)).to.deep.equal(["subnet-a", "subnet-c"]);
    expect(heldIn("subnet-c")).to.equal(true);
    await scene.loadBalancing.loadBalancers.delete(arn);
    expect(heldIn("subnet-c")).to.equal(true);
  });

  it("says in one line that a port is taken, and forgets the listener", async () => {
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
