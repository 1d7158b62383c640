import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { type MonitorOptions, monitorRelease } from "../../../../automation/observe/analysis/monitor-release";
import type { DeployEvent } from "../../../../automation/ports/events";
import type { ColourObservation, ObservedAlarm, TrafficPeriod } from "../../../../automation/ports/observer";
import type { ColourOutputs } from "../../../../components/live/outputs";
import { parseSettings } from "../../../../components/settings/settings";

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

/** A monitored release in a world without problems. Time passes only during `sleep`. */
class World {
  nowMs = START_MS + 10_000;
  readonly events: DeployEvent[] = [];
  readonly abort = new AbortController();
  /** The windows that were read: target group, and minutes since the start. */
  readonly asked: string[] = [];
  state: (nowMs: number) => ObservedAlarm["state"] = () => "OK";
  /** @param minute since the start */
  count: (group: string, minute: number) => Partial<TrafficPeriod> = () => ({});
  look: (nowMs: number) => Partial<ColourObservation> = () => ({});
  onAsk: (what: "traffic" | "colour") => void = () => {};

  run(options: Partial<MonitorOptions> = {}, alarms = ["users-5xx"]): Promise<string> {
    const settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, deploy: { alarms } });
    const observer = {
      caller: () => assert.fail(),
      image: () => assert.fail(),
      secrets: () => assert.fail(),
      schedule: () => assert.fail(),
      runs: () => assert.fail(),
      taskImage: () => assert.fail(),
      weights: () => assert.fail(),
      aliases: () => assert.fail(),
      colour: async () => {
        this.onAsk("colour");
        return this.#colour();
      },
      alarms: async (names: readonly string[]) =>
        names.map((name) => ({ name, state: this.state(this.nowMs), reason: "as it is" })),
      traffic: async ([group]: ColourOutputs["targetGroups"][number][], window: { fromMs: number; toMs: number }) => {
        this.onAsk("traffic");
        return this.#traffic(group!.arn, window.fromMs, window.toMs);
      },
    };
    return monitorRelease(
      {
        settings,
        observer,
        clock: {
          now: () => this.nowMs,
          sleep: async (ms, signal) => {
            this.nowMs += ms;
            signal.throwIfAborted();
          },
        },
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
    return Array.from({ length: Math.max(0, end - first) }, (_, index) => ({
      startMs: START_MS + (first + index) * 60_000,
      requests: 1000,
      errors: 0,
      responseSeconds: 0.02,
      ...this.count(group, first + index),
    }));
  }
}

const unhealthy = { targets: [{ targetGroup: "users-green", instanceId: "i-1", state: "unhealthy", reason: "504" }] };

describe("monitorRelease", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it("monitors to the end, and says what it saw", async () => {
    assert.equal(await world.run(), "1 alarm not firing; users 3000 requests, 0.00 % 5xx, 20 ms");
    assert.equal(world.seconds, 310);
    const [first] = world.events;
    assert.deepEqual(first, {
      type: "progress",
      atMs: START_MS + 10_000,
      step: "bake",
      message: "300 s left; 1 alarm not firing; no whole period of metrics yet",
    });
  });

  it("waits for metrics that come late, at most three periods longer", async () => {
    const untilMs = START_MS + 190_000;
    world.count = (group, minute) =>
      group === "users-green" && world.nowMs < START_MS + (minute + 1) * 60_000 + 150_000 ? { requests: 0 } : {};
    assert.equal(await world.run({ untilMs }), "1 alarm not firing; users 1000 requests, 0.00 % 5xx, 20 ms");
    assert.isAtLeast(world.seconds, 270);
    world = new World();
    world.count = (group) => (group === "users-green" ? { requests: 0, responseSeconds: null } : {});
    assert.equal(await world.run({ untilMs }), "1 alarm not firing; users 0 requests, 0.00 % 5xx");
    assert.equal(world.seconds, 190 + 180);
  });

  it("does not wait for metrics of a service that nobody asked before", async () => {
    world.count = () => ({ requests: 0, responseSeconds: null });
    await world.run();
    assert.equal(world.seconds, 310);
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
      /^users: 5\.00 % of 1000 answers were 5xx between .* before the change 0\.00 %/,
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

  it("stops when the signal is aborted", async () => {
    world.onAsk = () => world.abort.abort(new Error("enough"));
    const error = await world.run().catch((failure: Error) => failure);
    assert.equal((error as Error).message, "enough");
  });
});
