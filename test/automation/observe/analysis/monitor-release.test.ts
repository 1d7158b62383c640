import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { type MonitorOptions, monitorRelease } from "../../../../automation/observe/analysis/monitor-release";
import type { DeployEvent } from "../../../../automation/ports/events";
import type { ColourObservation, ObservedAlarm, TrafficPeriod } from "../../../../automation/ports/observer";
import type { ProbeAnswer } from "../../../../automation/ports/probe-client";
import type { ColourOutputs } from "../../../../components/live/outputs";
import { parseSettings } from "../../../../components/settings/settings";
import { VirtualClock } from "../virtual-clock";

const START_MS = 1_699_999_980_000;
const DIGEST = `sha256:${"a".repeat(64)}`;

const colour = (name: string): ColourOutputs => ({
  cluster: name,
  ecsService: name,
  autoScalingGroup: name,
  taskDefinition: `task-${name}`,
  migrationTaskDefinition: null,
  targetGroups: [{ edge: "public", loadBalancer: "blue", loadBalancerArn: "lb-blue", arn: name }],
});

const OK: ProbeAnswer = { kind: "answered", status: 200, seconds: 0.01 };
const BAD: ProbeAnswer = { kind: "answered", status: 500, seconds: 0.01 };

/** A monitored release in a world without problems. Time passes only during `sleep`. */
class World {
  readonly clock = new VirtualClock(START_MS + 10_000);
  readonly events: DeployEvent[] = [];
  readonly abort = new AbortController();
  /** The windows that were read: target group, and minutes since the start. */
  readonly asked: string[] = [];
  state: (nowMs: number) => ObservedAlarm["state"] = () => "OK";
  /** @param minute since the start */
  count: (group: string, minute: number) => Partial<TrafficPeriod> = () => ({});
  look: (nowMs: number) => Partial<ColourObservation> = () => ({});
  onAsk: (what: "traffic" | "colour") => unknown = () => {};
  probe: (nowMs: number) => ProbeAnswer = () => OK;

  /** Returns what was seen. */
  async run(options: Partial<MonitorOptions> = {}, alarms?: string[]): Promise<string> {
    return (await this.monitor(options, alarms)).seen;
  }

  monitor(options: Partial<MonitorOptions> = {}, alarms = ["users-5xx"]): ReturnType<typeof monitorRelease> {
    const settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, deploy: { alarms } });
    const observer = {
      caller: () => assert.fail(),
      clockAheadMs: () => assert.fail(),
      image: () => assert.fail(),
      secrets: () => assert.fail(),
      schedule: () => assert.fail(),
      runs: () => assert.fail(),
      taskImage: () => assert.fail(),
      weights: () => assert.fail(),
      aliases: () => assert.fail(),
      colour: async () => {
        await this.onAsk("colour");
        return this.#colour();
      },
      alarms: async (names: readonly string[]) =>
        names.map((name) => ({ name, state: this.state(this.nowMs), reason: "as it is" })),
      traffic: async ([group]: ColourOutputs["targetGroups"][number][], window: { fromMs: number; toMs: number }) => {
        await this.onAsk("traffic");
        return this.#traffic(group!.arn, window.fromMs, window.toMs);
      },
    };
    return monitorRelease(
      {
        settings,
        observer,
        clock: this.clock,
        probeClient: { ask: async () => this.probe(this.nowMs) },
        signal: this.abort.signal,
        emit: (event) => void this.events.push(event),
      },
      {
        step: "bake",
        services: [
          {
            name: "users",
            fresh: colour("users-green"),
            wanted: { size: 1, digest: DIGEST },
            old: colour("users-blue"),
          },
        ],
        sinceMs: START_MS + 10_000,
        untilMs: START_MS + 310_000,
        compare: "before",
        ...options,
      },
    );
  }

  /** Returns the message that the run fails with. */
  async failure(options: Partial<MonitorOptions> = {}): Promise<string> {
    const error = await this.run(options).then(
      () => assert.fail("nothing failed"),
      (failure: Error) => failure,
    );
    assert.instanceOf(error, StepFailed);
    return error.message;
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  get seconds(): number {
    return (this.nowMs - START_MS) / 1000;
  }

  #colour(): ColourObservation {
    return {
      targets: [{ targetGroup: "users-green", instanceId: "i-1", state: "healthy", reason: "" }],
      tasks: [
        {
          id: "t",
          instanceId: "i-1",
          status: "RUNNING",
          digests: { users: DIGEST },
          taskDefinition: "task-users-green",
        },
      ],
      inService: 1,
      minimum: 1,
      instances: [{ id: "i-1", state: "InService", agent: "connected" }],
      joinedInstances: 1,
      failedActivities: [],
      failedTasks: [],
      ...this.look(this.nowMs),
    };
  }

  #traffic(group: string, fromMs: number, toMs: number): TrafficPeriod[] {
    const first = Math.ceil((fromMs - START_MS) / 60_000);
    const end = Math.floor((toMs - START_MS) / 60_000);
    this.asked.push(`${group} ${first} to ${end}`);
    return Array.from({ length: Math.max(0, end - first) }, (_, index) => {
      const counted = { requests: 1000, errors: 0, responseSeconds: 0.02, ...this.count(group, first + index) };
      return { startMs: START_MS + (first + index) * 60_000, ended: counted.requests, ...counted };
    });
  }
}

