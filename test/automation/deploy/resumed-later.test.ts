import { assert } from "chai";
import { StepFailed, Stopped } from "../../../automation/core/errors";
import { deploy } from "../../../automation/deploy/deploy";
import type { ColourObservation } from "../../../automation/ports/observer";
import { resolveLive, startOfService } from "../../../components/live/live-state";
import { Scene, sizes } from "./scene";
import { live, outputsOf, together } from "./worlds";

const start = (service: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service });
const GONE = { instances: [], inService: 0, joinedInstances: 0, minimum: 0, targets: [], tasks: [] };

/** Runs that end early, and what the next command finds hours later. */
describe("a run that is resumed later", () => {
  let scene: Scene;
  const begin = (...args: ConstructorParameters<typeof Scene>) => {
    scene = new Scene(...args);
  };
  afterEach(() => scene.close());

  const now = () => sizes(scene.stack.current!.live);
  const production = () =>
    Object.fromEntries(
      Object.entries(scene.stack.current!.live.services).map(([name, { active, colours }]) => [
        name,
        colours[active].release!.name,
      ]),
    );
  /** Runs a command. @returns its steps */
  const stepsOf = async (command: () => Promise<Error | null>): Promise<string[]> => {
    scene.abort = new AbortController();
    scene.events.length = 0;
    assert.isNull(await command());
    return scene.steps();
  };
  const deployOf = (images: Record<string, string>) => {
    const requests = Object.entries(images).map(([service, image]) => ({ service, image }));
    return deploy(scene.context, scene.store, { command: "deploy", requests, reason: "", waitMs: 0 }).then(
      () => null,
      (error: Error) => error,
    );
  };
  /** The stack refuses what the program refuses. */
  const withProgram = () => {
    const up = scene.stack.up.bind(scene.stack);
    scene.stack.up = async (wanted, options) => {
      resolveLive(scene.settings, scene.stack.current!.live, wanted, scene.clock.nowMs);
      return up(wanted, options);
    };
  };
  /** The `up` of this number comes to its end, although the process that waits for it is told to stop. */
  const stoppedAfter = (number: number) => {
    const up = scene.stack.up.bind(scene.stack);
    scene.stack.up = async (wanted, options) => {
      const result = await up(wanted, options);
      if (scene.stack.asked.length === number) {
        scene.abort.abort(new Stopped("SIGTERM"));
        throw scene.abort.signal.reason;
      }
      return result;
    };
  };
  /** What `pulumi up` does after a service was taken out of the settings. */
  const remove = (name: string) => {
    const { [name]: _, ...settings } = scene.settings.services;
    scene.settings = { ...scene.settings, services: settings };
    const { [name]: __, ...services } = scene.stack.current!.live.services;
    scene.stack.current = outputsOf({ ...scene.stack.current!.live, services }, settings);
  };
  /** What `pulumi up` does after it was put back. */
  const removeAndAdd = (name: string) => {
    const { services: settings } = scene.settings;
    remove(name);
    scene.settings = { ...scene.settings, services: settings };
    const { live } = scene.stack.current!;
    scene.stack.current = outputsOf({ ...live, services: { ...live.services, [name]: startOfService() } }, settings);
  };
  /** The load has made the active colour grow. */
  const grow = (to: number) => {
    scene.look = (cluster, seen) => {
      if (cluster !== `users-${scene.stack.current!.live.services.users!.active}`) return seen;
      const ids = Array.from({ length: to }, (_, index) => `i-${index}`);
      const groups = [...new Set(seen.targets.map(({ targetGroup }) => targetGroup))];
      return {
        ...seen,
        ...{ inService: to, joinedInstances: to },
        instances: ids.map((id) => ({ id, state: "InService", agent: "connected" })),
        tasks: ids.map((id) => ({ ...seen.tasks[0]!, id: `task-${id}`, instanceId: id })),
        targets: groups.flatMap((targetGroup) =>
          ids.map((instanceId) => ({ targetGroup, instanceId, state: "healthy", reason: "" })),
        ),
      };
    };
  };

  describe("before another run's release was off the idle colour", () => {
    for (const command of ["resume", "abortRun"] as const) {
      it(`${command} takes that to 0 first, as long as nobody knows that it is`, async () => {
        begin(live({ active: "blue", blue: ["v1", 2], green: ["v0", 2] }));
        withProgram();
        scene.stack.failures.set(1, new StepFailed("Throttling: Rate exceeded"));
        scene.keep = true;
        assert.instanceOf(await scene.deploy(), Error);
        const steps = await stepsOf(() => scene[command]());
        if (command === "resume") assert.deepEqual(steps.slice(0, 2), ["retire", "warm"]);
        else assert.deepEqual(steps, ["coolDown"]);
        assert.equal(now(), command === "resume" ? "blue 0, green 2 (active)" : "blue 2 (active), green 0");
      });
    }
  });

  describe("after a service was removed", () => {
    for (const command of ["resume", "abortRun"] as const) {
      it(`${command} sees to the others`, async () => {
        begin(together(start("doodle"), start("users")));
        scene.keep = true;
        scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGINT"));
        assert.instanceOf(await scene.deploy(), Error);
        scene.stack.onUp = () => {};
        remove("doodle");
        await stepsOf(() => scene[command]());
        assert.deepEqual(production(), { users: command === "resume" ? "v2" : "v1" });
      });
    }

    for (const command of ["resume", "abortRun", "rollback"] as const) {
      it(`${command} of nothing else closes the run`, async () => {
        begin(together(start("doodle"), start("users")));
        scene.keep = true;
        scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGINT"));
        assert.instanceOf(await scene.deploy("v2", ["doodle"]), Error);
        scene.stack.onUp = () => {};
        remove("doodle");
        assert.deepEqual(await stepsOf(() => scene[command]()), []);
        assert.deepEqual(production(), { users: "v1" });
        assert.isNull(await scene.deploy("v2", ["users"]));
      });
    }

    it("a rollback leads back what is left of the last deploy", async () => {
      begin(together(start("doodle"), start("users")));
      assert.isNull(await scene.deploy());
      remove("doodle");
      await stepsOf(() => scene.rollback());
      assert.deepEqual(production(), { users: "v1" });
    });

    it("a rollback of nothing else is refused in one line", async () => {
      begin(together(start("doodle"), start("users")));
      assert.isNull(await scene.deploy("v2", ["doodle"]));
      remove("doodle");
      const refused = await scene.rollback();
      assert.match(
        refused!.message,
        /^nothing to roll back: the stack has no service of .* \(deploy doodle=v2\) any more; name /,
      );
      assert.isNull(await scene.store.lease());
    });
  });

  describe("after a service was removed and added again", () => {
    it("a rollback leads it to no release of its former life", async () => {
      begin(together(start("doodle"), start("users")));
      scene.images.add("v3");
      assert.isNull(await deployOf({ doodle: "v2" }));
      removeAndAdd("doodle");
      assert.equal((await scene.rollback(["doodle"]))!.message, "doodle has no release yet: deploy one");
      assert.isNull(await deployOf({ doodle: "v3" }));
      assert.isNull(await deployOf({ users: "v2" }));
      assert.equal((await scene.rollback(["doodle"]))!.message, "doodle has no previous release: v3 is its first one");
      assert.match(
        (await scene.rollback(["doodle"], "v2"))!.message,
        /^production never ran doodle "v2": wanted one of v3,/,
      );
    });

    it("a rollback leads back what is left of the last deploy", async () => {
      begin(together(start("doodle"), start("users")));
      assert.isNull(await scene.deploy());
      removeAndAdd("doodle");
      await stepsOf(() => scene.rollback());
      assert.deepEqual(scene.stack.current!.live.services.doodle, startOfService());
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
    });

    for (const command of ["resume", "abortRun"] as const)
      for (const active of ["blue", "green"] as const)
        for (const services of [["doodle", "users"], ["users"]])
          it(`${command} of ${services.join(" and ")} sees to the others where ${active} was active`, async () => {
            const sketch = {
              active,
              blue: ["v1", active === "blue" ? 2 : 0],
              green: ["v1", active === "blue" ? 0 : 2],
            };
            begin(together(live(sketch as Parameters<typeof live>[0], { service: "doodle" }), start("users")));
            withProgram();
            scene.keep = true;
            scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGINT"));
            assert.instanceOf(await scene.deploy("v2", services), Error);
            scene.stack.onUp = () => {};
            removeAndAdd("doodle");
            await stepsOf(() => scene[command]());
            const { doodle, users } = scene.stack.current!.live.services;
            assert.deepEqual(doodle, startOfService());
            assert.equal(users!.colours[users!.active].release!.name, command === "resume" ? "v2" : "v1");
          });
  });

  it("resume cuts over to no release that has failed since it was verified", async () => {
    begin(undefined, { approve: "before-cutover" });
    scene.keep = true;
    scene.clock.onSlept = () => scene.steps().at(-1) === "approve" && scene.abort.abort(new Stopped("SIGINT"));
    assert.instanceOf(await scene.deploy(), Error);
    assert.equal(now(), "blue 2 (active), green 2");
    scene.clock.onSlept = () => {};
    scene.look = (cluster, seen) => (cluster === "users-green" ? { ...seen, ...GONE } : seen);
    scene.abort = new AbortController();
    scene.events.length = 0;
    assert.match(String(await scene.resume()), /verify failed: users is not up/);
    assert.deepEqual(scene.steps().slice(0, 1), ["verify"]);
    assert.notInclude(scene.steps(), "cutover");
  });

  describe("after a service was added", () => {
    for (const command of ["resume", "abortRun"] as const) {
      it(`${command} keeps it, where nobody knows how the \`up\` before it ended`, async () => {
        begin(together(start("doodle"), start("users")));
        const { services } = scene.settings;
        remove("doodle");
        const up = scene.stack.up.bind(scene.stack);
        scene.stack.up = async () => {
          scene.abort.abort(new Stopped("SIGINT"));
          throw scene.abort.signal.reason;
        };
        scene.keep = true;
        assert.instanceOf(await scene.deploy("v2", ["users"]), Error);
        scene.stack.up = up;
        scene.settings = { ...scene.settings, services };
        const { live: had } = scene.stack.current!;
        const all = { ...had.services, doodle: startOfService() };
        scene.stack.current = outputsOf({ ...had, services: all }, services);
        withProgram();
        await stepsOf(() => scene[command]());
        assert.deepEqual(Object.keys(scene.stack.current!.live.services).sort(), ["doodle", "users"]);
        assert.equal(scene.stack.current!.live.services.users!.colours.blue.size, command === "resume" ? 0 : 2);
      });
    }
  });

  it("a failed deploy says which first releases stay in production", async () => {
    const first = live({ active: "green", blue: null, green: null }, { service: "doodle" });
    begin(together(first, start("users")));
    scene.stack.onUp = (number) => {
      if (number === 2)
        scene.look = (cluster, seen) =>
          cluster === "doodle-blue"
            ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy" })) }
            : seen;
    };
    const failed = await deployOf({ users: "v2", doodle: "v2" });
    assert.match(String(failed), /doodle fails in production/);
    assert.match(
      scene.event("deployEnded").reason,
      /production is back on users v1, .*; doodle v2 stays in production: a first release has none before it$/,
    );
  });

  it("a rollback leaves a service that the last deploy did not change", async () => {
    begin(together(start("doodle"), start("users")));
    scene.images.add("v3");
    assert.isNull(await deployOf({ users: "v2", doodle: "v2" }));
    assert.isNull(await deployOf({ users: "v3", doodle: "v2" }));
    await stepsOf(() => scene.rollback());
    assert.deepEqual(production(), { users: "v2", doodle: "v2" });
  });

  describe("when production has grown meanwhile", () => {
    const ELASTIC = { size: { min: 2, max: 20 } };
    for (const command of ["abortRun", "rollback"] as const) {
      it(`${command} warms as many instances as production has`, async () => {
        begin(undefined, ELASTIC);
        // The `up` of retire ends, and the instances do not.
        scene.look = (cluster, seen) =>
          cluster === "users-blue" && scene.stack.asked.length === 3
            ? { ...seen, instances: [{ id: "i-old", state: "Terminating:Wait", agent: "connected" }] }
            : seen;
        assert.instanceOf(await scene.deploy(), Error);
        grow(10);
        const steps = await stepsOf(() => scene[command]());
        assert.include(steps, "warm");
        assert.include(
          scene.stack.asked.map(({ services }) => services.users!.colours.blue.size),
          10,
        );
      });
    }

    it("abort goes on with the numbers that it has where AWS does not say", async () => {
      begin(undefined, ELASTIC);
      scene.keep = true;
      scene.stack.onUp = (number) => number === 2 && scene.abort.abort(new Stopped("SIGINT"));
      await scene.deploy();
      scene.stack.onUp = () => {};
      scene.look = (cluster, seen) => {
        if (cluster === "users-blue" && scene.events.length === 0) throw new Error("no answer");
        return seen;
      };
      await stepsOf(() => scene.abortRun());
      assert.deepEqual(production(), { users: "v1" });
    });

    for (const command of ["abortRun", "rollback"] as const) {
      it(`${command} after a kill in the cutover's \`up\` starts what the old colour has lost meanwhile, and waits for none of it`, async () => {
        begin(undefined, ELASTIC);
        scene.look = (cluster, seen) =>
          cluster === "users-blue" && scene.stack.asked.length < 2 ? { ...seen, inService: 8 } : seen;
        scene.stack.failures.set(2, new Error("killed"));
        scene.stack.onUp = (number) => number === 2 && scene.abort.abort(new Stopped("SIGTERM"));
        scene.keep = true;
        await scene.deploy();
        assert.equal(now(), "blue 2 (active), green 8");
        scene.stack.onUp = () => {};
        scene.stack.asked.length = 0;
        // The old colour had lost production's requests for so long that its policies have taken instances away.
        const { look } = scene;
        scene.look = (cluster, seen) => {
          if (cluster !== "users-blue") return look(cluster, seen);
          const instances = seen.instances.slice(0, 2);
          const isLeft = ({ instanceId }: { instanceId: string }) => instances.some(({ id }) => id === instanceId);
          return {
            ...seen,
            instances,
            inService: 2,
            targets: seen.targets.filter(isLeft),
            tasks: seen.tasks.filter(isLeft),
          };
        };
        scene.stack.failures.clear();
        assert.deepEqual((await stepsOf(() => scene[command]())).slice(0, 2), ["cutover", "confirm"]);
        assert.equal(sizes(scene.stack.asked[0]!), "blue 8 (active), green 8");
        assert.equal(now(), "blue 2 (active), green 0");
      });
    }

    it("resume compares the instances again", async () => {
      begin(undefined, { ...ELASTIC, ramp: [10], rampPauseSeconds: 300 });
      scene.stack.onUp = (number) => {
        if (number === 2) scene.clock.onSlept = () => scene.abort.abort(new Stopped("SIGTERM"));
      };
      scene.keep = true;
      await scene.deploy();
      scene.clock.onSlept = () => {};
      grow(10);
      await stepsOf(() => scene.resume());
      assert.equal(scene.stack.asked.at(-3)!.services.users!.colours.green.size, 10);
    });
  });

  describe("after an `up` that changed routing, whose end nobody recorded", () => {
    const TIMES = { bakeSeconds: 180, drainSeconds: 80, drainCapSeconds: 300 };
    /** Seconds of a step of the last command. */
    const secondsOf = (step: string) => {
      const times = scene.events.flatMap((event) =>
        (event.type === "stepStarted" || event.type === "stepEnded") && event.step === step ? [event.atMs] : [],
      );
      return (times.at(-1)! - times[0]!) / 1000;
    };

    it("a stage of a ramp lasts its whole time", async () => {
      begin(undefined, { ramp: [10, 50], rampPauseSeconds: 300 });
      stoppedAfter(3);
      scene.keep = true;
      await scene.deploy();
      await stepsOf(() => scene.resume());
      assert.isAtLeast(secondsOf("ramp"), 300);
    });

    it("bake and drain last their whole time after a cutover", async () => {
      begin(undefined, { ...TIMES, ramp: [10], rampPauseSeconds: 300 });
      stoppedAfter(3);
      await scene.deploy();
      await stepsOf(() => scene.resume());
      assert.isAtLeast(secondsOf("bake"), 180);
      assert.isAtLeast(secondsOf("bake") + secondsOf("drain"), 300);
    });

    it("the drain lasts its whole time on the way back", async () => {
      begin(undefined, { cutover: "dns", ...TIMES, bakeSeconds: 600 });
      const beganMs = scene.clock.nowMs;
      scene.clock.onSlept = () => {
        if (scene.clock.nowMs > beganMs + 400_000) scene.abort.abort(new Stopped("SIGTERM"));
      };
      await scene.deploy();
      scene.clock.onSlept = () => {};
      scene.abort = new AbortController();
      stoppedAfter(3);
      await scene.abortRun();
      await stepsOf(() => scene.abortRun());
      assert.isAtLeast(secondsOf("drain"), 80);
    });
  });

  it("between two `up`s of one step: abort warms the colour that may be at 0", async () => {
    const size = { min: 2, max: 9, schedule: [{ from: "08:00", to: "20:00", min: 4 }] };
    begin(live({ active: "blue", blue: ["v1", 6], green: null }), { services: { users: { size } } });
    const byDay = (cluster: string, seen: ColourObservation) =>
      cluster === "users-blue" && seen.minimum > 0 ? { ...seen, minimum: 4 } : seen;
    scene.look = byDay;
    scene.stack.onUp = (number) => {
      if (scene.stack.messages[number - 1]!.startsWith("take ")) scene.abort.abort(new Stopped("SIGTERM"));
    };
    await scene.deploy();
    assert.include(scene.stack.messages.join(), "follow its schedule");
    // The engine had taken the instances away all the same.
    let isGone = true;
    scene.look = (cluster, seen) => (cluster === "users-blue" && isGone ? { ...seen, ...GONE } : byDay(cluster, seen));
    scene.stack.onUp = (number) => {
      if (scene.stack.messages[number - 1]!.startsWith("warm")) isGone = false;
    };
    assert.include(await stepsOf(() => scene.abortRun()), "warm");
    assert.deepEqual(production(), { users: "v1" });
  });
});
