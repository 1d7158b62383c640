import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { DeployFailed, StepFailed, Stopped } from "../../../automation/core/errors";
import { deploy } from "../../../automation/deploy/deploy";
import type { FailedTask } from "../../../automation/ports/observer";
import { LeaseHeldError, LeaseLostError } from "../../../automation/ports/store";
import { UserError } from "../../../components/core/user-error";
import { Scene, sizes } from "./scene";
import { live, outputsOf, release, together } from "./worlds";

type SceneSettings = ConstructorParameters<typeof Scene>[1];

const SCHEDULED = { min: 2, max: 6, schedule: [{ from: "08:00", to: "20:00", min: 4 }] };
const ALL = ["preflight", "warm", "verify", "test", "cutover", "confirm", "drain", "retire"];

describe("deploy", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(async () => {
    const held = await scene.store.lease();
    scene.close();
    assert.isNull(held, "the lease is released, whatever happened");
  });

  it("takes eight steps and three ups, each of which counts the serial up by one", async () => {
    assert.isNull(await scene.deploy());
    assert.deepEqual(scene.steps(), ALL);
    assert.deepEqual(scene.stack.asked, [
      live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }, { serial: 6 }),
      live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }, { serial: 7 }),
      live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }, { serial: 8 }),
    ]);
    assert.deepEqual(scene.stack.messages, ["warm users v2", "cut over users blue -> green", "take users blue to 0"]);
    const ups = scene.events.flatMap((event) => (event.type === "up" ? [[event.step, event.serial]] : []));
    assert.deepEqual(ups, [
      ["warm", 6],
      ["cutover", 7],
      ["retire", 8],
    ]);
  });

  it("clears what a crash left in the stack before anything else", async () => {
    scene.stack.pending.push("creating urn:group");
    assert.isNull(await scene.deploy());
    assert.deepEqual(scene.steps(), ["recover", ...ALL]);
    const ended = scene.events.find((event) => event.type === "stepEnded");
    assert.deepInclude(ended, { step: "recover", ok: true, detail: "cleared creating urn:group" });
  });

  it("says what it will do and how long it may take, by the floors first and by its history then", async () => {
    await scene.deploy();
    const [floors] = scene.events.flatMap((event) => (event.type === "planned" ? [event.steps] : []));
    assert.deepEqual(
      floors!.map(({ step, expectedSeconds }) => [step, expectedSeconds]),
      [
        ["preflight", 1],
        ["warm", 150],
        ["verify", 2],
        ["test", 10],
        ["cutover", 60],
        ["confirm", 1],
        ["drain", 80],
        ["retire", 60],
      ],
    );
    scene.events.length = 0;
    scene.images.add("v3");
    await scene.deploy("v3");
    const { steps } = scene.event("planned");
    assert.deepInclude(steps[1], { step: "warm", expectedSeconds: 1, services: ["users"] });
  });

  it("begins and ends with an event that says what and with what outcome", async () => {
    await scene.deploy();
    const { stack, releases } = scene.event("deployStarted");
    assert.deepEqual({ stack, releases }, { stack: "test", releases: { users: "v2" } });
    assert.equal(scene.events.at(-1)?.type, "deployEnded");
    const { ok, failedStep, reason, active, totalSeconds } = scene.event("deployEnded");
    assert.deepEqual(
      { ok, failedStep, reason, active },
      { ok: true, failedStep: null, reason: "", active: { users: "green" } },
    );
    assert.equal(totalSeconds, 83, "3 ups of a second and the drain");
  });

  it("warms as many instances as the active colour has now", async () => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 5], green: null }));
    await scene.deploy();
    assert.equal(sizes(scene.stack.asked[0]!), "blue 5 (active), green 5");
  });

  it("of a first release drains and retires nothing", async () => {
    scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }));
    assert.isNull(await scene.deploy());
    assert.deepEqual(scene.steps(), ["preflight", "warm", "verify", "test", "cutover", "confirm"]);
    assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
  });

  it("does nothing when the release is active already", async () => {
    assert.isNull(await scene.deploy("v1"));
    assert.deepEqual(scene.steps(), ["preflight"]);
    assert.deepEqual(scene.stack.asked, []);
    assert.deepEqual(scene.event("deployEnded").active, { users: "blue" });
  });

  describe("of the release that is active, with a larger size in the settings", () => {
    it("brings the size: the same image with a new name, on as many instances", async () => {
      scene = new Scene(undefined, { size: 4 });
      assert.isNull(await scene.deploy("v1"));
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 4 (active)");
      const [preflight] = scene.events.flatMap((event) => (event.type === "stepEnded" ? [event.detail] : []));
      assert.match(preflight!, /users v1\+1 is sha256:\S+ \(size 2 -> 4\)$/);
      scene.events.length = 0;
      assert.isNull(await scene.deploy(""));
      assert.deepEqual(scene.steps(), ["preflight"], "nothing differs any more");
    });

    it("brings the minimum of a range", async () => {
      scene = new Scene(undefined, { size: { min: 3, max: 6 } });
      assert.isNull(await scene.deploy(""));
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 3 (active)");
    });

    it("goes to no idle colour that is as small, such as one that is kept warm", async () => {
      const start = live({ active: "blue", blue: ["v1", 2], green: ["v1", 2] });
      scene = new Scene(start, { size: 4 });
      assert.isNull(await scene.deploy(""));
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 4 (active)");
    });

    const same: [what: string, running: number, settings: SceneSettings][] = [
      ["a smaller size", 2, { size: 1 }],
      ["a range with a schedule, which sets the minimum itself", 1, { size: SCHEDULED }],
    ];
    for (const [what, running, settings] of same) {
      it(`has nothing to do for ${what}`, async () => {
        scene = new Scene(live({ active: "blue", blue: ["v1", running], green: null }), settings);
        assert.isNull(await scene.deploy(""));
        assert.deepEqual(scene.steps(), ["preflight"]);
      });
    }

    it("has nothing to do for a job, which has no instances", async () => {
      const start = live({ active: "blue", blue: ["v1", 1], green: null });
      scene = new Scene(start, { services: { users: { kind: "job", schedule: "rate(1 hour)" } } });
      assert.isNull(await scene.deploy());
      scene.events.length = 0;
      assert.isNull(await scene.deploy(""));
      assert.deepEqual(scene.steps(), ["preflight"]);
    });
  });

  it("says of a job's run that it goes on, which nothing stops", async () => {
    const start = live({ active: "blue", blue: ["v1", 1], green: null });
    scene = new Scene(start, { services: { users: { kind: "job", schedule: "rate(1 hour)" } } });
    const run = { createdMs: scene.clock.nowMs - 20 * 60_000, exitCode: null, wasStopped: false, reason: "" };
    scene.runs.set("users-blue", [
      { ...run, endedMs: null },
      { ...run, endedMs: run.createdMs + 1 },
    ]);
    assert.isNull(await scene.deploy());
    const notices = scene.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
    assert.deepEqual(
      notices.filter((line) => line.includes("a run of")),
      [
        "a run of users that began 20 min ago goes on, on blue (v1): it ends by itself, beside the new release and what that changes",
      ],
    );
  });

  it("warms as many as run now where the size follows the load, and lets it fall again at the end", async () => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }), { size: { min: 2, max: 8 } });
    scene.look = (cluster, seen) =>
      cluster === "users-blue" && scene.stack.asked.length === 0 ? { ...seen, inService: 6 } : seen;
    assert.isNull(await scene.deploy());
    assert.deepEqual(
      scene.stack.asked.map((state) => sizes(state)),
      ["blue 2 (active), green 6", "blue 2, green 6 (active)", "blue 0, green 2 (active)"],
    );
    const intended = (await scene.journal()).flatMap((entry) => (entry.kind === "stepStarted" && entry.intended) || []);
    assert.deepEqual(intended, scene.stack.asked);
  });

  it("warms more where production has grown meanwhile, and verifies them, before the cutover", async () => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }), { size: { min: 2, max: 8 } });
    scene.look = (cluster, seen) =>
      cluster === "users-blue" && scene.steps().includes("test") ? { ...seen, inService: 5 } : seen;
    assert.isNull(await scene.deploy());
    assert.deepEqual(scene.steps(), [
      ...["preflight", "warm", "verify", "test", "matchSize", "warm", "verify", "matchSize"],
      ...["cutover", "confirm", "drain", "retire"],
    ]);
    assert.deepEqual(
      scene.stack.asked.map((state) => sizes(state)),
      [
        ...["blue 2 (active), green 2", "blue 2 (active), green 5"],
        ...["blue 5, green 5 (active)", "blue 0, green 2 (active)"],
      ],
    );
    const [grown, same] = scene.events.flatMap((event) =>
      event.type === "stepEnded" && event.step === "matchSize" ? [event.detail] : [],
    );
    assert.equal(grown, "users has grown to 5 instances, and 2 are warm: the same number comes first");
    assert.equal(same, "5 instances of users are warm for 5 in production");
  });

  it("compares the sizes again after each share of a ramp, and warms more before the next one and before the cutover", async () => {
    const settings = { size: { min: 2, max: 9 }, ramp: [10, 50], rampPauseSeconds: 180 };
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }), settings);
    const shares = () => scene.steps().filter((step) => step === "ramp").length;
    scene.look = (cluster, seen) =>
      cluster === "users-blue" ? { ...seen, inService: Math.max(seen.inService, [2, 5, 7][shares()]!) } : seen;
    assert.isNull(await scene.deploy());
    const again = ["matchSize", "warm", "verify", "matchSize"];
    assert.deepEqual(scene.steps(), [
      ...["preflight", "warm", "verify", "test", "matchSize", "ramp", ...again, "ramp", ...again],
      ...["cutover", "confirm", "drain", "retire"],
    ]);
    const asked = scene.stack.asked.map((state) => `${sizes(state)}, ${state.services.users!.idleShare ?? 0} %`);
    assert.deepEqual(asked, [
      "blue 2 (active), green 2, 0 %",
      "blue 5 (active), green 2, 10 %",
      "blue 5 (active), green 5, 10 %",
      "blue 7 (active), green 5, 50 %",
      "blue 7 (active), green 7, 50 %",
      "blue 7, green 7 (active), 0 %",
      "blue 0, green 2 (active), 0 %",
    ]);
  });

  it("needs no `up` between a ramp's shares where production has not grown", async () => {
    scene = new Scene(undefined, { size: { min: 2, max: 9 }, ramp: [10, 50], rampPauseSeconds: 180 });
    assert.isNull(await scene.deploy());
    assert.deepEqual(scene.steps(), [
      ...["preflight", "warm", "verify", "test", "matchSize", "ramp", "matchSize", "ramp", "matchSize"],
      ...["cutover", "confirm", "drain", "retire"],
    ]);
    assert.lengthOf(scene.stack.asked, 5);
  });

  it("of a worker cuts over without a drain, and looks at its tasks only", async () => {
    scene = new Scene(undefined, { services: { users: { kind: "worker", queue: true } } });
    assert.isNull(await scene.deploy());
    assert.deepEqual(
      scene.steps(),
      ALL.filter((step) => step !== "drain"),
    );
    assert.deepEqual(scene.heard, []);
    const waited = scene.events.flatMap((event) => (event.type === "waited" ? [event.step] : []));
    assert.deepEqual(waited, ["warm", "verify", "retire"]);
  });

  it("migrates once, before it verifies; a second try after a failure goes on without", async () => {
    scene = new Scene(undefined, { migrate: "npm run migrate", test: "test -e good" });
    const error = await scene.deploy();
    assert.equal((error as DeployFailed).step, "test");
    assert.deepEqual(scene.steps(), ["preflight", "warm", "migrate", "verify", "test", "coolDown"]);
    writeFileSync(join(scene.directory, "good"), "");
    assert.isNull(await scene.deploy());
    assert.lengthOf(scene.taskRunner.started, 1);
  });

  describe("of several services", () => {
    const start = (service: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service });
    const three = (settings: SceneSettings = {}) =>
      new Scene(together(start("doodle"), start("users"), start("mailer")), {
        ...settings,
        services: {
          doodle: { calls: ["users"], ...settings.services?.doodle },
          users: { exposure: ["public", "internal"], ...settings.services?.users },
          mailer: { kind: "worker", queue: true, ...settings.services?.mailer },
        },
      });
    const isBack = () => {
      const { live: state } = scene.stack.current!;
      for (const name of ["doodle", "users", "mailer"]) assert.equal(sizes(state, name), "blue 2 (active), green 0");
    };

    it("takes the same three ups, and says the callee before its caller", async () => {
      scene = three();
      assert.isNull(await scene.deploy());
      assert.deepEqual(scene.steps(), ALL);
      assert.deepEqual(scene.stack.messages, [
        "warm doodle v2, users v2, mailer v2",
        "cut over users blue -> green, then doodle blue -> green, then mailer blue -> green",
        "take doodle blue, users blue, mailer blue to 0",
      ]);
      assert.deepEqual(scene.event("deployEnded").active, { doodle: "green", users: "green", mailer: "green" });
    });

    it("deploys only those that are named", async () => {
      scene = three();
      assert.isNull(await scene.deploy("v2", ["users"]));
      assert.equal(sizes(scene.stack.current!.live, "users"), "blue 0, green 2 (active)");
      assert.equal(sizes(scene.stack.current!.live, "doodle"), "blue 2 (active), green 0");
    });

    const broken: { title: string; scene: () => Scene; step: string; reason: RegExp }[] = [
      {
        title: "a failing test of one",
        scene: () => three({ test: "true", services: { users: { test: "exit 1" } } }),
        step: "test",
        reason: /^the test of users ended with exit code 1: exit 1$/,
      },
      {
        title: "a failing migration of one",
        scene: () => {
          const made = three({ services: { doodle: { migrate: "migrate" } } });
          made.taskRunner.courses = [{ states: [{ status: "STOPPED", exitCode: 1 }] }];
          return made;
        },
        step: "migrate",
        reason: /^the migration of doodle ended with exit code 1: migrate$/,
      },
      {
        title: "a worker that dies again and again",
        scene: () => {
          const made = three();
          let life = 0;
          const failedTasks: FailedTask[] = [];
          made.look = (cluster, seen) => {
            if (cluster !== "mailer-green" || !made.steps().includes("verify")) return seen;
            failedTasks.push({ id: `life-${life++}`, reason: "exit code 1" });
            return { ...seen, tasks: [], failedTasks: [...failedTasks] };
          };
          return made;
        },
        step: "verify",
        reason: /^mailer green did not come up: task failed: exit code 1 \(\d times\)$/,
      },
    ];
    for (const { title, scene: make, step, reason } of broken) {
      it(`${title} takes all back: the old releases serve`, async () => {
        scene = make();
        const error = (await scene.deploy()) as DeployFailed;
        assert.instanceOf(error, DeployFailed);
        assert.equal(error.step, step as never);
        assert.match(error.cause.message, reason);
        assert.equal(
          error.production,
          step === "migrate"
            ? "production is on doodle v1, users v1, mailer v1, the idle colours of doodle and users and mailer are back at 0; the migration stays, and nobody has looked at how production gets along with it; but mailer green could take messages meanwhile: look at its dead-letter queue"
            : "production is untouched, the idle colours of doodle and users and mailer are back at 0; but mailer green could take messages meanwhile: look at its dead-letter queue",
        );
        isBack();
      });
    }

    describe("when a bad release goes back", () => {
      const withAlarm = () => {
        scene = three({ bakeSeconds: 180, alarms: ["errors"], drainCapSeconds: 0 });
        scene.stack.onUp = (number) => {
          if (number === 2) scene.alarms.set("errors", "ALARM");
        };
      };

      it("nothing waits for a worker whose old release has worked all the time", async () => {
        withAlarm();
        const error = (await scene.deploy()) as DeployFailed;
        assert.equal(error.step, "bake");
        isBack();
        const ended = (await scene.journal()).flatMap((entry) => (entry.kind === "stepEnded" ? [entry] : []));
        assert.deepEqual(ended.findLast(({ step }) => step === "verify")!.services, ["doodle", "users"]);
      });

      it("a worker that does not run keeps no api from going back, and what it has goes on", async () => {
        withAlarm();
        scene.look = (cluster, seen) =>
          cluster === "mailer-blue" && scene.alarms.size > 0 ? { ...seen, tasks: [], inService: 0 } : seen;
        const error = (await scene.deploy()) as DeployFailed;
        assert.equal(error.step, "bake");
        assert.match(
          error.production,
          /^production is on the release before; .*going back failed: .*mailer is not back/,
        );
        const { live: state } = scene.stack.current!;
        for (const name of ["doodle", "users", "mailer"]) assert.equal(sizes(state, name), "blue 2 (active), green 2");
      });
    });

    it("watches a worker while an api drains", async () => {
      scene = three();
      scene.look = (cluster, seen) =>
        cluster === "mailer-green" && scene.steps().includes("drain") ? { ...seen, tasks: [] } : seen;
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "drain");
      assert.match(error.cause.message, /^mailer: /);
      isBack();
    });

    it("watches no service while an api drains that the run has not changed", async () => {
      scene = new Scene(together(start("users"), start("mailer")), { services: { mailer: { kind: "worker" } } });
      scene.images.add("v3");
      assert.isNull(await scene.deploy());
      scene.events.length = 0;
      scene.look = (cluster, seen) =>
        cluster === "mailer-green" && scene.steps().includes("drain") ? { ...seen, tasks: [] } : seen;
      const requests = ["users", "mailer"].map((service) => ({ service, image: service === "users" ? "v3" : "v2" }));
      await deploy(scene.context, scene.store, { command: "deploy", requests, reason: "", waitMs: 0 });
      assert.include(scene.steps(), "drain");
      assert.equal(sizes(scene.stack.current!.live, "users"), "blue 2 (active), green 0");
    });

    it("a worker that stays warm goes on to take messages, and the run says so", async () => {
      scene = three();
      scene.keep = true;
      scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGINT"));
      const { production } = (await scene.deploy()) as DeployFailed;
      assert.equal(
        production,
        "production is untouched, the idle colours of doodle and users and mailer stay as they are: `resume` goes on, `abort` takes back; but mailer green may take messages until then",
      );
    });

    it("one that is active already does not keep the others from going back", async () => {
      scene = three({ services: { doodle: { test: "exit 1" } } });
      assert.isNull(await scene.deploy("v2", ["users"]));
      scene.events.length = 0;
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "test");
      assert.equal(scene.steps().at(-1), "coolDown");
      assert.equal(sizes(scene.stack.current!.live, "users"), "blue 0, green 2 (active)");
      assert.equal(sizes(scene.stack.current!.live, "doodle"), "blue 2 (active), green 0");
    });
  });

  describe("journal", () => {
    it("is written before and after each step, with the live state that is meant and the one that came", async () => {
      const seen: string[] = [];
      scene.stack.onUp = async () => seen.push((await scene.journal()).at(-1)!.kind);
      await scene.deploy();
      const entries = await scene.journal();
      assert.deepEqual(
        entries.map((entry) => ("step" in entry ? `${entry.kind} ${entry.step}` : entry.kind)),
        ["opened", ...ALL.flatMap((step) => [`stepStarted ${step}`, `stepEnded ${step}`]), "closed"],
      );
      assert.deepEqual(seen, ["stepStarted", "stepStarted", "stepStarted"], "on disk before the up");
      const intended = entries.flatMap((entry) => (entry.kind === "stepStarted" && entry.intended) || []);
      assert.deepEqual(intended, scene.stack.asked);
      const came = entries.flatMap((entry) => (entry.kind === "stepEnded" ? [sizes(entry.live)] : []));
      assert.deepEqual(came, [
        "blue 2 (active), green 0",
        ...Array(3).fill("blue 2 (active), green 2"),
        ...Array(3).fill("blue 2, green 2 (active)"),
        "blue 0, green 2 (active)",
      ]);
      assert.isTrue(entries.every(({ fencing }) => fencing === 1));
    });

    it("keeps why a step failed, and that the deploy is closed", async () => {
      scene.stack.failures.set(1, new StepFailed("no capacity"));
      await scene.deploy();
      const entries = await scene.journal();
      const warm = entries.find((entry) => entry.kind === "stepEnded" && entry.step === "warm");
      assert.deepInclude(warm, { ok: false, detail: "no capacity" });
      assert.deepInclude(entries.at(-1), {
        kind: "closed",
        outcome: "takenBack",
        reason: "warm failed: no capacity; production is untouched, the idle colour is back at 0",
      });
    });
  });

  it("ends the recovery's step also where that fails", async () => {
    scene.stack.recover = async ({ onProgress }) => {
      onProgress("waiting for another update");
      throw new StepFailed("the stack is still locked");
    };
    assert.match(String(await scene.deploy()), /still locked/);
    const { step, ok, detail } = scene.event("stepEnded");
    assert.deepEqual([step, ok, detail], ["recover", false, "the stack is still locked"]);
  });

  describe("lease", () => {
    it("of another one: nothing is done and its holder is told", async () => {
      const holder = { who: "you@there", host: hostname(), pid: process.pid, what: "deploy users=v3" };
      const lease = await scene.store.acquire(holder);
      const error = await scene.deploy();
      assert.instanceOf(error, LeaseHeldError);
      assert.match(error!.message, /^a deploy is running: deploy users=v3 by you@there /);
      assert.deepEqual(scene.events, []);
      assert.deepEqual(scene.stack.asked, []);
      await lease.release();
    });

    it("says what is being done while it is held", async () => {
      let what: string | undefined;
      scene.stack.onUp = async () => {
        what = (await scene.store.lease())?.holder.what;
      };

      await scene.deploy();
      assert.equal(what, "deploy users=v2");
    });

    for (const [step, up] of [
      ["verify", 1],
      ["confirm", 2],
    ] as const) {
      it(`that was lost before ${step}: nothing more is done`, async () => {
        const holder = { who: "you@there", host: "there", pid: 1, what: "deploy users=v3" };
        const plain = scene.context.stack.up.bind(scene.stack);
        let taken: ReturnType<typeof scene.store.acquire> | null = null;
        scene.stack.up = async (state, options) => {
          const result = await plain(state, options);
          if (scene.stack.asked.length < up) return result;
          scene.storeAheadMs += 120_000;
          taken = scene.store.acquire(holder);
          await taken;
          return result;
        };
        assert.instanceOf(await scene.deploy(), LeaseLostError);
        assert.notInclude(scene.steps(), step);
        assert.lengthOf(scene.stack.asked, up);
        await (await taken!).release();
      });
    }

    it("that was lost while the machine slept: no task of a colour is told to end that another run may have made active", async () => {
      scene = new Scene(undefined, { services: { users: { streams: { within: "15m" }, stopTimeoutSeconds: 900 } } });
      scene.images.add("v3");
      assert.isNull(await scene.deploy("v2"));
      [scene.events.length, scene.drained.length] = [0, 0];
      let taken: ReturnType<typeof scene.store.acquire> | null = null;
      scene.onDrain = () => {
        if (scene.steps().at(-1) !== "retire") return;
        scene.storeAheadMs += 120_000;
        taken ??= scene.store.acquire({ who: "you@there", host: "there", pid: 1, what: "rollback" });
      };
      const running = { id: "t", instanceId: "i-1", status: "RUNNING", digests: {}, taskDefinition: "users-green:v2" };
      const instances = [{ id: "i-1", state: "InService", agent: "connected" as const }];
      scene.look = (cluster, all) => {
        if (!taken || cluster !== "users-green") return all;
        return { ...all, instances, tasks: [running] };
      };
      assert.instanceOf(await scene.deploy("v3"), LeaseLostError);
      assert.deepEqual(scene.drained, ["users-blue", "users-green"]);
      await (await taken!).release();
    });
  });

  describe("wrong use", () => {
    it("a stack without infrastructure", async () => {
      scene.stack.current = null;
      const error = await scene.deploy();
      assert.instanceOf(error, UserError);
      assert.equal(error!.message, 'stack "test" has no infrastructure yet: run `pulumi up --stack test` first');
      assert.deepEqual(await scene.store.deploys(), []);
    });

    it("a service that the stack does not have yet", async () => {
      scene.stack.current = outputsOf(live({ active: "blue", blue: ["v1", 2], green: null }, { service: "doodle" }));
      const error = await scene.deploy();
      assert.instanceOf(error, UserError);
      assert.match(error!.message, /^users is in the settings but not in the stack yet: run `pulumi up --stack test`/);
    });

    it("settings that would change more than the release", async () => {
      const both = outputsOf(live({ active: "blue", blue: ["v1", 2], green: null }));
      both.services.doodle = both.services.users!;
      scene.stack.current = both;
      const error = await scene.deploy();
      assert.instanceOf(error, UserError);
      assert.match(error!.message, /^the settings have users, the stack has (users, doodle|doodle, users): /);
    });

    it("secrets that do not exist: each has its line", async () => {
      const secrets = { DB_URL: "ssm:/prod/db", KEY: "secretsmanager:prod/key", FINE: "ssm:fine" };
      scene = new Scene(undefined, { services: { users: { secrets } } });
      scene.secrets.set("ssm:/prod/db", { missing: "there is no SSM parameter /prod/db" });
      scene.secrets.set("secretsmanager:prod/key", { missing: "the secret prod/key has no value" });
      const error = await scene.deploy();
      assert.instanceOf(error, UserError);
      assert.deepEqual(error!.message.split("\n"), [
        'aoshingo:services.users.secrets.DB_URL: given "ssm:/prod/db", wanted one that exists: there is no SSM parameter /prod/db; create it first',
        'aoshingo:services.users.secrets.KEY: given "secretsmanager:prod/key", wanted one that exists: the secret prod/key has no value; create it first',
      ]);
      assert.deepEqual(scene.stack.asked, []);
    });

    it("an image of another repository", async () => {
      assert.instanceOf(await scene.deploy("nginx:1"), UserError);
      assert.deepEqual(scene.stack.asked, []);
    });
  });

  describe("failure", () => {
    async function failed(step: string, reason: RegExp, production: string): Promise<void> {
      const error = await scene.deploy();
      assert.instanceOf(error, DeployFailed);
      const failure = error as DeployFailed;
      assert.equal(failure.step, step);
      assert.match(failure.cause.message, reason);
      assert.equal(failure.production, production);
      const ended = scene.event("deployEnded");
      assert.isFalse(ended.ok);
      assert.equal(ended.failedStep, step as never);
      assert.equal(ended.reason, `${failure.message}; ${production}`);
      const { active } = scene.stack.current!.live.services.users!;
      assert.deepEqual(ended.active, { users: active }, "the colour that is active now");
    }

    const CALM = "production is untouched, the idle colour is back at 0";
    function isBack(): void {
      assert.equal(scene.steps().at(-1), "coolDown");
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
      assert.deepEqual(scene.stack.current!.live.services.users!.colours.blue.release, release("v1"));
    }

    describe("in preflight changes nothing", () => {
      const table: { title: string; break: () => void; reason: RegExp }[] = [
        {
          title: "image missing",
          break: () => scene.images.delete("v2"),
          reason: /^image v2 does not exist in .*\/users: push it first, or check the tag$/,
        },
        {
          title: "production not healthy",
          break: () => {
            scene.look = (_, seen) => ({ ...seen, targets: seen.targets.slice(1) });
          },
          reason: /^production is not healthy now.*users blue: 1 of 2 targets are healthy in users-blue-on-blue/,
        },
        {
          title: "AWS refuses",
          break: () => {
            scene.look = () => {
              throw new Error("AccessDenied");
            };
          },
          reason: /^AccessDenied$/,
        },
      ];
      for (const { title, break: harm, reason } of table) {
        it(title, async () => {
          harm();
          await failed("preflight", reason, "nothing was changed");
          assert.deepEqual(scene.stack.asked, []);
        });
      }
    });

    it("of the warm up takes back what it may have half done, under the same serial", async () => {
      scene.stack.failures.set(1, new StepFailed("users-green-group: no capacity"));
      scene.look = (_, seen) => ({
        ...seen,
        failedActivities: [
          { reason: "t3.small is sold out", startedMs: scene.clock.nowMs },
          { reason: "of another deploy", startedMs: scene.clock.nowMs - 21 * 24 * 3_600_000 },
        ],
      });
      await failed("warm", /^users green did not come up: launch failed: t3.small is sold out$/, CALM);
      isBack();
      assert.deepEqual(
        scene.stack.asked.map(({ serial }) => serial),
        [6, 6],
      );
      const ended = scene.events.find((event) => event.type === "stepEnded" && event.step === "warm");
      assert.deepInclude(ended, {
        detail: "users green did not come up: launch failed: t3.small is sold out\nusers-green-group: no capacity",
      });
    });

    it("of something unforeseen before the cutover is taken back as well", async () => {
      const bug = new TypeError("undefined is not a function");
      scene.look = (cluster, seen) => {
        if (cluster === "users-green" && scene.steps().at(-1) === "verify") throw bug;
        return seen;
      };
      await failed("verify", /^undefined is not a function$/, CALM);
      isBack();
    });

    it("in warm: the release never becomes healthy", async () => {
      scene.look = (cluster, seen) =>
        cluster === "users-green"
          ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy", reason: "404" })) }
          : seen;
      await failed("warm", /^users green did not come up: target is: unhealthy, 404 \(2 times\)$/, CALM);
      isBack();
      const ended = scene.events.find((event) => event.type === "stepEnded" && event.step === "warm");
      assert.match(
        (ended as { detail: string }).detail,
        /\nthe idle colour is not up: users: 0 of 2 targets .*\(after 900 s\)$/,
      );
    });

    it("in verify: the release does not stay healthy", async () => {
      scene.look = (cluster, seen) =>
        cluster === "users-green" && scene.steps().at(-1) === "verify"
          ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy", reason: "404" })) }
          : seen;
      await failed("verify", /^users green did not come up: target is: unhealthy, 404 \(2 times\)$/, CALM);
      isBack();
      const ended = scene.events.find((event) => event.type === "stepEnded" && event.step === "verify");
      assert.match((ended as { detail: string }).detail, /\nusers is not up: 0 of 2 targets .*\(after 150 s\)$/);
    });

    it("in the test", async () => {
      scene = new Scene(undefined, { test: "echo it is broken; exit 7" });
      await failed("test", /^the test of users ended with exit code 7: echo it is broken; exit 7$/, CALM);
      isBack();
      const ended = scene.events.find((event) => event.type === "stepEnded" && event.step === "test");
      assert.include((ended as { detail: string }).detail, "\nit is broken");
    });

    it("of the way back, after production went back, says that it did", async () => {
      const isCutOver = () => scene.stack.current!.live.services.users!.active === "green";
      scene.hear = ({ url }, answer) => (isCutOver() && !url.includes("-test.") ? { ...answer, status: 500 } : answer);
      scene.stack.failures.set(4, new StepFailed("the lock is held"));
      await failed(
        "confirm",
        /500/,
        "production is on the release before; the other colour still runs; going back failed: coolDown failed: the lock is held; `abort` goes on with it",
      );
    });

    it("of the way back of a release that fails does not say that it answers", async () => {
      const isCutOver = () => scene.stack.current!.live.services.users!.active === "green";
      scene.hear = ({ url }, answer) => (isCutOver() && !url.includes("-test.") ? { ...answer, status: 500 } : answer);
      scene.stack.failures.set(3, new StepFailed("the lock is held"));
      await failed(
        "confirm",
        /500/,
        "no colour was stopped, production may still be on the new release; going back failed: cutover failed: the lock is held; `abort` goes on with it",
      );
    });

    it("of the way back, beside a first release that stays, says where the others are, and that it does", async () => {
      const both = [
        live({ active: "blue", blue: ["v1", 2], green: null }),
        live({ active: "green", blue: null, green: null }, { service: "doodle" }),
      ] as const;
      scene = new Scene(together(...both));
      const isCutOver = () => scene.stack.current!.live.services.users!.active === "green";
      scene.hear = ({ url }, answer) =>
        isCutOver() && url.startsWith("https://users.") ? { ...answer, status: 500 } : answer;
      scene.stack.failures.set(4, new StepFailed("the lock is held"));
      const error = await scene.deploy();
      assert.equal(
        (error as DeployFailed).production,
        "production is on the release before; the other colour still runs; doodle v2 stays in production: a first release has none before it; going back failed: coolDown failed: the lock is held; `abort` goes on with it",
      );
    });

    it("of the way back in a ramp says which share may still go to the other colour", async () => {
      scene = new Scene(undefined, { ramp: [10], rampPauseSeconds: 180 });
      scene.count = (cluster) => ({
        requests: 600,
        errors: cluster === "users-green" ? 300 : 0,
        responseSeconds: 0.02,
      });
      scene.stack.failures.set(3, new StepFailed("the rule is gone"));
      await failed(
        "ramp",
        /5xx/,
        "production is on the release before, but up to 10 % of its requests may still go to the other colour; going back failed: cutover failed: the rule is gone; `abort` goes on with it",
      );
    });

    it("of the way back is told too", async () => {
      scene = new Scene(undefined, { test: "exit 1" });
      scene.stack.failures.set(2, new StepFailed("the lock is held"));
      await failed(
        "test",
        /exit code 1/,
        "production is untouched, but the idle colour could not be taken back to 0: coolDown failed: the lock is held; `abort` goes on with it",
      );
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 2");
    });

    it("in the cutover leads production back, wholly", async () => {
      scene.stack.failures.set(2, new StepFailed("users-rule: throttled"));
      await failed(
        "cutover",
        /^users-rule: throttled$/,
        "production is back on users v1, the idle colour is back at 0",
      );
      assert.deepEqual(scene.steps().slice(-5), ["cutover", "cutover", "confirm", "drain", "coolDown"]);
      assert.equal(scene.stack.messages[2], "cut over users wholly to blue");
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
    });

    it("whose outputs the stack has taken already leads back under the next serial", async () => {
      const ups: [number: number, step: string, production: string][] = [
        [1, "warm", CALM],
        [2, "cutover", "production is back on users v1, the idle colour is back at 0"],
      ];
      for (const [number, step, production] of ups) {
        scene.close();
        scene = new Scene();
        scene.stack.lateFailures.set(number, new StepFailed("users-old-revision: throttled"));
        await failed(step, /^users-old-revision: throttled$/, production);
        isBack();
      }
    });

    it("in confirm goes back", async () => {
      scene.hear = ({ url }, answer) =>
        !url.includes("-test.") && scene.stack.asked.length === 2 ? { ...answer, release: "v1" } : answer;
      await failed(
        "confirm",
        /^users is not all new: .* answers from release v1, wanted v2.*\(after 150 s\)$/,
        "production is back on users v1, the idle colour is back at 0",
      );
      assert.deepEqual(scene.steps().slice(-5), ["verify", "cutover", "confirm", "drain", "coolDown"]);
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
    });

    it("of a first release that is active has no way back", async () => {
      scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }));
      scene.hear = ({ url }, answer) => (url.includes("-test.") ? answer : { ...answer, status: 503 });
      await failed("confirm", /answers 503, wanted 2xx/, "production is on the new release: `resume` goes on");
    });

    const ON = "production is on the new release; the old colour still runs: `resume` goes on";
    it("in retire says how to go on, and going on does the rest only", async () => {
      scene.stack.failures.set(3, new StepFailed("users-blue-group: drain timeout"));
      await failed("retire", /^users-blue-group: drain timeout$/, ON);
      assert.match(
        (await scene.deploy("v2"))!.message,
        /^\d+T\d+Z-1 \(deploy users=v2 by .*\) is not finished: `resume` /,
      );
      scene.events.length = 0;
      assert.isNull(await scene.resume());
      assert.deepEqual(scene.steps(), ["confirm", "retire"]);
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
    });

    it("in retire, and production fails before somebody goes on: the old colour takes over instead of being stopped", async () => {
      scene.stack.failures.set(3, new StepFailed("users-blue-group: drain timeout"));
      await failed("retire", /^users-blue-group: drain timeout$/, ON);
      scene.events.length = 0;
      scene.look = (cluster, seen) => (cluster === "users-green" ? { ...seen, tasks: [] } : seen);
      assert.match((await scene.resume())!.message, /users fails in production: /);
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
    });

    it("in retire: an instance of the old colour does not end", async () => {
      const instance = { id: "i-1", state: "Terminating:Wait", agent: "connected" as const };
      scene.look = (cluster, seen) =>
        cluster === "users-blue" && scene.stack.asked.length === 3 ? { ...seen, instances: [instance] } : seen;
      await failed(
        "retire",
        /^the old colour is not gone: instance i-1 is still Terminating:Wait \(after 660 s\)$/,
        ON,
      );
    });
  });

  describe("stopped", () => {
    const UNTOUCHED = "production is untouched, the idle colour is back at 0";
    const table: { title: string; at: (scene: Scene) => void; step: string; ups: number; production: string }[] = [
      {
        title: "while it warms: takes back what it may have warmed",
        at: (scene) => {
          scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGINT"));
        },
        step: "warm",
        ups: 2,
        production: UNTOUCHED,
      },
      {
        title: "while it warms, with --keep: says where things stand",
        at: (scene) => {
          scene.keep = true;
          scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGINT"));
        },
        step: "warm",
        ups: 1,
        production: "production is untouched, the idle colour stays as it is: `resume` goes on, `abort` takes back",
      },
      {
        title: "twice while it warms: stops at once",
        at: (scene) => {
          scene.stack.onUp = () => {
            scene.abort.abort(new Stopped("SIGINT"));
            scene.halt.abort(new Stopped("SIGTERM"));
          };
        },
        step: "warm",
        ups: 1,
        production: "production is untouched, the idle colour stays as it is: `resume` goes on, `abort` takes back",
      },
      {
        title: "while it cuts over: does nothing more and says where things stand",
        at: (scene) => {
          scene.stack.onUp = (number) => number === 2 && scene.abort.abort(new Stopped("SIGINT"));
        },
        step: "cutover",
        ups: 2,
        production: "no colour was stopped; the cutover may be half done: `resume` finishes it, `abort` takes it back",
      },
      {
        title: "while it drains: does nothing more and says where things stand",
        at: (scene) => {
          scene.clock.onSlept = () => scene.abort.abort(new Stopped("SIGINT"));
        },
        step: "drain",
        ups: 2,
        production: "production is on the new release; the old colour still runs: `resume` goes on, `abort` goes back",
      },
    ];
    for (const { title, at, step, ups, production } of table) {
      it(title, async () => {
        at(scene);
        const error = await scene.deploy();
        assert.instanceOf(error, DeployFailed);
        assert.equal(error!.message, `${step} failed: stopped by SIGINT`);
        assert.equal((error as DeployFailed).production, production);
        assert.lengthOf(scene.stack.asked, ups);
        assert.isFalse(scene.event("deployEnded").ok);
      });
    }
  });
});