const PROBED = [{ name: "users", url: "https://users.example.jp", paths: ["/users"], protocol: "http1" as const }];
const unhealthy = { targets: [{ targetGroup: "users-green", instanceId: "i-1", state: "unhealthy", reason: "504" }] };

describe("monitorRelease", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it("monitors to the end, and says what it saw", async () => {
    assert.equal(await world.run(), "1 alarm not firing; users 3000 requests, 0.00 % 5xx or no response, 20 ms");
    assert.equal(world.seconds, 310);
    const [first] = world.events;
    assert.deepEqual(first, {
      type: "progress",
      atMs: START_MS + 10_000,
      step: "bake",
      message: "300 s left; 1 alarm not firing; no whole period of metrics yet",
    });
  });

  describe("with many services", () => {
    const services = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: `s${index}`,
        fresh: colour("users-green"),
        wanted: { size: 1, digest: DIGEST },
        old: colour("users-blue"),
      }));

    for (const { count, seconds } of [
      { count: 1, seconds: 5 },
      { count: 8, seconds: 5 },
      { count: 16, seconds: 10 },
      { count: 40, seconds: 25 },
    ])
      it(`looks at ${count} every ${seconds} s: AWS is asked no more often than for eight`, async () => {
        let looks = 0;
        world.onAsk = (what) => {
          if (what === "colour") looks += 1;
        };
        await world.run({ services: services(count) });
        assert.equal(looks / count, 300 / seconds + 1);
      });
  });

  it("waits for metrics that come late, at most three periods longer", async () => {
    const untilMs = START_MS + 190_000;
    world.count = (group, minute) =>
      group === "users-green" && world.nowMs < START_MS + (minute + 1) * 60_000 + 150_000 ? { requests: 0 } : {};
    assert.equal(
      await world.run({ untilMs }),
      "1 alarm not firing; users 1000 requests, 0.00 % 5xx or no response, 20 ms",
    );
    assert.isAtLeast(world.seconds, 270);
    world = new World();
    world.count = (group) => (group === "users-green" ? { requests: 0, responseSeconds: null } : {});
    assert.equal(
      await world.run({ untilMs }),
      "1 alarm not firing; users 0 requests, 0.00 % 5xx or no response, too few to judge",
    );
    assert.equal(world.seconds, 190 + 180);
  });

  it("waits for late metrics of both releases, too, where the old one had requests before", async () => {
    const untilMs = START_MS + 190_000;
    const isBefore = (minute: number) => minute < 0;
    world.count = (_, minute) =>
      isBefore(minute) || world.nowMs >= START_MS + (minute + 1) * 60_000 + 150_000
        ? { errors: isBefore(minute) ? 0 : 50 }
        : { requests: 0, responseSeconds: null };
    await world.run({ untilMs, compare: "meanwhile" });
    assert.isAtLeast(world.seconds, 270);
    assert.include(world.asked, "users-blue -9 to 0");
    assert.lengthOf(
      world.asked.filter((window) => window === "users-blue -9 to 0"),
      1,
    );
    world = new World();
    world.count = (_, minute) => (isBefore(minute) ? {} : { requests: 0, responseSeconds: null });
    await world.run({ untilMs, compare: "meanwhile" });
    assert.equal(world.seconds, 190 + 180);
  });

  it("does not wait for a share of the requests that nobody sends", async () => {
    const untilMs = START_MS + 190_000;
    world.count = () => ({ requests: 0, responseSeconds: null });
    await world.run({ untilMs, compare: "meanwhile" });
    assert.equal(world.seconds, 190);
    world = new World();
    world.count = (group) => (group === "users-green" ? { requests: 0, responseSeconds: null } : {});
    await world.run({ untilMs, compare: "meanwhile" });
    assert.equal(world.seconds, 190, "one percent of a few requests may be none");
  });

  for (const compare of ["before", "meanwhile"] as const)
    it(`does not end before the first period of metrics can be read, compared ${compare}`, async () => {
      world.count = (group) => ({ errors: group === "users-green" ? 50 : 0 });
      assert.match(
        await world.failure({ untilMs: START_MS + 70_000, compare }),
        /^users: 5\.00 % of 1000 requests got a 5xx or no response/,
      );
      assert.equal(world.seconds, 180);
    });

  describe("of requests without a response", () => {
    const untilMs = START_MS + 190_000;
    /** @param ended how many of a thousand requests end in a period */
    const ends = (ended: (minute: number) => number) => {
      world.count = (group, minute) => (group === "users-green" ? { ended: ended(minute) } : {});
    };

    it("waits until they cannot be in flight any more, and fails", async () => {
      ends(() => 0);
      assert.match(
        await world.failure({ untilMs }),
        /^users: 50\.00 % of 2000 requests got a 5xx or no response between .*, before the change 0\.00 %/,
      );
      assert.equal(world.seconds, 240);
      assert.include(
        world.events.findLast((event) => event.type === "progress")!.message,
        "waiting for responses; 1 alarm not firing; users 1000 requests, 0.00 % 5xx or no response, 1000 not answered yet",
      );
    });

    it("finds a third of them in the time that it waits", async () => {
      ends(() => 700);
      await world.failure({ untilMs });
      assert.equal(world.seconds, 360);
    });

    it("tells of those that it cannot tell from slow ones, and does not wait for them", async () => {
      ends(() => 900);
      assert.equal(
        await world.run({ untilMs }),
        "1 alarm not firing; users 1000 requests, 0.00 % 5xx or no response, 100 not answered yet, 20 ms",
      );
      assert.equal(world.seconds, 190);
    });

    it("waits for slow ones at most three periods longer, and never fails for them", async () => {
      ends((minute) => (minute === 1 ? 0 : 1000));
      await world.run({ untilMs });
      assert.equal(world.seconds, 190 + 180);
      world = new World();
      ends((minute) => (minute === 1 ? 500 : 1500 - 500 * Math.min(1, minute - 2)));
      await world.run({ untilMs });
      assert.equal(world.seconds, 240, "they were answered in the next period");
    });
  });

  it("does not wait for metrics of a service that nobody asked before", async () => {
    world.count = () => ({ requests: 0, responseSeconds: null });
    await world.run();
    assert.equal(world.seconds, 310);
  });

  it("says of which services too few requests came to judge them", async () => {
    world.count = (group) => (group === "users-green" ? { requests: 2, errors: 1 } : {});
    const { seen, tooFew } = await world.monitor();
    assert.equal(seen, "1 alarm not firing; users 6 requests, 50.00 % 5xx or no response, 20 ms, too few to judge");
    assert.isTrue(tooFew);
    world = new World();
    assert.isFalse((await world.monitor()).tooFew);
  });

  it("emits what it analysed, each time that there is more of it", async () => {
    await world.run();
    const analysed = world.events.flatMap((event) => (event.type === "analysed" ? [event] : []));
    assert.deepEqual(
      analysed.map(({ services }) => services.map(({ service, periods }) => [service, periods.length])),
      [1, 2, 3].map((periods) => [["users", periods]]),
    );
    const { step, services } = analysed[0]!;
    assert.equal(step, "bake");
    assert.deepInclude(services[0], { compare: "before", periodSeconds: 60, maxErrorPercent: 1, maxLatencyRatio: 2 });
    assert.equal(services[0]!.old.requests, 9_000, "the nine whole minutes before the change");
  });

  it("reads each whole period once it can be read, and the old release's periods once", async () => {
    await world.run();
    assert.deepEqual(world.asked, [
      "users-green 1 to 2",
      "users-blue -9 to 0",
      "users-green 1 to 3",
      "users-green 1 to 4",
    ]);
  });

  it("compares the same periods while both get requests", async () => {
    world.count = () => ({ errors: 300 });
    await world.run({ compare: "meanwhile", untilMs: START_MS + 200_000 });
    assert.deepEqual(world.asked, ["users-green 1 to 2", "users-blue 1 to 2"]);
  });

  it("fails within its first evaluation when the new release answers errors", async () => {
    world.count = (group) => ({ errors: group === "users-green" ? 50 : 0 });
    assert.match(
      await world.failure(),
      /^users: 5\.00 % of 1000 requests got a 5xx or no response between .* before the change 0\.00 %/,
    );
    assert.isAtMost(world.seconds, 185);
  });

  it("fails at once when an alarm fires", async () => {
    world.state = (nowMs) => (nowMs > START_MS + 20_000 ? "ALARM" : "OK");
    assert.equal(await world.failure(), "the alarm users-5xx fires: as it is");
    assert.equal(world.seconds, 25);
  });

  it("fails after two periods of metrics in which an alarm cannot be read", async () => {
    let looks = 0;
    world.state = () => (looks++ < 24 ? "unreadable" : "OK");
    assert.match(await world.run(), /^1 alarm not firing/);
    world = new World();
    world.state = () => "unreadable";
    assert.equal(await world.failure(), "the alarm users-5xx cannot be read: as it is");
    assert.equal(world.seconds, 130);
    const told = world.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.isNotEmpty(told);
    assert.isEmpty(
      told.filter((message) => message.includes("not firing")),
      "nobody knows that",
    );
  });

  it("fails likewise when metrics cannot be read, also at the end", async () => {
    world.onAsk = (what) => {
      if (what === "traffic") throw new Error("Rate exceeded");
    };
    const message = await world.failure({ untilMs: START_MS + 180_000 });
    assert.equal(message, "the load balancers' metrics cannot be seen: Rate exceeded");
    assert.equal(world.seconds, 300);
  });

  it("fails when two looks in a row find a problem with the colour", async () => {
    world.look = (nowMs) => (nowMs === START_MS + 30_000 ? unhealthy : {});
    await world.run();
    world = new World();
    world.look = (nowMs) => (nowMs >= START_MS + 30_000 ? unhealthy : {});
    assert.match(
      await world.failure(),
      /^users: 0 of 1 targets are healthy in users-green; users: target i-1 is unhealthy/,
    );
    assert.equal(world.seconds, 35);
  });

  it("looks once more when the last look finds a problem", async () => {
    world.look = (nowMs) => (nowMs >= START_MS + 310_000 ? unhealthy : {});
    assert.match(await world.failure(), /0 of 1 targets are healthy/);
    world = new World();
    world.look = (nowMs) => (nowMs === START_MS + 310_000 ? unhealthy : {});
    await world.run();
    assert.equal(world.seconds, 315);
  });

  it("reads no metrics for a worker", async () => {
    const worker = { ...colour("mailer-green"), taskDefinition: "task-users-green", targetGroups: [] };
    const services = [{ name: "mailer", fresh: worker, wanted: { size: 1, digest: DIGEST }, old: worker }];
    assert.equal(await world.run({ services }), "1 alarm not firing");
    assert.isEmpty(world.asked);
  });

  it("knows nothing of a worker beside a disconnected agent, and fails when that lasts", async () => {
    const worker = { ...colour("mailer-green"), taskDefinition: "task-users-green", targetGroups: [] };
    const services = [{ name: "mailer", fresh: worker, wanted: { size: 1, digest: DIGEST }, old: worker }];
    const silent = (fromS: number, toS: number) => {
      world.look = (nowMs) => {
        const seconds = (nowMs - START_MS) / 1000;
        const agent = seconds >= fromS && seconds < toS ? "disconnected" : "connected";
        return { instances: [{ id: "i-1", state: "InService", agent }] };
      };
    };
    silent(60, 120);
    await world.run({ services });
    assert.equal(world.seconds, 310);
    world = new World();
    // It comes back after the end: until then nobody can say that the release is good.
    silent(290, 350);
    await world.run({ services });
    assert.equal(world.seconds, 350);
    world = new World();
    silent(60, 1_000);
    assert.match(await world.failure({ services }), /^mailer cannot be seen: an ECS agent is disconnected/);
    assert.equal(world.seconds, 180);
  });

  it("sees that a worker's task ended beside a disconnected agent, where its instance has gone, too", async () => {
    const worker = { ...colour("mailer-green"), taskDefinition: "task-users-green", targetGroups: [] };
    const services = [{ name: "mailer", fresh: worker, wanted: { size: 2, digest: DIGEST }, old: worker }];
    world.look = () => ({ instances: [{ id: "i-1", state: "InService", agent: "disconnected" }] });
    assert.match(await world.failure({ services }), /^mailer: 1 of 2 tasks run/);
  });

  describe("tasks that end and are replaced between two looks", () => {
    /** Tasks that have failed by now, newest first: one each so many seconds, and one from before. */
    const crashes = (everySeconds: number) => (nowMs: number) => {
      const count = Math.floor((nowMs - START_MS - 10_000) / 1000 / everySeconds);
      const since = Array.from({ length: count }, (_, index) => ({ id: `t-${index}`, reason: "exit code 1" }));
      return { failedTasks: [...since.reverse(), { id: "before", reason: "exit code 7" }] };
    };

    it("fail it at the third one, although each look finds the colour well", async () => {
      world.look = crashes(20);
      assert.equal(
        await world.failure(),
        "users: 3 tasks ended by themselves since the analysis began, the last one: exit code 1",
      );
      assert.equal(world.seconds, 70);
    });

    it("do not fail it for one or two, nor for those of before", async () => {
      world.look = crashes(120);
      await world.run();
      assert.equal(world.seconds, 310);
    });

    it("fail a large colour at half of its instances", async () => {
      world.look = (nowMs) => ({
        ...crashes(20)(nowMs),
        instances: Array.from({ length: 10 }, (_, index) => ({
          id: `i-${index}`,
          state: "InService",
          agent: "connected",
        })),
        tasks: Array.from({ length: 10 }, (_, index) => ({
          ...{ id: `r-${index}`, instanceId: `i-${index}`, status: "RUNNING" },
          ...{ digests: { users: DIGEST }, taskDefinition: "task-users-green" },
        })),
        targets: Array.from({ length: 10 }, (_, index) => ({
          ...{ targetGroup: "users-green", instanceId: `i-${index}`, state: "healthy", reason: "" },
        })),
      });
      const fresh = colour("users-green");
      const services = [{ name: "users", fresh, wanted: { size: 10, digest: DIGEST }, old: colour("users-blue") }];
      assert.match(await world.failure({ services }), /^users: 5 tasks ended by themselves/);
    });
  });

  it("stops when the signal is aborted", async () => {
    world.onAsk = () => world.abort.abort(new Error("enough"));
    const error = await world.run().catch((failure: Error) => failure);
    assert.equal((error as Error).message, "enough");
  });

  describe("with probes", () => {
    it("says what they were answered", async () => {
      const untilMs = START_MS + 20_000;
      assert.equal(
        await world.run({ services: [], probed: PROBED, untilMs }),
        "1 alarm not firing; 1 probe answered 5 times",
      );
    });

    it("fails when two bad answers are there, without waiting for the next look", async () => {
      world.probe = (nowMs) => (nowMs >= START_MS + 20_000 ? BAD : OK);
      assert.equal(await world.failure({ probed: PROBED }), "users: GET /users answered 500 twice");
      assert.equal(world.seconds, 22, "two seconds from the first bad answer; the looks are at 20 s and at 25 s");
    });

    it("fails while a look takes long, whose end nobody hears of any more", async () => {
      world.probe = () => BAD;
      world.onAsk = () => world.clock.sleep(600_000, new AbortController().signal);
      await world.failure({ probed: PROBED });
      assert.equal(world.seconds, 12);
      const events = world.events.length;
      await world.clock.sleep(1_200_000, new AbortController().signal);
      assert.equal(world.events.length, events);
    });

    it("asks no more when it has ended", async () => {
      let asked = 0;
      world.probe = () => {
        asked++;
        return OK;
      };
      await world.run({ probed: PROBED, untilMs: START_MS + 20_000 });
      const atEnd = asked;
      await world.clock.sleep(60_000, new AbortController().signal);
      assert.equal(asked, atEnd);
    });

    it("waits for one answer more when the last one was bad", async () => {
      world.probe = (nowMs) => (nowMs === START_MS + 20_000 ? BAD : OK);
      await world.run({ services: [], probed: PROBED, untilMs: START_MS + 21_000 });
      assert.equal(world.seconds, 26);
    });

    it("waits for the first answer when its time was over before", async () => {
      const untilMs = START_MS + 1_000;
      assert.match(await world.run({ probed: PROBED, untilMs }), /1 probe answered/);
    });

    it("takes its own requests out of the metrics, also of the first", async () => {
      // Thirty probes a minute, and nobody else.
      world.count = (group, minute) =>
        group === "users-blue" ? {} : { requests: minute < 3 ? 30 : 130, responseSeconds: 0.01 };
      const untilMs = START_MS + 190_000;
      const seen = await world.run({ probed: PROBED, untilMs });
      assert.match(seen, /; users 100 requests, 0.00 % 5xx or no response, 10 ms; 1 probe answered 14\d times$/);
      assert.equal(world.seconds, 300, "the first requests of clients were counted in the fourth minute");
    });

    it("does not find a release bad for the errors and the time of its own requests", async () => {
      // Each probe fails, but never twice in a row, and is slow; a hundred clients are well served.
      world.probe = (nowMs) => ({ ...(nowMs % 4_000 === 0 ? BAD : OK), seconds: 1 }) as ProbeAnswer;
      world.count = (group) =>
        group === "users-blue"
          ? { requests: 100 }
          : { requests: 130, errors: 15, responseSeconds: (100 * 0.02 + 30) / 130 };
      assert.match(await world.run({ probed: PROBED }), /users 300 requests, 0.00 % 5xx or no response, 20 ms/);
    });
  });
});
