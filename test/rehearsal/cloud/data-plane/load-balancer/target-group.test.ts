import type { ServerResponse } from "node:http";
import { expect } from "chai";
import type { ActionConfig, TargetGroupConfig } from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { type Answer, group, named, Scene, startTarget, type TestTarget, target } from "./scene";

const ADDRESS = "127.66.3.1";

describe("rehearsal/cloud/data-plane/load-balancer/target-group", () => {
  const opened: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  async function open(): Promise<Scene> {
    const scene = await Scene.open(ADDRESS);
    opened.push({ close: () => scene.plane.stop() });
    return scene;
  }

  async function started(...given: Parameters<typeof startTarget>): Promise<TestTarget> {
    const made = await startTarget(...given);
    opened.push(made);
    return made;
  }

  it("checks as ELB-HealthChecker, with the target's address and port as the Host header", async () => {
    const seen: string[] = [];
    const { server, endpoint } = await started(named("one"));
    server.on("request", (request) => seen.push(`${request.headers["user-agent"]} ${request.headers.host}`));
    const scene = await open();
    await scene.plane.configure(scene.config({ targetGroups: [group("g", [target("i-1", endpoint)])] }));
    await scene.untilState("g/i-1", "healthy");
    expect(seen[0]).to.equal("ELB-HealthChecker/2.0 127.66.9.1:8080");
    expect(scene.healthLog.map(({ state, reason }) => `${state} ${reason}`)).to.deep.equal([
      "initial Elb.RegistrationInProgress",
      "initial Elb.InitialHealthChecking",
      "healthy ",
    ]);
  });

  it("reports each change of a target's health once", async () => {
    let status = 200;
    const { endpoint } = await started((_, response) => {
      response.statusCode = status;
      response.end();
    });
    const scene = await open();
    const healthCheck = { ...group("g", []).healthCheck, path: "/check" };
    const groups = [group("g", [target("i-1", endpoint)], { healthCheck })];
    await scene.plane.configure(scene.config({ targetGroups: groups }));
    await scene.untilState("g/i-1", "healthy");
    status = 404;
    await scene.untilState("g/i-1", "unhealthy");
    status = 200;
    await scene.untilState("g/i-1", "healthy");
    expect(scene.healthLog.slice(3).map(({ state, description }) => `${state} ${description}`)).to.deep.equal([
      "unhealthy Health checks failed with these codes: [404]",
      "healthy ",
    ]);
  });

  it("sends requests in turn to the healthy targets, or to all if none is healthy", async () => {
    const sick = new Set<string>();
    const answering = (name: string) =>
      started((request, response) => {
        if (request.url === "/check" && sick.has(name)) response.statusCode = 500;
        response.end(name);
      });
    const [one, two] = [await answering("one"), await answering("two")];
    const scene = await open();
    const healthCheck = { ...group("g", []).healthCheck, path: "/check" };
    const targets = [target("i-1", one.endpoint), target("i-2", two.endpoint)];
    await scene.plane.configure(scene.config({ targetGroups: [group("g", targets, { healthCheck })] }));
    const bodies = async () => {
      const answers: Answer[] = [];
      for (let i = 0; i < 6; i += 1) answers.push(await scene.ask());
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(6).fill(200));
      return answers.map(({ body }) => body).sort();
    };
    await scene.untilState("g/i-1", "healthy");
    await scene.untilState("g/i-2", "healthy");
    expect(await bodies()).to.deep.equal(["one", "one", "one", "two", "two", "two"]);
    sick.add("one");
    await scene.untilState("g/i-1", "unhealthy");
    expect(await bodies()).to.deep.equal(Array(6).fill("two"));
    sick.add("two");
    await scene.untilState("g/i-2", "unhealthy");
    // Fail open (aws-rules E32): the answers are no proof of health.
    expect(await bodies()).to.deep.equal(["one", "one", "one", "two", "two", "two"]);
  });

  it("does not fail over between weighted groups", async () => {
    const { endpoint } = await started(named("blue"));
    const scene = await open();
    const groups = [group("blue", [target("i-1", endpoint)]), group("green", [])];
    await scene.plane.configure(scene.config({ targetGroups: groups }));
    await scene.untilState("blue/i-1", "healthy");
    const statuses = new Set<number>();
    // Both come with even weights; this many of one kind in a row have a chance of 2^-99.
    for (let i = 0; i < 100; i += 1) statuses.add((await scene.ask()).status);
    expect([...statuses].sort()).to.deep.equal([200, 503]);
  });

  it("checks a group with weight 0, and reports the targets of a group without a rule as unused", async () => {
    const { endpoint } = await started(named("one"));
    const scene = await open();
    const groups = [group("blue", [target("i-1", endpoint)]), group("green", [target("i-2", endpoint)])];
    const config = scene.config({ targetGroups: groups });
    const forward = (...weights: [arn: string, weight: number][]): ActionConfig => ({
      type: "forward",
      targetGroups: weights.map(([arn, weight]) => ({ arn, weight })),
    });
    config.listeners[0]!.defaultAction = forward(["blue", 1]);
    await scene.plane.configure(config);
    expect(scene.health.get("green/i-2")).to.include({ state: "unused", reason: "Target.NotInUse" });
    config.listeners[0]!.defaultAction = forward(["blue", 1], ["green", 0]);
    await scene.plane.configure(config);
    await scene.untilState("green/i-2", "healthy");
    config.listeners[0]!.defaultAction = forward(["green", 1]);
    await scene.plane.configure(config);
    expect(scene.health.get("blue/i-1")).to.include({ state: "unused" });
    expect((await scene.ask()).status).to.equal(200);
  });

  it("follows a task that starts on another port", async () => {
    const [one, two] = [await started(named("one")), await started(named("two"))];
    const scene = await open();
    const at = (endpoint: TestTarget["endpoint"] | null) =>
      scene.config({ targetGroups: [group("g", [target("i-1", endpoint)])] });
    await scene.plane.configure(at(null));
    await scene.untilState("g/i-1", "unhealthy");
    await scene.plane.configure(at(one.endpoint));
    await scene.untilState("g/i-1", "healthy");
    expect((await scene.ask()).headers["x-release"]).to.equal("one");
    await scene.plane.configure(at(two.endpoint));
    expect((await scene.ask()).headers["x-release"]).to.equal("two");
    expect(scene.health.get("g/i-1")?.state).to.equal("healthy");
  });

  describe("draining", () => {
    /** One target that answers when the test says so, and one that answers at once. */
    async function slowAndQuick(delaySeconds: number) {
      const waiting: ServerResponse[] = [];
      let arrived: () => void = () => {};
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const slow = await started((_, response) => {
        waiting.push(response);
        arrived();
      });
      const quick = await started(named("quick"));
      const scene = await open();
      const configure = (draining: boolean, ...more: TargetGroupConfig["targets"]) => {
        const targets = [target("i-slow", slow.endpoint, { draining }), ...more];
        const groups = [group("g", targets, { deregistrationDelaySeconds: delaySeconds })];
        // Longer than any delay here.
        return scene.plane.configure(scene.config({ targetGroups: groups, idleTimeoutSeconds: 4000 }));
      };
      await configure(false);
      await scene.untilState("g/i-slow", "healthy");
      const outstanding = scene.ask();
      outstanding.catch(() => {});
      await arrival;
      return { scene, configure, waiting, outstanding, quick: target("i-quick", quick.endpoint) };
    }

    it("lets requests in flight end, sends no new ones, and reports when the target has drained", async () => {
      const { scene, configure, waiting, outstanding, quick } = await slowAndQuick(3600);
      await configure(false, quick);
      await scene.untilState("g/i-quick", "healthy");
      await configure(true, quick);
      expect(scene.health.get("g/i-slow")).to.include({
        state: "draining",
        reason: "Target.DeregistrationInProgress",
        description: "Target deregistration is in progress",
      });
      for (let i = 0; i < 10; i += 1) expect((await scene.ask()).headers["x-release"]).to.equal("quick");
      expect(scene.drained).to.deep.equal([]);
      waiting[0]!.end("done");
      expect((await outstanding).body).to.equal("done");
      await scene.until(() => scene.drained.length > 0);
      expect(scene.drained).to.deep.equal(["g/i-slow"]);
      expect(scene.health.get("g/i-slow")?.state).to.equal("draining");
    });

    it("drains at once without requests in flight, and answers 503 if it was the only target", async () => {
      const { scene, configure, waiting, outstanding } = await slowAndQuick(3600);
      waiting[0]!.end("done");
      await outstanding;
      await configure(true);
      await scene.until(() => scene.drained.length > 0);
      expect((await scene.ask()).status).to.equal(503);
    });

    it("aborts requests in flight when the delay ends", async () => {
      const { scene, configure, outstanding } = await slowAndQuick(10);
      await configure(true);
      expect((await outstanding).status).to.equal(502);
      await scene.until(() => scene.drained.length > 0);
    });

    it("starts again as a new target when it is registered again", async () => {
      const { scene, configure, waiting, outstanding } = await slowAndQuick(10);
      await configure(true);
      await configure(false);
      expect(scene.health.get("g/i-slow")).to.include({ state: "initial", reason: "Elb.RegistrationInProgress" });
      await scene.untilState("g/i-slow", "healthy");
      waiting[0]!.end("done");
      expect((await outstanding).body).to.equal("done");
      expect(scene.drained).to.deep.equal([]);
    });

    it("lets requests in flight end when the whole group is deleted", async () => {
      const { scene, waiting, outstanding } = await slowAndQuick(3600);
      await scene.plane.configure(scene.config());
      expect((await scene.ask()).status).to.equal(503);
      waiting[0]!.end("done");
      expect((await outstanding).body).to.equal("done");
    });

    it("aborts requests in flight when the target is removed", async () => {
      const { scene, outstanding } = await slowAndQuick(3600);
      await scene.plane.configure(scene.config({ targetGroups: [group("g", [])] }));
      expect((await outstanding).status).to.equal(502);
    });
  });
});
