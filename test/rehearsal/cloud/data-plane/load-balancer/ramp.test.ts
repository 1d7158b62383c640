import { Agent } from "node:http";
import { expect } from "chai";
import type { RuleConfig } from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { group, named, Scene, startTarget, type TestTarget, target } from "./scene";

const ADDRESS = "127.66.11.1";
const PRODUCTION = "users.example.jp";
const TEST = "users-test.example.jp";
const REQUESTS = 2000;
const CONNECTIONS = 4;
/**
 * AWS seconds for which connections stay, idle or not: ten real minutes here, so that none ends during a test, however busy the machine is.
 * Node's clients do not keep a connection that the server would close within a second or two.
 */
const CONNECTION_SECONDS = 60_000;
/**
 * Standard deviations of the binomial distribution: by chance, one count in 16,000 is outside. The seed is fixed, so a
 * count that passes once always passes.
 */
const DEVIATIONS = 4;

describe("rehearsal/cloud/data-plane/load-balancer: a ramp", () => {
  let targets: Record<"blue" | "green", TestTarget>;
  let scene: Scene;
  let agent: Agent;
  let opened: number;

  before(async () => {
    targets = { blue: await startTarget(named("blue")), green: await startTarget(named("green")) };
    scene = await Scene.open(ADDRESS, { seed: 20 });
    agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const connect = agent.createConnection.bind(agent);
    opened = 0;
    agent.createConnection = (...given) => {
      opened += 1;
      return connect(...given);
    };
    await configure(0);
    await scene.untilState("blue/i-1", "healthy");
    await scene.untilState("green/i-2", "healthy");
  });

  after(async () => {
    agent.destroy();
    await scene.plane.stop();
    await Promise.all(Object.values(targets).map((each) => each.close()));
  });

  /** Applies the two rules as the program declares them, with blue active. Resolves when the load balancer follows them. */
  async function configure(idleShare: number): Promise<void> {
    const rule = (priority: number, host: string, blue: number, green: number): RuleConfig => ({
      arn: host,
      priority,
      hostHeaders: [host],
      hostRegexes: [],
      pathPatterns: [],
      httpHeaders: [],
      action: {
        type: "forward",
        targetGroups: [
          { arn: "blue", weight: blue },
          { arn: "green", weight: green },
        ],
      },
    });
    const config = scene.config({
      idleTimeoutSeconds: CONNECTION_SECONDS,
      clientKeepAliveSeconds: CONNECTION_SECONDS,
      targetGroups: [
        group("blue", [target("i-1", targets.blue.endpoint)]),
        group("green", [target("i-2", targets.green.endpoint)]),
      ],
    });
    config.listeners[0]!.rules = [rule(1, PRODUCTION, 100 - idleShare, idleShare), rule(2, TEST, 0, 100)];
    await scene.plane.configure(config);
  }

  /** Sends requests over the same kept-alive connections each time. Returns the number of responses of each release. */
  async function releases(host: string, requests: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    let left = requests;
    const client = async () => {
      while (left > 0) {
        left -= 1;
        const { status, headers } = await scene.ask({ agent, headers: { Host: host } });
        const answered = status === 200 ? String(headers["x-release"]) : String(status);
        counts[answered] = (counts[answered] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
    return counts;
  }

  for (const share of [1, 10, 50]) {
    it(`gives the idle colour ${share} % of production's requests, on any connection`, async () => {
      await configure(share);
      const counts = await releases(PRODUCTION, REQUESTS);
      const chance = share / 100;
      const bound = DEVIATIONS * Math.sqrt(REQUESTS * chance * (1 - chance));
      expect(counts.green).to.be.closeTo(REQUESTS * chance, bound);
      expect(counts).to.deep.equal({ blue: REQUESTS - counts.green!, green: counts.green });
      expect(await releases(TEST, 100)).to.deep.equal({ green: 100 });
      expect(opened).to.equal(CONNECTIONS);
    });
  }

  it("ends with the next request on each kept-alive connection", async () => {
    await configure(50);
    await configure(0);
    expect(await releases(PRODUCTION, 100)).to.deep.equal({ blue: 100 });
    await configure(100);
    expect(await releases(PRODUCTION, 100)).to.deep.equal({ green: 100 });
    expect(opened).to.equal(CONNECTIONS);
  });
});
