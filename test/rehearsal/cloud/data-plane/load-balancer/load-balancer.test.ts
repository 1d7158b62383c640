import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { NODE_ARGUMENTS } from "../../../../../automation/core/package-directory";
import {
  type AccessLogMessage,
  LoadBalancer,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/load-balancer";
import type { MetricsMessage } from "../../../../../rehearsal/cloud/data-plane/load-balancer/traffic-counts";
import type { LoadBalancerStart, TargetHealth } from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { ask, freePortOffset, group, named, Scene, startTarget, type TestTarget, target } from "./scene";

const ADDRESS = "127.66.5.1";
const FOLDER = join(__dirname, "../../../../../rehearsal/cloud/data-plane/load-balancer");

describe("rehearsal/cloud/data-plane/load-balancer/load-balancer", () => {
  let one: TestTarget;
  let started: LoadBalancer | undefined;
  let settings: LoadBalancerStart;
  let scene: Scene;
  const health: TargetHealth[] = [];
  const metrics: MetricsMessage[] = [];
  const accessLogs: AccessLogMessage[] = [];
  const deaths: Error[] = [];
  let wake: () => void = () => {};

  before(async () => {
    one = await startTarget(named("one"));
  });
  after(() => one.close());
  afterEach(() => started?.stop());

  /** @param address differs for each test, so that no test uses the closed ports of another */
  async function start(address: string): Promise<LoadBalancer> {
    scene = await Scene.open(address);
    settings = scene.start;
    for (const list of [health, metrics, accessLogs, deaths]) list.length = 0;
    started = await LoadBalancer.start("public-blue", settings, {
      targetHealth: (changes) => {
        health.push(...changes);
        wake();
      },
      ruleFollowed: () => {},
      shortKeepAlive: () => {},
      idleConnection: () => {},
      gatewayTimeout: () => {},
      drained: () => wake(),
      accessLog: (file) => accessLogs.push(file),
      metrics: (message) => {
        metrics.push(message);
        wake();
      },
      died: (error) => {
        deaths.push(error);
        wake();
      },
    });
    return started;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  function config() {
    return scene.config({ name: "public-blue", targetGroups: [group("g", [target("i-1", one.endpoint)])] });
  }

  it("serves from a separate process, reports health and counts, and stops with exit code 0", async () => {
    const loadBalancer = await start(ADDRESS);
    expect(loadBalancer.pid).not.to.equal(process.pid);
    await Promise.all([loadBalancer.configure(config()), loadBalancer.configure(config())]);
    await until(() => health.at(-1)?.state === "healthy");
    expect((await scene.ask()).body).to.equal("one /");
    await until(() => metrics.length > 0);
    expect(metrics[0]!.buckets).to.have.lengthOf(1);
    expect(metrics[0]!.buckets[0]!.groups[0]).to.include({ targetGroupArn: "g", requests: 1, responses: 1 });

    await loadBalancer.stop();
    await loadBalancer.stop();
    expect(deaths).to.deep.equal([]);
    const error = await loadBalancer.configure(config()).catch((error) => error);
    expect(error.message).to.match(/^Load balancer public-blue: its process ended with exit code 0/);
    expect((await scene.ask().catch((error) => error)).code).to.equal("ECONNREFUSED");
  });

  it("writes every answer to access logs while they are on, the last ones when it stops", async () => {
    const loadBalancer = await start("127.66.5.4");
    await loadBalancer.configure(config());
    await until(() => health.at(-1)?.state === "healthy");
    await scene.ask({ path: "/before" });
    await loadBalancer.configure({ ...config(), accessLogName: "app/public-blue/0123456789abcdef" });
    await scene.ask({ path: "/first" });
    await scene.ask({ path: "/second", method: "POST", body: "12345" });
    await loadBalancer.stop();
    expect(accessLogs.map(({ address }) => address)).to.deep.equal([scene.address]);
    const lines = gunzipSync(Buffer.from(accessLogs[0]!.body, "base64")).toString().trimEnd().split("\n");
    const fields = lines.map((line) => line.match(/"[^"]*"|\S+/g)!);
    expect(fields.map((all) => all.length)).to.deep.equal([30, 30]);
    expect(fields.map((all) => all[12])).to.deep.equal([
      `"GET http://${scene.address}:80/first HTTP/1.1"`,
      `"POST http://${scene.address}:80/second HTTP/1.1"`,
    ]);
    for (const all of fields) {
      expect(all.slice(8, 10)).to.deep.equal(["200", "200"]);
      expect(all[4]).to.equal(`${one.endpoint.address}:${one.endpoint.port}`);
      expect(Number(all[11]), "sent bytes").to.be.above(20);
    }
    expect(Number(fields[1]![10]), "received bytes, with the body").to.be.above(50);
  });

  it("counts the last requests, too, when it stops", async () => {
    const loadBalancer = await start("127.66.5.7");
    await loadBalancer.configure(config());
    await until(() => health.some(({ state }) => state === "healthy"));
    for (let asked = 0; asked < 3; asked += 1) expect((await scene.ask()).status).to.equal(200);
    await loadBalancer.stop();
    const groups = metrics.flatMap(({ buckets }) => buckets.flatMap((bucket) => bucket.groups));
    expect(groups.reduce((sum, { requests }) => sum + requests, 0)).to.equal(3);
  });

  it("finishes requests in flight when it stops", async () => {
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let answer: () => void = () => {};
    const slow = await startTarget((_, response) => {
      answer = () => response.end("done");
      arrived();
    });
    const loadBalancer = await start("127.66.5.2");
    await loadBalancer.configure(scene.config({ targetGroups: [group("g", [target("i-1", slow.endpoint)])] }));
    await until(() => health.at(-1)?.state === "healthy");
    const outstanding = scene.ask();
    await arrival;
    const stopped = loadBalancer.stop();
    // It takes no new connection before the old request is answered.
    while (!(await scene.ask().catch((error) => error.code === "ECONNREFUSED"))) await new Promise(setImmediate);
    answer();
    expect((await outstanding).body).to.equal("done");
    await stopped;
    await slow.close();
  });

  it("reports in one line which port is taken, and serves when it is free", async () => {
    const loadBalancer = await start("127.66.5.3");
    const blocker = createServer().listen(scene.port, scene.address);
    await once(blocker, "listening");
    const error = await loadBalancer.configure(config()).catch((error) => error);
    expect(error.message).to.match(
      new RegExp(
        `^Load balancer public-blue cannot listen on 127\\.66\\.5\\.3:${scene.port}: another process already does`,
      ),
    );
    blocker.close();
    await once(blocker, "close");
    await loadBalancer.configure(config());
    await until(() => health.at(-1)?.state === "healthy");
    expect((await scene.ask()).status).to.equal(200);
  });

  it("reports the unexpected end of its process", async () => {
    const loadBalancer = await start("127.66.5.4");
    await loadBalancer.configure(config());
    process.kill(loadBalancer.pid!, "SIGKILL");
    await until(() => deaths.length > 0);
    expect(deaths[0]?.message).to.equal("Load balancer public-blue: its process ended by SIGKILL");
    const error = await loadBalancer.configure(config()).catch((error) => error);
    expect(error).to.equal(deaths[0]);
  });

  it("ends when its control plane has ended", async () => {
    const portOffset = await freePortOffset("127.66.5.5");
    const child = fork(join(FOLDER, "process.ts"), {
      execArgv: [...NODE_ARGUMENTS],
      env: { ...process.env, LOAD_BALANCER: JSON.stringify({ ...settings, portOffset }) },
    });
    const [message] = await once(child, "message");
    expect(message).to.deep.equal({ type: "started", pid: child.pid });
    child.disconnect();
    expect(await once(child, "exit")).to.deep.equal([0, null]);
  });

  it("can be reached again on the address that it had before", async () => {
    // A port that a load balancer has left is free at once, also with connections in TIME_WAIT.
    const loadBalancer = await start("127.66.5.6");
    await loadBalancer.configure(config());
    await ask({ address: scene.address, port: scene.port });
    await loadBalancer.configure({ ...config(), listeners: [] });
    await loadBalancer.configure(config());
    expect((await ask({ address: scene.address, port: scene.port })).status).to.be.oneOf([200, 503]);
  });
});
