import { once } from "node:events";
import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { expect } from "chai";
import { eventually } from "../../../eventually";
import { ask, startTask, type TestTask } from "../services/elb/model/http";
import { forwardTo, hostIs, instance, PORT_OFFSET, Scene } from "../services/elb/model/scene";

const HOST = "users.example.jp";
const PORT = 80 + PORT_OFFSET;

describe("faults behind and of load balancers", () => {
  let scene: Scene;
  let task: TestTask;
  let group: { arn: string };
  let loadBalancer: { dnsName: string; nodes: { zone: string; address: string }[] };

  before(async () => {
    scene = await Scene.set("127.45.2", 1000);
    const created = await scene.createLoadBalancer("web");
    loadBalancer = created;
    const listenerArn = (await scene.createListener(created.arn)).arn;
    group = scene.createTargetGroup();
    scene.loadBalancing.rules.create({ listenerArn, conditions: hostIs(HOST), actions: [forwardTo(group)] });
    task = await startTask("127.45.2.200", (_, response) => {
      response.writeHead(200, { "x-release": "v2" }).end("fine");
    });
    scene.loadBalancing.targets.register(group.arn, instance("i-1"));
    scene.loadBalancing.targets.setEndpoint("i-1", 8080, task.endpoint);
    await health("healthy");
  });
  after(async () => {
    await scene.loadBalancing.close();
    await task.close();
  });
  afterEach(() => scene.context.faults.clear());

  const health = (wanted: string) =>
    scene.healthUntil(group.arn, (states) => states.every((state) => state === wanted));
  const node = (index: number) => loadBalancer.nodes[index]!.address;
  const answer = async (address = node(0)) =>
    ask({ address, port: PORT, headers: { Host: HOST } }).then(
      ({ status, body }) => `${status} ${body}`,
      (error: NodeJS.ErrnoException) => error.code,
    );
  const fail = (failure: object | null) =>
    scene.loadBalancing.targets.setEndpoint("i-1", 8080, { ...task.endpoint, ...(failure as { failure: null }) });

  it("a failing task answers every n-th with 500, and its health checks do not see it", async () => {
    fail({ failure: { status: 500, share: 0.05, healthChecks: false } });
    await eventually("a 500", async () => (await answer()) === "500 fine");
    const answers: (string | undefined)[] = [];
    for (let count = 0; count < 200; count += 1) answers.push(await answer());
    expect(answers.filter((text) => text === "500 fine")).to.have.lengthOf(10);
    expect(answers.filter((text) => text === "200 fine")).to.have.lengthOf(190);
    expect(scene.loadBalancing.targets.health(group.arn)[0]!.state).to.equal("healthy");
    fail(null);
    await eventually("none", async () =>
      (await Promise.all(Array.from({ length: 40 }, () => answer()))).every((text) => text === "200 fine"),
    );
  });

  it("an unhealthy task answers 503 to all, and its health checks say so", async () => {
    fail({ failure: { status: 503, share: 1, healthChecks: true } });
    await health("unhealthy");
    expect(scene.loadBalancing.targets.health(group.arn)[0]).to.include({
      reason: "Target.ResponseCodeMismatch",
      description: "Health checks failed with these codes: [503]",
    });
    // Fail open: it is the only one (E32).
    expect(await answer()).to.equal("503 fine");
    fail(null);
    await health("healthy");
    expect(await answer()).to.equal("200 fine");
  });

  it("dropZone: a node refuses, cuts what is open, and leaves DNS after a minute; the other goes on", async () => {
    const agent = new Agent({ keepAlive: true });
    const kept = await new Promise<Socket>((resolve, reject) => {
      const asked = request({ host: node(0), port: PORT, headers: { Host: HOST }, agent }, (response) => {
        response.resume().on("end", () => resolve(asked.socket!));
      });
      asked.on("error", reject).end();
    });
    const closed = once(kept, "close");
    const addresses = () => scene.loadBalancing.names.find(loadBalancer.dnsName)!.addresses;

    scene.context.faults.add({ kind: "dropZone", zone: "a", loadBalancer: "web" });
    await closed;
    await eventually("refusals", async () => (await answer()) === "ECONNREFUSED");
    expect(await answer(node(1))).to.equal("200 fine");
    await eventually("DNS without it", async () => addresses().length === 1);
    expect(addresses()).to.deep.equal([node(1)]);
    expect(scene.context.faults.list()[0]).to.include({ strikes: 1 });

    scene.context.faults.clear();
    await eventually("answers", async () => (await answer()) === "200 fine");
    expect(addresses()).to.deep.equal([node(0), node(1)]);
    agent.destroy();
  });

  it("nodesChange: DNS leads to new nodes at once, and the old ones serve until they go (E41)", async () => {
    const addresses = () => scene.loadBalancing.names.find(loadBalancer.dnsName)!.addresses;
    const old = addresses();
    scene.context.faults.add({ kind: "nodesChange", loadBalancer: "web", goneAfterSeconds: 1_000 });
    const added = addresses();
    expect(added).to.have.length(old.length).and.not.have.any.members(old);
    expect(scene.context.faults.list()[0]).to.include({ kind: "nodesChange", strikes: 1 });
    await eventually("answers of the new nodes", async () => (await answer(added[0])) === "200 fine");
    for (let given = await answer(old[0]); scene.context.faults.list().length > 0; given = await answer(old[0]))
      expect(given).to.equal("200 fine");
    // A connection that was accepted just before a node goes is reset; later ones are refused.
    for (const address of old)
      await eventually("the end of the old nodes", async () => (await answer(address)) === "ECONNREFUSED");
    expect(await answer(added[1])).to.equal("200 fine");
    expect(scene.context.faults.list()).to.deep.equal([]);
    expect(addresses()).to.deep.equal(added);
  });
});
