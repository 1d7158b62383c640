import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { parseSettings } from "../../../../../../components/settings/settings";
import type { TargetGroupState } from "../../../../../../rehearsal/cloud/services/elb/model/state";
import { hasPassed } from "../../../../../has-passed";
import { ask, askUntilServed, startTask, type TestTask } from "./http";
import {
  forwardTo,
  hostIs,
  INSIDE,
  instance,
  PORT_OFFSET,
  refused,
  Scene,
  settings,
  targetGroupSettings,
} from "./scene";

const host = "users.example.jp";

describe("rehearsal/cloud/services/elb/model/targets", () => {
  let scene: Scene;
  let group: TargetGroupState;
  let loadBalancerArn: string;
  let address: string;
  let task: TestTask;
  /** The request for `/slow` is at the task; health checks come there, too. */
  let arrived: Promise<void>;
  let finish: () => void;

  beforeEach(async () => {
    scene = await Scene.set(`127.68.${30 + addresses++}`);
    group = scene.createTargetGroup();
    const { arn, nodes } = await scene.createLoadBalancer();
    loadBalancerArn = arn;
    address = nodes[0]!.address;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let arrive: () => void;
    arrived = new Promise((resolve) => {
      arrive = resolve;
    });
    task = await startTask("127.68.99.1", async (request, response) => {
      if (request.url === "/slow") {
        arrive();
        await held;
      }
      response.end("done");
    });
  });
  let addresses = 0;
  afterEach(async () => {
    finish();
    await scene.loadBalancing.close();
    await task.close();
  });

  async function route() {
    const listener = await scene.createListener(loadBalancerArn);
    return scene.loadBalancing.rules.create({
      listenerArn: listener.arn,
      conditions: hostIs(host),
      actions: [forwardTo(group)],
    });
  }

  const request = (path: string) => ({ address, port: 80 + PORT_OFFSET, path, headers: { host } });
  const get = (path: string) => ask(request(path));
  const served = () => askUntilServed(request("/"));
  const is =
    (...wanted: string[]) =>
    (states: string[]) =>
      states.join() === wanted.join();
  const healthOf = () => scene.loadBalancing.targets.health(group.arn);

  it("are unused until a rule forwards to their group, then healthy after real health checks (E29, E30)", async () => {
    const { targets } = scene.loadBalancing;
    targets.register(group.arn, instance("i-1"));
    targets.setEndpoint("i-1", 8080, task.endpoint);
    expect(healthOf()).to.deep.equal([
      {
        targetId: "i-1",
        state: "unused",
        reason: "Target.NotInUse",
        description: "Target group is not configured to receive traffic from the load balancer",
      },
    ]);
    const rule = await route();
    expect(healthOf()[0]!.state).to.be.oneOf(["initial", "healthy"]);
    await scene.healthUntil(group.arn, is("healthy"));
    expect(scene.loadBalancing.describeTargetHealth(group.arn)).to.deep.equal([
      { Target: { Id: "i-1", Port: 8080 }, HealthCheckPort: "8080", TargetHealth: { State: "healthy" } },
    ]);
    expect((await served()).body).to.equal("done");

    // A replacement of the rule leaves the group unused for a moment. Its targets must become healthy again.
    scene.loadBalancing.rules.delete(rule.arn);
    scene.loadBalancing.rules.create({ ...rule, conditions: hostIs(host), actions: [forwardTo(group)] });
    await scene.healthUntil(group.arn, is("healthy"));
    expect((await served()).status).to.equal(200);

    const events = scene.context.events.flatMap((event) => (event.kind === "target" ? [event.state] : []));
    expect(events.slice(0, 2)).to.deep.equal(["unused", "initial"]);
    expect(events).to.include("healthy");
  });

  it("are in the cloud's events with each connection that is left idle (E34), and with requests of internal load balancers", async () => {
    task.server.keepAliveTimeout = 0;
    const inside = await scene.createLoadBalancer("web-inside", true);
    const insideGroup = scene.createTargetGroup({}, "users-ibb-0a1b");
    const insideListener = await scene.createListener(inside.arn);
    const insideRule = { listenerArn: insideListener.arn, conditions: hostIs(host), actions: [forwardTo(insideGroup)] };
    scene.loadBalancing.rules.create(insideRule);
    await route();
    const { targets } = scene.loadBalancing;
    for (const { arn } of [group, insideGroup]) targets.register(arn, instance("i-1"));
    targets.setEndpoint("i-1", 8080, task.endpoint);
    await served();
    const ofInside = { ...request("/"), address: inside.nodes[0]!.address, from: INSIDE };
    await askUntilServed(ofInside);
    for (let more = 0; more < 4; more += 1) await ask(ofInside);
    const counted = () => scene.context.events.filter((event) => event.kind === "internalRequests");
    const left = () => scene.context.events.filter((event) => event.kind === "idleConnection");
    while (counted().reduce((sum, { requests }) => sum + requests, 0) < 5 || left().length < 2) await sleep(10);
    expect(counted()[0]).to.include({ loadBalancer: "web-inside", targetGroup: "users-ibb-0a1b" });
    expect(counted().reduce((sum, { requests }) => sum + requests, 0)).to.equal(5);
    expect(left().map(({ targetGroup, targetId, state }) => [targetGroup, targetId, state])).to.have.deep.members([
      [group.name, "i-1", "left"],
      [insideGroup.name, "i-1", "left"],
    ]);
    expect(counted().filter(({ targetGroup }) => targetGroup === group.name)).to.deep.equal([]);
  });

  it("are at most 1,000 in all target groups of a load balancer (E14)", async () => {
    const { targets, rules } = scene.loadBalancing;
    const rule = await route();
    const other = scene.createTargetGroup();
    const weighted = forwardTo({ ...group, weight: 1 }, { ...other, weight: 0 });
    rules.modify(rule.arn, { actions: [weighted] });
    targets.register(group.arn, instance("i-0"));
    const [entry] = group.targets.values();
    for (let index = 1; index < 500; index++) group.targets.set(`i-${index}`, entry!);
    for (let index = 500; index < 1000; index++) other.targets.set(`i-${index}`, entry!);
    await refused(
      () => targets.register(other.arn, instance("i-1000")),
      "TooManyTargets",
      "You've reached the limit on the number of targets per load balancer.",
    );
    targets.register(other.arn, instance("i-999"));
    const unused = scene.createTargetGroup();
    targets.register(unused.arn, instance("i-1000"));
    for (const { targets: all } of [group, other]) all.clear();
  });

  it("become unhealthy when their task stops listening, and healthy when one listens", async () => {
    const { targets } = scene.loadBalancing;
    await route();
    targets.register(group.arn, instance("i-1"));
    await scene.healthUntil(group.arn, is("unhealthy"));
    expect(healthOf()[0]!.reason).to.equal("Target.FailedHealthChecks");
    targets.setEndpoint("i-1", 8080, task.endpoint);
    await scene.healthUntil(group.arn, is("healthy"));
    targets.setEndpoint("i-1", 8080, null);
    await scene.healthUntil(group.arn, is("unhealthy"));
  });

  it("are unreachable if the security group blocks the port (E9)", async () => {
    const { targets } = scene.loadBalancing;
    scene.network.openPorts = [80];
    await route();
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, instance("i-1"));
    await scene.healthUntil(group.arn, is("unhealthy"));
    expect(healthOf()[0]).to.deep.include({ reason: "Target.Timeout" });
    scene.network.openPorts = "all";
    scene.loadBalancing.networkChanged();
    await scene.healthUntil(group.arn, is("healthy"));
  });

  it("are unused in a zone that the load balancer does not have (E30)", async () => {
    const { targets, loadBalancers } = scene.loadBalancing;
    await route();
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, instance("i-1", { subnetId: "subnet-c", availabilityZone: "ap-northeast-1c" }));
    expect(healthOf()[0]).to.deep.include({
      state: "unused",
      description: "Target is in an Availability Zone that is not enabled for the load balancer",
    });
    await loadBalancers.modify(loadBalancerArn, settings({ subnets: ["subnet-a", "subnet-c"] }));
    await scene.healthUntil(group.arn, is("healthy"));
  });

  /** Deregisters a target with a request in flight, which ends before the delay is over. */
  async function drains(deregistrationDelaySeconds: number): Promise<void> {
    const { targets } = scene.loadBalancing;
    group = scene.createTargetGroup({ deregistrationDelaySeconds });
    await route();
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, instance("i-1"));
    await scene.healthUntil(group.arn, is("healthy"));
    await served();
    const slow = get("/slow");
    await arrived;

    void targets.deregister(group.arn, "i-1");
    expect(healthOf()[0]!.state).to.equal("draining");
    while ((await get("/")).status !== 503);
    finish();
    expect((await slow).body).to.equal("done");
    expect(healthOf()[0]!.state).to.equal("draining");
  }

  it("drain: requests in flight end, no new ones arrive, and the state stays for the delay (E37)", () =>
    // However slow the machine is, it is not over before the last line.
    drains(3_600));

  it("drain so at a scale-in of a service whose streams get no time of their own (E37)", () => {
    const users = { kind: "api", streams: { within: "0s" } };
    const { deregistrationDelaySeconds } = parseSettings({ domain: "example.jp", services: { users } }).services.users!;
    // As many seconds by the machine's clock, which are over before the last line on no machine.
    return drains(deregistrationDelaySeconds * scene.context.clock.speed);
  });

  it("drain for the whole delay, even with nothing in flight (A9, E37)", async () => {
    const { targets } = scene.loadBalancing;
    await route();
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, instance("i-1"));
    await scene.healthUntil(group.arn, is("healthy"));
    const passed = hasPassed(scene.context.clock.realMs(group.settings.deregistrationDelaySeconds));
    await targets.deregister(group.arn, "i-1");
    expect(passed()).to.equal(true);
    expect(healthOf()).to.deep.equal([]);
  });

  it("are unused when their instance is terminated, and get no request (E30)", async () => {
    const { targets } = scene.loadBalancing;
    await route();
    const lost = instance("i-1", { state: "running" });
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, lost);
    await scene.healthUntil(group.arn, is("healthy"));
    Object.assign(lost, { state: "terminated" });
    targets.instanceChanged("i-1");
    expect(healthOf()[0]).to.include({ state: "unused", reason: "Target.InvalidState" });
    while ((await get("/")).status !== 503);
    expect(healthOf()[0]).to.include({ state: "unused", reason: "Target.InvalidState" });
  });

  it("are initial again if they are registered while they drain", async () => {
    const { targets } = scene.loadBalancing;
    await route();
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, instance("i-1"));
    await scene.healthUntil(group.arn, is("healthy"));
    void targets.deregister(group.arn, "i-1");
    while ((await get("/")).status !== 503);
    targets.register(group.arn, instance("i-1"));
    expect(healthOf()[0]!.state).to.equal("initial");
    await scene.healthUntil(group.arn, is("healthy"));
  });

  it("deregister at once without a load balancer, and a second time without an error", async () => {
    const { targets } = scene.loadBalancing;
    targets.register(group.arn, instance("i-1"));
    await targets.deregister(group.arn, "i-1");
    expect(healthOf()).to.deep.equal([]);
    await targets.deregister(group.arn, "i-1");
  });

  it("are refused outside the target group's VPC (E31)", async () => {
    const { targets } = scene.loadBalancing;
    await refused(
      () => targets.register(group.arn, instance("i-1", { vpcId: "vpc-2" })),
      "InvalidTarget",
      "The following targets are not in the target group VPC 'vpc-1': 'i-1'",
    );
    await refused(
      () => targets.register("arn:none", instance("i-1")),
      "TargetGroupNotFound",
      "One or more target groups not found",
    );
  });

  it("follow a change of the health check", async () => {
    const { targets, targetGroups } = scene.loadBalancing;
    await route();
    targets.setEndpoint("i-1", 8080, task.endpoint);
    targets.register(group.arn, instance("i-1"));
    await scene.healthUntil(group.arn, is("healthy"));
    const { healthCheck, ...rest } = targetGroupSettings();
    targetGroups.modify(group.arn, { ...rest, healthCheck: { ...healthCheck, matcher: "204" } });
    await scene.healthUntil(group.arn, is("unhealthy"));
    expect(healthOf()[0]!.description).to.equal("Health checks failed with these codes: [200]");
  });
});
