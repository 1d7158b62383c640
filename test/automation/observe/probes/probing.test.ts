import { expect } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { checkProbes, type ProbeContext, Probing } from "../../../../automation/observe/probes/probing";
import type { ProbeAnswer, ProbeRequest } from "../../../../automation/ports/probe-client";
import { parseSettings } from "../../../../components/settings/settings";
import { VirtualClock } from "../virtual-clock";

const START_MS = 1_699_999_980_000;
const OK: ProbeAnswer = { kind: "answered", status: 200, seconds: 0.02 };
const BAD: ProbeAnswer = { kind: "answered", status: 500, seconds: 0.02 };
const AWAY = { kind: "unreached", reason: "getaddrinfo ENOTFOUND users.example.jp" } as const;

class World {
  readonly clock = new VirtualClock(START_MS);
  readonly abort = new AbortController();
  /** What was asked, and seconds since the start. */
  readonly asked: string[] = [];
  /** @param count how often this path was asked before */
  answer: (path: string, count: number) => ProbeAnswer | Promise<ProbeAnswer> = () => OK;
  readonly services = [
    { name: "users", url: "https://users.example.jp", paths: ["/users?limit=1", "/up"], protocol: "http1" as const },
  ];

  constructor(private readonly metricPeriodSeconds = 60) {}

  get context(): ProbeContext {
    const { clock, asked, metricPeriodSeconds } = this;
    const counts = new Map<string, number>();
    return {
      clock,
      signal: this.abort.signal,
      settings: parseSettings({ domain: "example.jp", services: {}, deploy: { metricPeriodSeconds } }),
      probeClient: {
        ask: async ({ url, protocol }: ProbeRequest) => {
          const path = url.replace("https://users.example.jp", "");
          const count = counts.get(path) ?? 0;
          counts.set(path, count + 1);
          asked.push(`${path} by ${protocol} at ${this.seconds}`);
          return this.answer(path, count);
        },
      },
    };
  }

  get seconds(): number {
    return (this.clock.nowMs - START_MS) / 1000;
  }

  async during(seconds: number, probing: Probing): Promise<void> {
    await Promise.race([this.clock.sleep(seconds * 1000, new AbortController().signal), probing.failed]);
  }
}

describe("Probing", () => {
  it("asks for each path every two seconds, until it is stopped", async () => {
    const world = new World();
    const probing = new Probing(world.context, world.services);
    await world.during(5, probing);
    probing.stop();
    const asked = [0, 2, 4].flatMap((at) => [`/users?limit=1 by http1 at ${at}`, `/up by http1 at ${at}`]);
    expect(world.asked).to.deep.equal(asked);
    expect(probing.summary()).to.equal("2 probes answered 6 times");
    expect(probing.resultsOf("users").map(({ sentMs }) => sentMs - START_MS)).to.deep.equal([
      0, 0, 2000, 2000, 4000, 4000,
    ]);
    expect(probing.resultsOf("doodle")).to.deep.equal([]);
    await world.clock.sleep(10_000, world.abort.signal);
    expect(world.asked).to.have.lengthOf(6);
  });

  it("fails two seconds after the first bad answer", async () => {
    const world = new World();
    world.answer = (path, count) => (path === "/up" && count >= 2 ? BAD : OK);
    const probing = new Probing(world.context, world.services);
    const error = await world.during(60, probing).catch((failure: Error) => failure);
    expect(error).to.be.instanceOf(StepFailed).with.property("message", "users: GET /up answered 500 twice");
    expect(world.seconds).to.equal(6);
    probing.stop();
  });

  it("does not fail for a single bad answer, nor for a network that is gone", async () => {
    const world = new World();
    world.answer = (path, count) => (path === "/up" ? AWAY : count % 2 === 0 ? BAD : OK);
    const probing = new Probing(world.context, world.services);
    await world.during(5, probing);
    expect(probing.isUncertain, "the last answer was bad").to.equal(true);
    await world.during(2, probing);
    expect(probing.isUncertain).to.equal(false);
    probing.stop();
    expect(probing.summary()).to.equal(
      "2 probes answered 4 times, failed 2 times, did not get through 4 times (getaddrinfo ENOTFOUND users.example.jp)",
    );
  });

  it("asks again as soon as it may when an answer took longer", async () => {
    const world = new World();
    world.answer = async () => {
      await world.clock.sleep(3_000, world.abort.signal);
      return OK;
    };
    const probing = new Probing(world.context, [{ ...world.services[0]!, paths: ["/up"] }]);
    expect(probing.isUncertain, "there is no answer yet").to.equal(true);
    await world.during(7, probing);
    probing.stop();
    expect(world.asked).to.deep.equal([0, 3, 6].map((at) => `/up by http1 at ${at}`));
  });

  it("ends with the run", async () => {
    const world = new World();
    const probing = new Probing(world.context, world.services);
    await world.during(1, probing);
    world.abort.abort(new Error("enough"));
    await world.clock.sleep(10_000, new AbortController().signal);
    expect(world.asked).to.have.lengthOf(2);
  });

  it("asks more often in a rehearsal, where periods are shorter, but not for ever more", async () => {
    for (const [periodSeconds, times] of [
      [15, 4],
      [0.3, 10],
    ] as const) {
      const world = new World(periodSeconds);
      const probing = new Probing(world.context, [{ ...world.services[0]!, paths: ["/up"] }]);
      await world.during(1.9, probing);
      probing.stop();
      expect(world.asked).to.have.lengthOf(times);
    }
  });
});

describe("checkProbes", () => {
  for (const [title, answers, expected, asks] of [
    ["a good answer is enough", [OK], { problems: [], unreached: null }, 1],
    ["a bad one is asked again", [BAD, OK], { problems: [], unreached: null }, 2],
    ["two bad ones are a problem", [BAD, BAD], { problems: ["GET /up answered 500 twice"], unreached: null }, 2],
    ["a network that is gone is none", [AWAY, AWAY, AWAY], { problems: [], unreached: AWAY.reason }, 3],
    ["one that comes back is not worth a word", [AWAY, OK], { problems: [], unreached: null }, 2],
  ] as [string, ProbeAnswer[], object, number][]) {
    it(title, async () => {
      const world = new World();
      world.answer = (_, count) => answers[count]!;
      const found = await checkProbes(world.context, { ...world.services[0]!, paths: ["/up"] });
      expect(found).to.deep.equal(expected);
      expect(world.asked).to.have.lengthOf(asks);
    });
  }
});
