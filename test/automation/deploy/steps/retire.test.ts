import { assert } from "chai";
import { retire } from "../../../../automation/deploy/steps/retire";
import type { ColourObservation, ObservedInstance } from "../../../../automation/ports/observer";
import { configurationText } from "../../../../components/live/configuration";
import { parseSettings } from "../../../../components/settings/settings";
import { Scene } from "../scene";
import { live } from "../worlds";

/** A release's configuration, apart from its stop timeout. */
const DEPLOYED = {
  ...{ port: 8080, cpu: 1536, memory: 1536, instanceType: "t3.small", migrate: null },
  ...{ env: {}, secrets: {}, calls: [], sends: [], egress: [], iam: [] },
};

describe("retire", () => {
  let scene: Scene;

  const set = (services: Record<string, object> = {}) => {
    scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), { services });
  };
  afterEach(() => scene.close());

  /** What is seen of the old colour after its `up`, by the seconds since then. */
  const seen = (at: (seconds: number) => Partial<ColourObservation>) => {
    let startedMs: number | null = null;
    scene.look = (cluster, all) => {
      if (cluster !== "users-blue") return all;
      startedMs ??= scene.clock.nowMs;
      return { ...all, ...at((scene.clock.nowMs - startedMs) / 1000) };
    };
  };
  const draining = (targetGroup: string) => ({ targetGroup, instanceId: "i-1", state: "draining", reason: "" });
  const held = (agent: ObservedInstance["agent"]): ObservedInstance => ({
    id: "i-1",
    state: "Terminating:Wait",
    agent,
  });
  const stale = { id: "t", instanceId: "i-1", status: "RUNNING", digests: {}, taskDefinition: "users-blue:v1" };

  it("does not wait for tasks that ECS lists of instances that are gone (C23)", async () => {
    set();
    seen(() => ({ tasks: [stale] }));
    assert.match((await scene.perform(retire)).detail, /^users blue is at 0$/);
  });

  it("waits for the whole deregistration delay that the settings allow (A9)", async () => {
    set({ users: { kind: "api", deregistrationDelaySeconds: 3600 } });
    seen((seconds) => (seconds < 3_600 ? { targets: [draining("g")], instances: [held("connected")] } : {}));
    const startedMs = scene.clock.nowMs;
    assert.match((await scene.perform(retire)).detail, /^users blue is at 0$/);
    assert.isAtLeast(scene.clock.nowMs - startedMs, 3_600_000);
    const waited = scene.events.flatMap((event) => (event.type === "waited" ? [event.seconds] : []));
    assert.isAtLeast(waited[0]!, 3_600, "it counts as waiting");
  });

  it("waits for deregistration, ECS, the tasks and EC2, which come one after the other (A9, C27)", async () => {
    set();
    const endsAt = 30 + 15 + 30 + 253;
    seen((seconds) => (seconds < endsAt ? { instances: [held("connected")] } : {}));
    assert.equal((await scene.perform(retire)).detail, "users blue is at 0");
  });

  describe("of a service whose minimum has a schedule", () => {
    const schedule = [{ from: "08:00", to: "20:00", min: 4 }];
    /** Minimums of both groups, which the schedule changes at some point. */
    const groups = (minimums: () => { blue: number; green: number }) => {
      set({ users: { kind: "api", size: { min: 2, max: 9, schedule } } });
      const { services } = scene.stack.current!.live;
      services.users!.colours.green.size = 5;
      services.users!.colours.blue.size = 5;
      scene.look = (cluster, all) => ({
        ...all,
        minimum: minimums()[cluster === "users-blue" ? "blue" : "green"],
      });
    };
    const asked = () =>
      scene.stack.asked.map(({ services }) => {
        const { blue, green } = services.users!.colours;
        return [blue.size, green.size];
      });

    it("first lowers the active colour's minimum from what it was warmed with to the schedule's", async () => {
      groups(() => ({ blue: 4, green: scene.stack.asked.length === 0 ? 5 : 4 }));
      await scene.perform(retire);
      assert.deepEqual(asked(), [
        [5, 4],
        [0, 4],
      ]);
    });

    it("looks again after it, because a time of the schedule may have come meanwhile", async () => {
      // The schedule's time comes during the first `up`, which sets the active colour's minimum after it.
      const seen = [
        { blue: 4, green: 5 },
        { blue: 2, green: 4 },
        { blue: 2, green: 2 },
      ];
      groups(() => seen[Math.min(scene.stack.asked.length, 2)]!);
      await scene.perform(retire);
      assert.deepEqual(asked(), [
        [5, 4],
        [5, 2],
        [0, 2],
      ]);
    });

    it("raises it again if a time of the schedule came before the `up` that lowered it", async () => {
      const seen = [
        { blue: 2, green: 5 },
        { blue: 4, green: 2 },
        { blue: 4, green: 4 },
      ];
      groups(() => seen[Math.min(scene.stack.asked.length, 2)]!);
      await scene.perform(retire);
      assert.deepEqual(asked(), [
        [5, 2],
        [5, 4],
        [0, 4],
      ]);
    });

    it("raises it where a time of the schedule came before the active colour followed it", async () => {
      groups(() => ({ blue: 4, green: scene.stack.asked.length === 0 ? 2 : 4 }));
      await scene.perform(retire);
      assert.deepEqual(asked(), [
        [5, 4],
        [0, 4],
      ]);
    });

    it("writes down what the schedule has set already since the colour was warmed", async () => {
      groups(() => ({ blue: 4, green: 4 }));
      await scene.perform(retire);
      assert.deepEqual(asked(), [
        [5, 4],
        [0, 4],
      ]);
    });

    for (const [what, minimums] of [
      ["what the schedule has raised", { blue: 6, green: 6 }],
      ["an active colour beside one that was warmed later", { blue: 7, green: 5 }],
    ] as const)
      it(`leaves ${what}`, async () => {
        groups(() => minimums);
        await scene.perform(retire);
        assert.deepEqual(asked(), [[0, 5]]);
      });
  });

  it("fails when more than that is over", async () => {
    set({ users: { kind: "api", deregistrationDelaySeconds: 300 } });
    seen(() => ({ targets: [draining("g")] }));
    const failure = await scene.perform(retire).then(
      () => "done",
      (error: Error) => error.message,
    );
    assert.equal(failure, "the old colour is not gone: target i-1 is still draining (after 930 s)");
  });

  it("waits as long as the old release's tasks may take, whatever the settings say by now", async () => {
    set({ users: { kind: "worker", stopTimeoutSeconds: 30 } });
    const { blue } = scene.stack.current!.live.services.users!.colours;
    const agent = {
      ...{ from: "users:agent", image: "users:agent", command: null, env: {}, secrets: {} },
      cpu: 2,
      memory: 6,
    };
    const sidecars = { agent: { ...agent, essential: true, stopTimeoutSeconds: 120 } };
    const configuration = configurationText({ ...DEPLOYED, stopTimeoutSeconds: 600, sidecars });
    blue.release = { ...blue.release!, configuration };
    seen((seconds) => (seconds < 700 ? { instances: [held("connected")] } : {}));
    assert.equal((await scene.perform(retire)).detail, "users blue is at 0");
  });

  for (const [what, agent] of [
    ["its agent is lost", "disconnected"],
    ["it was stopped before it joined the cluster", "none"],
  ] as const)
    it(`leaves an instance without traffic to Auto Scaling if ${what}, and says so (C28)`, async () => {
      set();
      seen(() => ({ instances: [held(agent)] }));
      assert.equal(
        (await scene.perform(retire)).detail,
        "users blue is at 0; i-1 has no connected ECS agent and ends by Auto Scaling within an hour, without traffic",
      );
    });

  it("waits for an agent that is away for a moment", async () => {
    set();
    seen((seconds) => (seconds < 20 ? { instances: [held("disconnected")] } : {}));
    assert.equal((await scene.perform(retire)).detail, "users blue is at 0");
  });

  describe("of a service with streams", () => {
    const WITHIN = 900;
    const set = (stopTimeoutSeconds = WITHIN, within = "15m") => {
      const settings = { ...DEPLOYED, stopTimeoutSeconds };
      scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), {
        services: { users: { kind: "api", streams: { within } } },
      });
      const { colours } = scene.stack.current!.live.services.users!;
      colours.blue.release = { ...colours.blue.release!, configuration: configurationText(settings) };
    };
    const leaving = (seconds: number, taskEndsAt: number): Partial<ColourObservation> => ({
      targets: seconds < WITHIN ? [draining("g")] : [],
      instances: seconds < WITHIN ? [{ ...held("connected"), state: "Terminating" }] : [],
      tasks: seconds < taskEndsAt ? [{ ...stale, status: "STOPPING" }] : [],
    });
    const took = async () => {
      const startedMs = scene.clock.nowMs;
      const { detail } = await scene.perform(retire);
      return { detail, seconds: (scene.clock.nowMs - startedMs) / 1000 };
    };

    it("waits for the tasks and not for the load balancers, which say draining all the time (E37)", async () => {
      set();
      seen((seconds) => leaving(seconds, 120));
      const { detail, seconds } = await took();
      assert.deepEqual(scene.drained, ["users-blue"]);
      assert.equal(detail, "users blue is at 0; the tasks of users have ended, and their instances end by themselves");
      assert.isAtLeast(seconds, 120);
      assert.isBelow(seconds, 200);
      assert.include(
        scene.events.map((event) => (event.type === "progress" ? event.message : "")).join("\n"),
        "the task on i-1 still has open streams or requests",
      );
    });

    it("tells a task to end that starts later, on an instance that was still booting", async () => {
      set();
      let toldMs = Number.POSITIVE_INFINITY;
      scene.onDrain = () => {
        if (scene.drained.length > 0) toldMs = Math.min(toldMs, scene.clock.nowMs);
      };
      seen((seconds) => {
        const hasEnded = scene.clock.nowMs > toldMs;
        const task = { ...stale, status: seconds < 40 ? "PENDING" : "RUNNING" };
        return { ...leaving(seconds, 0), tasks: seconds >= WITHIN || hasEnded ? [] : [task] };
      });
      const { detail, seconds } = await took();
      assert.equal(detail, "users blue is at 0; the tasks of users have ended, and their instances end by themselves");
      assert.isBelow(seconds, 60);
    });

    it("takes no time without open streams", async () => {
      set();
      seen((seconds) => leaving(seconds, 0));
      assert.isBelow((await took()).seconds, 30);
    });

    it("leaves the tasks alone that would be killed before the time is over, and waits for their instances", async () => {
      set(30);
      seen((seconds) => leaving(seconds, WITHIN));
      const { detail, seconds } = await took();
      assert.deepEqual(scene.drained, []);
      assert.equal(detail, "users blue is at 0");
      assert.isAtLeast(seconds, WITHIN);
    });

    it("tells no task to end where streams get no time of their own", async () => {
      set(30, "0s");
      seen(() => ({}));
      await took();
      assert.deepEqual(scene.drained, []);
    });

    it("tries again when AWS does not answer", async () => {
      set();
      seen((seconds) => leaving(seconds, 0));
      let calls = 0;
      scene.onDrain = () => {
        calls += 1;
        if (calls === 1) throw Object.assign(new Error("try later"), { name: "ThrottlingException" });
      };
      await took();
      assert.equal(calls, 2);
    });

    it("is expected to take no longer than without streams", () => {
      const settings = parseSettings({
        domain: "example.jp",
        services: { users: { kind: "api", streams: { within: "15m" } }, plain: { kind: "api" } },
      });
      assert.equal(
        retire.floorSeconds({ services: ["users"] }, settings),
        retire.floorSeconds({ services: ["plain"] }, settings),
      );
    });
  });

  it("is expected to take at least the deregistration delay", () => {
    const settings = parseSettings({
      domain: "example.jp",
      services: { users: { kind: "api", deregistrationDelaySeconds: 600 } },
    });
    assert.equal(retire.floorSeconds({ services: ["users"] }, settings), 630);
  });
});
