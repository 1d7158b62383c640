import { assert } from "chai";
import { retireKept } from "../../../automation/deploy/retire-kept";
import { SCHEDULED_END_MARGIN_MS } from "../../../components/live/keep-warm";
import type { Live } from "../../../components/live/live";
import { resolveLive } from "../../../components/live/live-state";
import { Scene } from "./scene";
import { live, release, together } from "./worlds";

const HALF_HOUR_MS = 30 * 60_000;

describe("keep warm", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const begin = (start: Live = live({ active: "blue", blue: ["v1", 2], green: null }), settings = {}) => {
    scene = new Scene(start, settings);
    scene.keepWarm = "30m";
  };
  const blue = () => scene.stack.current!.live.services.users!.colours.blue;
  /** What Auto Scaling does at the time, whatever live state says. */
  const end = () => {
    scene.look = (cluster, seen) =>
      cluster === "users-blue" ? { ...seen, instances: [], inService: 0, minimum: 0, targets: [], tasks: [] } : seen;
  };
  /** The steps of the run that `act` does. */
  const stepsOf = async (act: () => Promise<Error | null>) => {
    scene.events.length = 0;
    assert.isNull(await act());
    return scene.steps();
  };
  const retire = (services: string[] = []) =>
    retireKept(scene.context, scene.store, { services, reason: "", waitMs: 0 }).then(
      () => null,
      (error: Error) => error,
    );

  it("takes the place of retire: the old colour stays at its size until a time, and the run says so", async () => {
    begin();
    const steps = await stepsOf(() => scene.deploy());
    assert.deepEqual(steps.slice(-2), ["drain", "keepWarm"]);
    const { size, until } = blue();
    assert.equal(size, 2);
    const endedMs = scene.event("deployEnded").atMs;
    assert.isAtMost(Math.abs(until! - endedMs - HALF_HOUR_MS), 2_000);
    assert.equal(until! % 1_000, 0);
    assert.deepEqual(scene.event("deployEnded").warm, { users: { colour: "blue", untilMs: until! } });
  });

  it("lasts two minutes at least: the action's time must not be over when the `up` creates it (A30)", async () => {
    begin();
    scene.keepWarm = "15s";
    let startedMs = 0;
    scene.stack.onUp = () => {
      startedMs = scene.clock.nowMs;
    };
    assert.isNull(await scene.deploy());
    assert.isAtLeast(blue().until! - startedMs, 120_000);
    assert.isAtMost(blue().until! - startedMs, 122_000);
  });

  it("lasts as long as is asked for where time runs faster", async () => {
    begin(undefined, { metricPeriodSeconds: 3 });
    scene.keepWarm = "15s";
    assert.isNull(await scene.deploy());
    assert.isAtMost(blue().until! - scene.event("deployEnded").atMs, 16_000);
  });

  it("is not for a worker, whose old colour would go on to take messages", async () => {
    const start = together(
      live({ active: "blue", blue: ["v1", 2], green: null }),
      live({ active: "blue", blue: ["v1", 1], green: null }, { service: "mailer" }),
    );
    begin(start, { services: { mailer: { kind: "worker", queue: {} } } });
    assert.deepEqual((await stepsOf(() => scene.deploy())).slice(-2), ["keepWarm", "retire"]);
    const { mailer } = scene.stack.current!.live.services;
    assert.deepEqual(mailer!.colours.blue, { release: release("v1", "mailer"), size: 0 });
    assert.isDefined(blue().until);
  });

  it("is not for a service whose tasks end with their streams", async () => {
    begin(undefined, { services: { users: { kind: "api", streams: { within: "60s" } } } });
    assert.deepEqual((await stepsOf(() => scene.deploy())).slice(-1), ["retire"]);
    assert.equal(blue().size, 0);
  });

  it("leads back without a warm-up, and the action that would end the colour goes before anything changes", async () => {
    begin();
    await scene.deploy();
    scene.clock.nowMs = blue().until! - 1_000;
    const steps = await stepsOf(() => scene.rollback());
    assert.deepEqual(steps, ["preflight", "holdWarm", "cutover", "confirm", "drain", "coolDown"]);
    assert.deepEqual(scene.heldGroups, ["users-blue"]);
    const { active, colours } = scene.stack.current!.live.services.users!;
    assert.equal(active, "blue");
    assert.deepEqual(colours.blue, { release: release("v1"), size: 2 });
    assert.equal(colours.green.size, 0);
  });

  describe("beside somebody's `pulumi up`, which has the stack's lock", () => {
    const isRouted = () => scene.events.some(({ type }) => type === "routed");
    /** Whether production was led back, at each look for the lock. */
    let looks: boolean[];
    /** The other update ends after a minute. */
    const updateElsewhere = (onEnd = () => {}) => {
      looks = [];
      scene.events.length = 0;
      scene.stack.isLocked = true;
      const endsMs = scene.clock.nowMs + 60_000;
      scene.clock.onSlept = () => {
        if (!scene.stack.isLocked) return;
        looks.push(isRouted());
        if (scene.clock.nowMs < endsMs) return;
        scene.stack.isLocked = false;
        onEnd();
      };
    };

    it("leads back at once, and only its own `up` waits", async () => {
      begin();
      await scene.deploy();
      updateElsewhere();
      const steps = await stepsOf(() => scene.rollback());
      assert.deepEqual(steps, ["preflight", "holdWarm", "cutover", "confirm", "drain", "coolDown"]);
      assert.deepEqual([...new Set(looks)], [true]);
      assert.equal(scene.stack.current!.live.services.users!.active, "blue");
    });

    it("clears what that left before its own `up`", async () => {
      begin();
      await scene.deploy();
      updateElsewhere(() => scene.stack.pending.push("creating urn:database"));
      assert.isNull(await scene.rollback());
      assert.deepEqual(scene.stack.pending, []);
    });

    it("has no `up` from a checkout that lacks what that brought, and production is back all the same", async () => {
      begin();
      await scene.deploy();
      updateElsewhere(() => {
        const { current } = scene.stack;
        scene.stack.current = { ...current!, services: { ...current!.services, voting: current!.services.users! } };
      });
      const ups = scene.stack.asked.length;
      const error = await scene.rollback();
      assert.match(error!.message, /the settings have users, the stack has users, voting/);
      assert.isTrue(isRouted());
      assert.lengthOf(scene.stack.asked, ups);
    });

    it("waits first where a run is not finished: its own engine may have the lock", async () => {
      begin();
      for (const number of [2, 3]) scene.stack.failures.set(number, new Error("killed"));
      assert.isNotNull(await scene.deploy());
      updateElsewhere();
      assert.isNull(await scene.rollback());
      assert.deepEqual([...new Set(looks)], [false]);
    });
  });

  it("takes production back with all instances that it has, and may shrink once metrics show the load", async () => {
    begin(undefined, { size: { min: 2, max: 10 } });
    scene.look = (cluster, seen) => (cluster === "users-blue" ? { ...seen, inService: 8 } : seen);
    await scene.deploy();
    assert.equal(blue().size, 8, "held since the cutover");
    scene.clock.nowMs += 10 * 60_000;
    scene.stack.asked.length = 0;
    assert.deepEqual((await stepsOf(() => scene.rollback())).slice(-3), ["confirm", "drain", "coolDown"]);
    const asked = scene.stack.asked.map(({ services }) => services.users!.colours);
    assert.deepEqual(
      asked.map((colours) => [colours.blue.size, colours.green.size]),
      [
        [8, 2],
        [2, 0],
      ],
    );
    const [cutOverMs, cooledMs] = scene.events.flatMap((event) => (event.type === "up" ? [event.atMs] : []));
    assert.isAtLeast(cooledMs! - cutOverMs!, 120_000, "a whole minute of the load has been measured");
  });

  it("takes production back at its size where AWS does not say how many instances it has", async () => {
    begin(undefined, { size: { min: 2, max: 10 } });
    await scene.deploy();
    const isCutOver = () => scene.steps().at(-1) === "cutover";
    scene.look = (_, seen) => {
      if (isCutOver()) throw new Error("AWS does not answer");
      return seen;
    };
    await stepsOf(() => scene.rollback());
    assert.equal(scene.stack.current!.live.services.users!.active, "blue");
    assert.equal(blue().size, 2);
  });

  it("is stopped by no `pulumi up` after its time, where a rollback has led production to it and its `up` failed", async () => {
    begin();
    await scene.deploy();
    const { until } = blue();
    scene.stack.failures.set(scene.stack.asked.length + 1, new Error("not authorised"));
    assert.match((await scene.rollback())!.message, /^cutover failed: not authorised/);
    assert.equal(scene.stack.routedAhead.get("users"), "blue");
    const now = () => resolveLive(scene.settings, scene.stack.current!.live, undefined, until! + 1).live;
    assert.deepEqual(now().services.users!.colours.blue, { release: release("v1"), size: 2, until: until! });
  });

  it("is good enough for a rollback with half of its instances", async () => {
    begin();
    await scene.deploy();
    scene.look = (cluster, seen) => {
      const [first] = seen.targets;
      const isIll = cluster === "users-blue" && scene.stack.current!.live.services.users!.active === "green";
      const targets = seen.targets.map((target) =>
        isIll && target.instanceId === first!.instanceId ? { ...target, state: "unhealthy", reason: "503" } : target,
      );
      return { ...seen, targets };
    };
    assert.deepEqual((await stepsOf(() => scene.rollback())).slice(0, 3), ["preflight", "holdWarm", "cutover"]);
    const ended = scene.events.find((event) => event.type === "stepEnded" && event.step === "preflight");
    assert.match(
      JSON.stringify(ended),
      /can be active again, although not all of it is healthy: 1 of 2 targets are healthy/,
    );
  });

  it("still ends where a rollback was refused before it began", async () => {
    begin();
    await scene.deploy();
    const isIll = (cluster: string) => cluster === "users-blue";
    scene.look = (cluster, seen) =>
      isIll(cluster) ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy" })) } : seen;
    assert.match((await scene.rollback())!.message, /is not healthy/);
    assert.deepEqual(scene.heldGroups, []);
    assert.isDefined(blue().until);
  });

  it("is taken to 0 where a rollback fails that has taken its end away", async () => {
    begin();
    await scene.deploy();
    scene.scheduledEnds.cancel = async (group) => {
      scene.heldGroups.push(group);
      scene.look = () => {
        throw new Error("AWS does not answer");
      };
      scene.stack.onUp = () => {
        scene.look = (_, seen) => seen;
      };
    };
    assert.match((await scene.rollback())!.message, /^holdWarm failed: AWS does not answer$/);
    assert.deepEqual(scene.heldGroups, ["users-blue"]);
    assert.deepEqual(blue(), { release: release("v1"), size: 0 });
  });

  describe("while AWS does not answer", () => {
    const throttled = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    const isHeld = () => scene.steps().at(-1) === "holdWarm";

    it("is asked about again", async () => {
      begin();
      await scene.deploy();
      let looks = 0;
      scene.look = (_, seen) => {
        if (isHeld() && ++looks === 1) throw throttled;
        return seen;
      };
      assert.deepEqual(await stepsOf(() => scene.rollback()), [
        ...["preflight", "holdWarm", "cutover", "confirm", "drain", "coolDown"],
      ]);
    });

    it("has its end taken away at a later try", async () => {
      begin();
      await scene.deploy();
      const { cancel } = scene.scheduledEnds;
      let tries = 0;
      scene.scheduledEnds.cancel = async (group) => {
        if (++tries === 1) throw throttled;
        await cancel(group);
      };
      assert.notInclude(await stepsOf(() => scene.rollback()), "warm");
      assert.deepEqual(scene.heldGroups, ["users-blue"]);
    });

    it("is left as it is for `resume`, which holds it", async () => {
      begin();
      scene.keepWarm = "4h";
      await scene.deploy();
      scene.look = (_, seen) => {
        if (isHeld()) throw throttled;
        return seen;
      };
      scene.events.length = 0;
      assert.match((await scene.rollback())!.message, /Rate exceeded \(after 300 s\)/);
      assert.equal(blue().size, 2);
      assert.equal(scene.event("deployEnded").outcome, "left");
      scene.look = (_, seen) => seen;
      assert.deepEqual(await stepsOf(() => scene.resume()), ["holdWarm", "cutover", "confirm", "drain", "coolDown"]);
    });

    it("is warmed again by a `resume` that finds it ended", async () => {
      begin();
      await scene.deploy();
      const { cancel } = scene.scheduledEnds;
      scene.scheduledEnds.cancel = async () => {
        throw throttled;
      };
      assert.instanceOf(await scene.rollback(), Error);
      scene.scheduledEnds.cancel = cancel;
      scene.clock.nowMs = blue().until! + 2 * SCHEDULED_END_MARGIN_MS;
      end();
      scene.stack.onUp = (number) => {
        if (scene.stack.asked[number - 1]!.services.users!.colours.blue.size > 0) scene.look = (_, seen) => seen;
      };
      assert.deepEqual((await stepsOf(() => scene.resume())).slice(0, 4), ["holdWarm", "retire", "warm", "verify"]);
      assert.equal(scene.stack.current!.live.services.users!.active, "blue");
    });
  });

  it("is taken to 0 where AWS refuses to take the end of another service's colour away", async () => {
    const start = together(
      live({ active: "blue", blue: ["v1", 2], green: null }),
      live({ active: "blue", blue: ["v1", 1], green: null }, { service: "doodle" }),
    );
    begin(start);
    await scene.deploy();
    const { cancel } = scene.scheduledEnds;
    scene.scheduledEnds.cancel = async (group) => {
      if (group === "doodle-blue") throw Object.assign(new Error("not allowed"), { name: "AccessDenied" });
      await cancel(group);
    };
    assert.match((await scene.rollback())!.message, /not allowed/);
    assert.deepEqual(scene.heldGroups, ["users-blue"]);
    assert.equal(blue().size, 0);
    assert.isDefined(scene.stack.current!.live.services.doodle!.colours.blue.until);
  });

  it("is taken to 0 where a rollback is aborted after all that died when it had taken its end away", async () => {
    begin();
    await scene.deploy();
    const append = scene.store.append.bind(scene.store);
    let isDead = false;
    scene.store.append = async (deploy, entry) => {
      if (isDead) throw new Error("killed");
      await append(deploy, entry);
      isDead = entry.kind === "stepStarted" && entry.step === "holdWarm";
    };
    assert.instanceOf(await scene.rollback(), Error);
    scene.store.append = append;
    assert.deepEqual(scene.heldGroups, ["users-blue"]);
    assert.deepEqual(await stepsOf(() => scene.abortRun({ despiteRollback: "v1 is worse" })), ["coolDown"]);
    assert.deepEqual(blue(), { release: release("v1"), size: 0 });
  });

  it("takes a group for warm whose minimum followed a schedule down", async () => {
    begin();
    await scene.deploy();
    scene.look = (cluster, seen) => (cluster === "users-blue" ? { ...seen, minimum: 1 } : seen);
    assert.notInclude(await stepsOf(() => scene.rollback()), "warm");
  });

  it("retires a colour that Auto Scaling has ended, and warms it again, on the way back", async () => {
    begin();
    await scene.deploy();
    scene.clock.nowMs = blue().until! - 1_000;
    end();
    scene.stack.onUp = (number) => {
      // Once it was at 0 for the stack, too.
      if (scene.stack.asked[number - 1]!.services.users!.colours.blue.size > 0) scene.look = (_, seen) => seen;
    };
    const steps = await stepsOf(() => scene.rollback());
    assert.deepEqual(steps.slice(0, 5), ["preflight", "holdWarm", "retire", "warm", "verify"]);
    assert.equal(scene.stack.current!.live.services.users!.active, "blue");
    assert.deepEqual(blue(), { release: release("v1"), size: 2 });
  });

  it("does not trust what a group shows once its action may be running", async () => {
    begin();
    await scene.deploy();
    scene.clock.nowMs = blue().until! + SCHEDULED_END_MARGIN_MS / 2 + 1;
    assert.deepEqual((await stepsOf(() => scene.rollback())).slice(0, 4), ["preflight", "holdWarm", "retire", "warm"]);
  });

  it("makes room for the next release at once, because nothing is left to drain", async () => {
    begin();
    await scene.deploy();
    scene.images.add("v3");
    scene.keepWarm = "0";
    const steps = await stepsOf(() => scene.deploy("v3"));
    assert.deepEqual(steps.slice(0, 3), ["preflight", "retire", "warm"]);
    assert.deepEqual(blue(), { release: release("v3"), size: 2 });
  });

  it("makes room for the next release after its time as well", async () => {
    begin();
    await scene.deploy();
    scene.images.add("v3");
    scene.clock.nowMs = blue().until! + 2 * SCHEDULED_END_MARGIN_MS;
    assert.deepEqual((await stepsOf(() => scene.deploy("v3"))).slice(0, 3), ["preflight", "retire", "warm"]);
  });

  it("is left alone by a deploy of what is in production already", async () => {
    begin();
    await scene.deploy();
    const { until } = blue();
    assert.deepEqual(await stepsOf(() => scene.deploy()), ["preflight"]);
    assert.equal(blue().until, until);
  });

  it("goes on after a failure where the `up` was, with a time from then on", async () => {
    begin();
    scene.stack.onUp = (number) => {
      if (number === 3) scene.stack.failures.set(3, new Error("throttled"));
    };
    assert.match((await scene.deploy())!.message, /throttled/);
    scene.clock.nowMs += HALF_HOUR_MS;
    const steps = await stepsOf(() => scene.resume());
    assert.deepEqual(steps, ["confirm", "keepWarm"]);
    assert.isAtLeast(blue().until!, scene.clock.nowMs + HALF_HOUR_MS - 2_000);
  });

  it("comes from the settings, and the command line has the last word", async () => {
    begin(undefined, { keepWarm: "1h" });
    scene.keepWarm = "0";
    assert.deepEqual((await stepsOf(() => scene.deploy())).slice(-1), ["retire"]);
    scene.close();
    begin(undefined, { keepWarm: "1h" });
    scene.keepWarm = undefined;
    assert.deepEqual((await stepsOf(() => scene.deploy())).slice(-1), ["keepWarm"]);
    assert.isAtLeast(blue().until! - scene.clock.nowMs, 2 * HALF_HOUR_MS - 5_000);
  });

  for (const given of ["14s", "169h", "soon", "30"])
    it(`refuses ${given}`, async () => {
      begin();
      scene.keepWarm = given;
      assert.equal(
        (await scene.deploy())!.message,
        `--keep-warm: given "${given}", wanted a time from 15s to 168h, such as 30m, or 0 to retire the old colour at once`,
      );
    });

  describe("retire", () => {
    it("ends it before its time, and a rollback afterwards is that of the deploy", async () => {
      begin();
      await scene.deploy();
      assert.deepEqual(await stepsOf(retire), ["retire"]);
      assert.deepEqual(blue(), { release: release("v1"), size: 0 });
      assert.include((await stepsOf(() => scene.rollback())).slice(0, 3), "warm");
      assert.equal(scene.stack.current!.live.services.users!.active, "blue");
    });

    it("refuses where nothing is kept warm", async () => {
      begin();
      assert.equal((await retire())!.message, "nothing to retire: no colour is kept warm");
      await scene.deploy();
      assert.equal(
        (await retire(["mailer"]))!.message,
        "nothing to retire: no colour of mailer is kept warm; of users one is",
      );
      assert.equal(blue().size, 2);
    });

    it("goes on with `resume` after a failure", async () => {
      begin();
      await scene.deploy();
      scene.stack.failures.set(scene.stack.asked.length + 1, new Error("throttled"));
      assert.match((await retire())!.message, /throttled/);
      assert.deepEqual(await stepsOf(() => scene.resume()), ["retire"]);
      assert.equal(blue().size, 0);
    });

    for (const [when, message] of [
      ["before its change", "throttled"],
      ["after its change", "stopped"],
    ] as const)
      it(`that is left ${when} names no way that would keep the colour: \`abort\` would stop it as well`, async () => {
        begin();
        await scene.deploy();
        scene.events.length = 0;
        const next = scene.stack.asked.length + 1;
        (when === "before its change" ? scene.stack.failures : scene.stack.lateFailures).set(next, new Error(message));
        await retire();
        assert.equal(
          scene.event("deployEnded").reason,
          `retire failed: ${message}; production is untouched, the old colour of users may still run: \`resume\` ends it`,
        );
      });

    it("goes on in a freeze, which does not refuse it either", async () => {
      begin();
      await scene.deploy();
      scene.stack.failures.set(scene.stack.asked.length + 1, new Error("throttled"));
      await scene.store.freeze({ who: "boss@phone", sinceMs: 0, reason: "sale" });
      assert.match((await retire())!.message, /throttled/);
      assert.deepEqual(await stepsOf(() => scene.resume()), ["retire"]);
      assert.equal(blue().size, 0);
    });

    it("that failed is ended first: a rollback is refused, and leads back after `resume`", async () => {
      begin();
      await scene.deploy();
      scene.stack.failures.set(scene.stack.asked.length + 1, new Error("throttled"));
      assert.match((await retire())!.message, /throttled/);
      assert.match(
        (await scene.rollback())!.message,
        /\(retire users=v2\) is not finished: `resume` ends it; then roll back/,
      );
      assert.deepEqual(await stepsOf(() => scene.resume()), ["retire"]);
      await stepsOf(() => scene.rollback());
      assert.equal(scene.stack.current!.live.services.users!.active, "blue");
    });
  });
});
