import { setTimeout } from "node:timers/promises";
import { assert } from "chai";
import { digestOf } from "../../../automation/core/desired-releases";
import { DeployFailed, StepFailed, Stopped } from "../../../automation/core/errors";
import type { RollbackRequest } from "../../../automation/deploy/rollback";
import { UserError } from "../../../components/core/user-error";
import { infrastructureOf } from "../../../components/live/infrastructure";
import { CAPACITY_MINUTES } from "../../../components/service/capacity-timeout";
import { parseSettings } from "../../../components/settings/settings";
import { Scene, sizes } from "./scene";
import { live, outputsOf, together } from "./worlds";

const BEFORE = "blue 2 (active), green 0";
const AFTER = "blue 0, green 2 (active)";
/** Of each look in a bake of 60: a run looks for orders every second. */
const REAL_MS = 100;

describe("resuming a run", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  const now = () => sizes(scene.stack.current!.live);
  const activeRelease = () => {
    const { active, colours } = scene.stack.current!.live.services.users!;
    return colours[active].release!.name;
  };
  const refused = async (run: Promise<Error | null>, reason: RegExp) => {
    const before = now();
    const error = await run;
    assert.instanceOf(error, UserError);
    assert.match(error!.message, reason);
    assert.equal(now(), before);
    assert.isNull(await scene.store.lease());
  };
  /** Stops a deploy at its n-th `up`, as a crash would leave it but for the closing line. */
  const stoppedAt = async (up: number, services?: string[]) => {
    scene.keep = true;
    const plain = scene.stack.onUp;
    scene.stack.onUp = (number) => {
      if (number === up) scene.abort.abort(new Stopped("SIGINT"));
    };
    assert.instanceOf(await scene.deploy("v2", services), DeployFailed);
    scene.stack.onUp = plain;
    scene.abort = new AbortController();
    scene.events.length = 0;
  };

  /** Stops a deploy whose first release is active, and cannot be confirmed. */
  const firstReleaseLeft = async () => {
    scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }));
    scene.hear = ({ url }, answer) => (url.includes("-test.") ? answer : { ...answer, status: 503 });
    scene.clock.onSlept = () => {
      if (scene.steps().at(-1) === "confirm") scene.abort.abort(new Stopped("SIGINT"));
    };
    const left = (await scene.deploy()) as DeployFailed;
    scene.clock.onSlept = () => {};
    scene.abort = new AbortController();
    return left;
  };

  describe("resume", () => {
    for (const [up, steps] of [
      [1, ["warm", "verify", "test", "cutover", "confirm", "drain", "retire"]],
      [2, ["cutover", "confirm", "drain", "retire"]],
      // Production may have failed since.
      [3, ["confirm", "retire"]],
    ] as const) {
      it(`goes on at the ${up}. up`, async () => {
        await stoppedAt(up);
        assert.isNull(await scene.resume());
        assert.deepEqual(scene.steps(), [...steps]);
        assert.equal(now(), AFTER);
        assert.equal(scene.event("deployEnded").outcome, "done");
      });
    }

    it("tells the recovery when the run that it goes on with began its last `up`", async () => {
      const told: (number | null)[] = [];
      const { recover } = scene.stack;
      scene.stack.recover = async (options) => {
        told.push(await options.lostUp!());
        return recover.call(scene.stack, options);
      };
      await stoppedAt(2);
      const entries = await scene.journal();
      const cutover = entries.find((entry) => entry.kind === "stepStarted" && entry.step === "cutover");
      assert.isNull(await scene.resume());
      assert.isNull(await scene.rollback());
      assert.deepEqual(told, [null, cutover!.atMs, null]);
    });

    it("goes on going back", async () => {
      scene = new Scene(undefined, { test: "exit 1" });
      scene.stack.failures.set(2, new StepFailed("throttled"));
      await scene.deploy();
      scene.events.length = 0;
      assert.isNull(await scene.resume());
      assert.deepEqual(scene.steps(), ["coolDown"]);
      assert.equal(now(), BEFORE);
      assert.equal(scene.event("deployEnded").outcome, "takenBack");
    });

    it("is said to go on going back, not forward, where the run is being taken back", async () => {
      scene = new Scene(undefined, { test: "exit 1" });
      scene.stack.failures.set(2, new StepFailed("throttled"));
      await scene.deploy();
      await refused(scene.deploy("v3"), / is not finished: `resume` or `abort` goes on taking it back$/);
    });

    it("with nothing to resume says what was last", async () => {
      await refused(scene.resume(), /^nothing to resume: this stack had no deploy yet$/);
      await scene.deploy();
      await refused(scene.resume(), /^nothing to resume: the last run, .* \(deploy users=v2\), is done; `rollback` /);
      await scene.rollback();
      await refused(scene.resume(), /^nothing to resume: the last run, .* \(rollback users=v1\), is done$/);
    });

    it("of a forward run is refused while deploys are frozen; back it goes", async () => {
      await stoppedAt(1);
      await scene.store.freeze({ who: "me", sinceMs: 0, reason: "sale" });
      await refused(scene.resume(), /^deploys are frozen by me since 1970-.*: sale; `unfreeze` ends it$/);
      assert.isNull(await scene.abortRun());
      assert.equal(now(), BEFORE);
    });

    it("of a run that has only the old colour left to end goes on in a freeze", async () => {
      await stoppedAt(3);
      await scene.store.freeze({ who: "me", sinceMs: 0, reason: "sale" });
      assert.isNull(await scene.resume());
      assert.deepEqual(scene.steps(), ["confirm", "retire"]);
      assert.equal(now(), AFTER);
    });
  });

  describe("abort", () => {
    for (const [up, steps] of [
      [1, ["coolDown"]],
      [2, ["cutover", "confirm", "drain", "coolDown"]],
      [3, ["warm", "verify", "cutover", "confirm", "drain", "coolDown"]],
    ] as const) {
      it(`takes back what was done until the ${up}. up`, async () => {
        await stoppedAt(up);
        assert.isNull(await scene.abortRun());
        assert.deepEqual(scene.steps(), [...steps]);
        assert.equal(now(), BEFORE);
        assert.equal(scene.event("deployEnded").outcome, "takenBack");
        await refused(scene.abortRun(), /^nothing to abort: .* was taken back$/);
      });
    }

    it("of a first release that is active is refused: there is none to go back to", async () => {
      scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }));
      scene.stack.onUp = (number) => number === 2 && scene.clock.nowMs++;
      scene.hear = ({ url }, answer) => (url.includes("-test.") ? answer : { ...answer, status: 503 });
      await scene.deploy();
      scene.hear = (_, answer) => answer;
      await refused(scene.abortRun(), /made a first release active: there is none to go back to; `resume` goes on/);
      assert.isNull(await scene.resume());
    });

    it("is not named to people whose first release is active: there is none to go back to", async () => {
      const left = await firstReleaseLeft();
      assert.equal(left.message, "confirm failed: stopped by SIGINT");
      assert.equal(left.production, "production is on the new release: `resume` goes on");
      assert.deepEqual(scene.event("deployStarted").first, ["users"]);
      const refusal =
        / is not finished: `resume` goes on with it: a first release is active, and there is none before it$/;
      await refused(scene.deploy("v3"), refusal);
      await refused(
        scene.rollback(["users"], "v1"),
        / is not finished: `resume` goes on with it: a first release is active, and there is none before it; then roll /,
      );
      const entries = await scene.journal();
      for (const wayBack of [() => scene.rollback(), () => scene.rollback(["users"]), () => scene.abortRun()])
        await refused(wayBack(), /there is none to go back to; `resume` goes on/);
      assert.deepEqual(await scene.journal(), entries);
    });
  });

  describe("from a checkout with another service than the stack's", () => {
    const otherCheckout = () => {
      const { users } = scene.settings.services;
      scene.settings = { ...scene.settings, services: { users: users!, billing: users! } };
    };

    for (const command of ["resume", "abortRun", "rollback", "deploy"] as const)
      it(`\`${command}\` says that no \`pulumi up\` may come before the run's end, and which checkout has them`, async () => {
        await stoppedAt(2);
        otherCheckout();
        await refused(
          scene[command](),
          /^billing is in the settings but not in the stack yet; \S+ \(deploy users=v2\) is not finished: go on with it from a shell, in a checkout that has the stack's services, such as that of commit [0-9a-f]{12}, or merge a revert into `main` and start the workflow again; run `pulumi up` after that$/,
        );
      });

    it("no commit is named where `pulumi up` has changed the services since the run began", async () => {
      await stoppedAt(2);
      const both = outputsOf(
        together(scene.stack.current!.live, live({ active: "green", blue: null, green: null }, { service: "doodle" })),
      );
      scene.stack.current = both;
      await refused(
        scene.resume(),
        /^the settings have users, the stack has doodle, users; \S+ \(deploy users=v2\) is not finished: go on with it from a shell, in a checkout that has the stack's services, or merge a revert/,
      );
    });

    it("one from before the last `pulumi up` deletes no host, name or queue that it lacks", async () => {
      const { users } = outputsOf(scene.stack.current!.live).services;
      const rules = { blue: "b", green: "g" };
      const hosts = [{ host: "www.example.jp", path: null, rules, healthCheckUrl: null }];
      const { internal } = outputsOf(scene.stack.current!.live, {
        users: { kind: "api", exposure: ["internal"], queue: null, migrate: undefined },
      }).services.users!.exposures;
      scene.stack.current!.services.users = {
        ...users!,
        exposures: { public: { ...users!.exposures.public!, hosts }, internal: internal! },
        queue: { url: "https://sqs/q", deadLetterUrl: "https://sqs/d" },
      };
      const lacks =
        "the stack has the internal name of users, www.example.jp of users, the queue of users, which the settings lack";
      assert.equal(
        (await scene.deploy())!.message,
        `${lacks}: deploy from a checkout that has the stack's services; if the stack is to lose what this one lacks, run \`pulumi up --stack test\` first`,
      );
      assert.equal(
        (await scene.rollback())!.message,
        `${lacks}: roll back from a checkout that has the stack's services, or run \`pulumi up --stack test\` first`,
      );
    });

    it("one from before a host passed to another service does not lead it back", async () => {
      const both = outputsOf(
        together(
          scene.stack.current!.live,
          live({ active: "green", blue: null, green: ["v1", 2] }, { service: "doodle" }),
        ),
      );
      const hosts = [{ host: "www.example.jp", path: null, rules: { blue: "b", green: "g" }, healthCheckUrl: null }];
      Object.assign(both.services.doodle!.exposures.public!, { hosts });
      scene.stack.current = both;
      scene.settings = parseSettings({
        domain: "example.jp",
        services: { users: { kind: "api", hosts: ["www.example.jp"] }, doodle: { kind: "api" } },
      });
      assert.match(
        (await scene.deploy())!.message,
        /^the stack has www\.example\.jp of doodle, which the settings lack: /,
      );
      assert.match((await scene.rollback())!.message, /^the stack has www\.example\.jp of doodle, /);
    });

    it("one without a web ACL, roles of CI or a test header of the stack takes none of them away", async () => {
      const { settings } = scene;
      const testHeader = { name: "x-preview", value: "ssm:/prod/preview-key" };
      const infrastructure = infrastructureOf({ ...settings, testHeader, webAcl: "arn:aws:wafv2:web" });
      Object.assign(scene.stack.current!, { applied: { infrastructure } });
      assert.match(
        (await scene.deploy())!.message,
        /^the stack has aoshingo:webAcl, aoshingo:testHeader, which the settings lack: deploy from a checkout that has the stack's services; /,
      );
      scene.settings = { ...settings, testHeader, webAcl: "arn:aws:wafv2:another" };
      assert.isNull(await scene.deploy());
    });

    it("one without a database of the stack is refused before its first `up`, also where nothing uses the database", async () => {
      const main = {
        ...{ identifier: "main", host: "main.rds", version: 17 },
        instanceClass: "db.t4g.micro",
        storageGiB: 20,
      };
      scene.stack.current!.databases = { main };
      assert.match(
        (await scene.deploy())!.message,
        /^the stack has the database main, which the settings lack: deploy from a checkout that has the stack's services; /,
      );
      assert.isFalse(scene.events.some(({ type }) => type === "up"));
    });

    it("a rollback of a finished deploy names the checkout first", async () => {
      assert.isNull(await scene.deploy());
      otherCheckout();
      await refused(
        scene.rollback(),
        /^billing is in the settings but not in the stack yet: roll back from a checkout that has the stack's services, or run `pulumi up --stack test` first$/,
      );
    });
  });

  describe("telling a run elsewhere to stop", () => {
    const ELSEWHERE = { who: "ci@github", host: "runner-7", pid: 4321, what: "deploy users=v2" };
    /** Somebody has the lease, and gives it back when told to stop. */
    const held = async () => {
      const lease = await scene.store.acquire(ELSEWHERE);
      scene.clock.onSlept = async () => {
        if (await scene.store.remoteStop(lease.fencing)) await lease.release();
      };
    };
    /** Somebody's command has the lease, must not be told to stop, and does its work while this one waits. */
    const goesOn = async (what: string, work: () => Promise<unknown>) => {
      const lease = await scene.store.acquire({ ...ELSEWHERE, what });
      scene.clock.onSlept = async () => {
        scene.clock.onSlept = () => {};
        assert.isNull(await scene.store.remoteStop(lease.fencing));
        await lease.release();
        await work();
      };
    };
    /** Somebody has the lease, and gives it back to a deploy that fails in its warm-up and takes itself back: too early to be told to stop. */
    const takesItselfBackMeanwhile = async (release: string, services?: string[]) => {
      const lease = await scene.store.acquire(ELSEWHERE);
      scene.clock.onSlept = async () => {
        scene.clock.onSlept = () => {};
        await lease.release();
        scene.stack.failures.set(scene.stack.asked.length + 1, new StepFailed("stopped by boss@phone"));
        assert.isNotNull(await scene.deploy(release, services));
        scene.events.length = 0;
      };
    };
    const notices = () => scene.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));

    it("then takes back what it left", async () => {
      await stoppedAt(2);
      await held();
      assert.isNull(await scene.abortRun({ stopRunning: true }));
      assert.match(
        notices()[0]!,
        /^told deploy users=v2 by ci@github \(pid 4321 on runner-7\) to stop at its next safe/,
      );
      assert.equal(now(), BEFORE);
    });

    it("then takes back what it left, where a rollback names all of its services", async () => {
      await stoppedAt(2);
      await held();
      assert.isNull(await scene.rollBack({ stopRunning: true, services: ["users"] }));
      assert.equal(now(), BEFORE);
      assert.equal(scene.event("deployEnded").outcome, "takenBack");
    });

    for (const services of [["users"], ["doodle", "stable", "users"]])
      it(`is not taken back for a rollback of other services than its own: ${services.join(" ")}`, async () => {
        const start = (service: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service });
        scene.close();
        scene = new Scene(together(start("doodle"), start("stable"), start("users")));
        await stoppedAt(2, ["doodle", "users"]);
        await refused(
          scene.rollback(services),
          /\(deploy doodle=v2 users=v2\) is not finished: `rollback` without anything else, or `abort`, takes it back;/,
        );
      });

    it("stops another one, too, that begins before the lease is free for it", async () => {
      await stoppedAt(2);
      const first = await scene.store.acquire(ELSEWHERE);
      let second: Awaited<ReturnType<typeof scene.store.acquire>> | null = null;
      scene.clock.onSlept = async () => {
        if (!second && (await scene.store.remoteStop(first.fencing))) {
          await first.release();
          second = await scene.store.acquire({ ...ELSEWHERE, what: "deploy users=v3" });
        } else if (second && (await scene.store.remoteStop(second.fencing))) await second.release();
      };
      assert.isNull(await scene.abortRun({ stopRunning: true }));
      assert.include(
        notices(),
        "another run has begun meanwhile: told deploy users=v3 by ci@github (pid 4321 on runner-7) to stop at its next safe point",
      );
      assert.equal(now(), BEFORE);
    });

    for (const what of ["abort", "rollback"])
      it(`waits for another person's ${what} that came first, and does not stop it`, async () => {
        await stoppedAt(2);
        const first = await scene.store.acquire(ELSEWHERE);
        let second: Awaited<ReturnType<typeof scene.store.acquire>> | null = null;
        let waits = 0;
        scene.clock.onSlept = async () => {
          if (!second) {
            await first.release();
            second = await scene.store.acquire({ ...ELSEWHERE, what });
          } else if (++waits === 5) {
            assert.isNull(await scene.store.remoteStop(second.fencing));
            scene.clock.onSlept = () => {};
            await second.release();
          }
        };
        assert.isNull(await scene.rollBack({ stopRunning: true }));
        assert.equal(now(), BEFORE);
      });

    for (const way of ["abortRun", "rollBack"] as const)
      it(`has nothing left to do for \`${way}\` where an abort came first, which is not stopped`, async () => {
        await stoppedAt(2);
        await goesOn("abort", async () => assert.isNull(await scene.abortRun()));
        assert.isNull(await scene[way]({ stopRunning: true }));
        assert.equal(now(), BEFORE);
        assert.match(notices().at(-1)!, /\(deploy users=v2\) was taken back meanwhile: production is on users v1$/);
      });

    it("does not call the work done when only a later run was stopped and took itself back", async () => {
      assert.isNull(await scene.deploy());
      scene.images.add("v3");
      await takesItselfBackMeanwhile("v3");
      const error = await scene.rollBack({ stopRunning: true });
      assert.match(
        error!.message,
        /^nothing to roll back: \S+ \(deploy users=v3\) was taken back, production is on users v2;/,
      );
    });

    it("waits as long as its engine may wait for instances, and then as long again for its way back", async () => {
      await stoppedAt(2);
      const lease = await scene.store.acquire(ELSEWHERE);
      const sinceMs = scene.clock.now();
      scene.clock.onSlept = async () => {
        if (scene.clock.now() - sinceMs < 2 * CAPACITY_MINUTES * 60_000) return;
        scene.clock.onSlept = () => {};
        await lease.release();
      };
      assert.isNull(await scene.abortRun({ stopRunning: true }));
      assert.equal(now(), BEFORE);
    });

    for (const [request, message] of [
      [{ services: ["usres"] }, /^usres has no release yet: deploy one$/],
      [{ services: ["users"], to: "v9" }, /^production never ran users "v9": wanted one of .*v1/],
      [
        { services: ["users"], to: "v1" },
        / is not finished: `rollback` without anything else, or `abort`, takes it back;/,
      ],
      [
        { services: ["users"], lacksService: true },
        /^billing is in the settings but not in the stack yet; .* is not finished: /,
      ],
    ] as [Partial<RollbackRequest> & { lacksService?: boolean }, RegExp][])
      it(`goes on where \`rollback --stop-running\` could do nothing: ${JSON.stringify(request)}`, async () => {
        await stoppedAt(3);
        const { lacksService = false, ...asked } = request;
        if (lacksService) scene.settings = { ...scene.settings, services: { billing: scene.settings.services.users! } };
        const lease = await scene.store.acquire(ELSEWHERE);
        const error = await scene.rollBack({ stopRunning: true, ...asked });
        assert.match(error!.message, message);
        assert.isNull(await scene.store.remoteStop(lease.fencing));
      });

    for (const way of ["abortRun", "rollBack"] as const)
      it(`goes on where \`${way}\` has no release to go back to`, async () => {
        await firstReleaseLeft();
        const lease = await scene.store.acquire(ELSEWHERE);
        const error = await scene[way]({ stopRunning: true });
        assert.match(error!.message, /made a first release active: there is none to go back to; `resume` goes on/);
        assert.isNull(await scene.store.remoteStop(lease.fencing));
      });

    it("goes on in a window that refuses the rollback, which is not that of the run", async () => {
      scene.clock.nowMs = Date.parse("2026-11-27T19:00:00Z");
      await stoppedAt(1);
      const freeze = [{ from: "Fri 16:00", to: "Mon 08:00" }];
      scene.settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, freeze });
      const lease = await scene.store.acquire(ELSEWHERE);
      const error = await scene.rollBack({ stopRunning: true, services: ["users"], to: "v1" });
      assert.match(error!.message, /^the settings freeze deploys /);
      assert.isNull(await scene.store.remoteStop(lease.fencing));
    });

    it("ends old colours first where that is its work", async () => {
      await stoppedAt(2);
      await goesOn("retire users", async () => {});
      assert.isNull(await scene.abortRun({ stopRunning: true }));
      assert.equal(now(), BEFORE);
    });

    it("has nothing left to do where that took itself back", async () => {
      scene.hear = (_, answer) => (answer.release === "v2" ? { ...answer, status: 500 } : answer);
      await scene.deploy();
      for (const takeBack of [scene.abortRun.bind(scene), scene.rollBack.bind(scene)]) {
        await held();
        scene.events.length = 0;
        assert.isNull(await takeBack({ stopRunning: true }));
        assert.match(
          notices().at(-1)!,
          /^\S+ \(deploy users=v2\) stopped and was taken back: production is on users v1$/,
        );
        assert.deepEqual(scene.steps(), []);
      }
    });

    for (const request of [{ stopRunning: true }, { waitMs: 60_000 }])
      it(`goes no release further back for a service that is named, where that took itself back: ${JSON.stringify(request)}`, async () => {
        scene = new Scene(live({ active: "blue", blue: ["v0", 2], green: null }));
        scene.images.add("v0");
        assert.isNull(await scene.deploy("v1"));
        await takesItselfBackMeanwhile("v2");
        assert.isNull(await scene.rollBack({ services: ["users"], ...request }));
        assert.equal(activeRelease(), "v1");
        assert.deepEqual(scene.steps(), []);
        assert.match(
          notices().at(-1)!,
          /^\S+ \(deploy users=v2\) by \S+ was taken back meanwhile: production is on users v1$/,
        );
      });

    it("leads a service back that was no part of what took itself back", async () => {
      const both = (["users", "doodle"] as const).map((service) =>
        live({ active: "blue", blue: ["v0", 2], green: null }, { service }),
      );
      scene = new Scene(together(both[0]!, both[1]!));
      scene.images.add("v0");
      assert.isNull(await scene.deploy("v1"));
      await takesItselfBackMeanwhile("v2", ["users"]);
      assert.isNull(await scene.rollBack({ services: ["users", "doodle"], waitMs: 60_000 }));
      assert.equal(activeRelease(), "v1");
      assert.equal(scene.stack.current!.live.services.doodle!.active, "blue");
      assert.match(
        notices().at(-1)!,
        /\(deploy users=v2\) by \S+ was taken back meanwhile: production is on users v1$/,
      );
    });

    it("is done by the run, as on a signal", async () => {
      scene = new Scene(undefined, { bakeSeconds: 300 });
      scene.clock.onSlept = async () => {
        if (scene.steps().at(-1) !== "bake") return;
        const { fencing } = (await scene.store.lease())!;
        await scene.store.requestStop({ fencing, who: "boss@phone", atMs: 0 });
        await setTimeout(REAL_MS);
      };
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.message, "bake failed: stopped by boss@phone");
      assert.match(error.production, /^production is on the new release; .*, `abort` goes back$/);
      scene.clock.onSlept = () => {};
      assert.isNull(await scene.abortRun());
      assert.equal(now(), BEFORE);
    });
  });

  describe("rollback", () => {
    const WARM_AGAIN = ["preflight", "warm", "verify", "cutover", "confirm", "drain", "coolDown"];

    it("calls no step's release new", async () => {
      await scene.deploy();
      scene.events.length = 0;
      await scene.rollback();
      const titles = scene.events.flatMap((event) => (event.type === "stepStarted" ? [event.title] : []));
      assert.include(titles, "Confirm that production is back");
      assert.notInclude(titles.join("\n"), "new release");
    });

    it("after the retirement warms the old release again", async () => {
      await scene.deploy();
      scene.events.length = 0;
      assert.isNull(await scene.rollback());
      assert.deepEqual(scene.steps(), WARM_AGAIN);
      assert.equal(now(), BEFORE);
      assert.equal(scene.stack.current!.live.services.users!.colours.blue.release!.name, "v1");
    });

    for (const act of ["rollback", "abort"] as const)
      it(`while the retirement had not come to its end warms the old release again, whatever the stack's outputs say (${act})`, async () => {
        scene.stack.failures.set(3, new Error("killed"));
        assert.match((await scene.deploy())!.message, /^retire failed: killed/);
        assert.equal(now(), "blue 2, green 2 (active)", "the outputs are written last");
        scene.stack.failures.set(4, new Error("killed, too"));
        assert.match((await (act === "rollback" ? scene.rollback() : scene.abortRun()))!.message, /killed, too/);
        assert.isNull(await (act === "rollback" ? scene.rollback() : scene.abortRun()));
        assert.equal(now(), BEFORE);
        assert.deepEqual(
          scene.stack.messages.map((message, place) => [message.split(" ")[0], scene.stack.unsettled[place]]),
          [
            ...[
              ["warm", []],
              ["cut", []],
              ["take", []],
            ],
            ...[
              ["warm", ["users"]],
              ["warm", ["users"]],
              ["cut", []],
              ["take", []],
            ],
          ],
        );
      });

    it("that somebody else has ended already is not undone by the same words; the service's name leads there again", async () => {
      await scene.deploy();
      assert.isNull(await scene.rollback());
      await refused(
        scene.rollback(),
        /^nothing to roll back: \S+ \(rollback users=v1\) has gone back already, production is on users v1; name a service with --to to go to an older release$/,
      );
      assert.equal(now(), BEFORE);
      scene.events.length = 0;
      assert.isNull(await scene.rollback(["users"]));
      assert.deepEqual(scene.steps(), WARM_AGAIN);
      assert.equal(now(), AFTER);
    });

    it("of a run that is not finished is the same as abort", async () => {
      await stoppedAt(2);
      assert.isNull(await scene.rollback());
      assert.equal(now(), BEFORE);
    });

    it("while the old colour is warm takes no test and no warm-up", async () => {
      scene.stack.failures.set(3, new StepFailed("throttled"));
      await scene.deploy();
      await scene.store.unfreeze();
      scene.events.length = 0;
      assert.isNull(await scene.rollback());
      assert.notInclude(scene.steps(), "test");
      assert.equal(now(), BEFORE);
    });

    it("goes to an older release, by name or digest", async () => {
      scene.images.add("v3");
      await scene.deploy("v2");
      await scene.deploy("v3");
      assert.isNull(await scene.rollback(["users"], "v1"));
      assert.equal(activeRelease(), "v1");
      await refused(
        scene.rollback(["users"], "v9"),
        /^production never ran users "v9": wanted one of v1, v3, v2, or deploy it anew$/,
      );
      await refused(scene.rollback(["users"], "v1"), /^users v1 is active already/);
      for (const part of ["", "sha256:", "s", "sha256:0"])
        await refused(scene.rollback(["users"], part), /^production never ran users ".*": wanted one of/);
      const digest = digestOf(scene.stack.current!.live.services.users!.colours.blue.release!.image);
      assert.isNull(await scene.rollback(["users"], digest.slice(0, 20)));
    });

    it("whose image is gone changes nothing", async () => {
      await scene.deploy();
      scene.images.clear();
      const error = await scene.rollback();
      assert.match(error!.message, /the image of users v1 is not in .*\/users any more/);
      assert.equal(now(), AFTER);
    });

    it("never goes to a release that was taken back", async () => {
      await scene.deploy();
      scene.images.add("v3");
      scene.hear = (_, answer) => (answer.release === "v3" ? { ...answer, status: 500 } : answer);
      await scene.deploy("v3");
      scene.hear = (_, answer) => answer;
      await refused(
        scene.rollback(),
        /^nothing to roll back: \S+ \(deploy users=v3\) was taken back, production is on users v2; name a service to go to/,
      );
      await refused(
        scene.rollback(["users"], "v3"),
        /^production never ran users "v3": wanted one of v2, v1, or deploy it anew$/,
      );
      assert.isNull(await scene.rollback(["users"]));
      assert.equal(activeRelease(), "v1");
    });

    it("that was itself taken back can be tried again", async () => {
      await scene.deploy();
      scene.stack.failures.set(4, new StepFailed("no capacity"));
      assert.instanceOf(await scene.rollback(), DeployFailed);
      assert.equal(activeRelease(), "v2");
      assert.isNull(await scene.rollback());
      assert.equal(activeRelease(), "v1");
    });

    it("knows the idle colour's release where the journals were lost", async () => {
      scene = new Scene(live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }));
      assert.isNull(await scene.rollback(["users"]));
      assert.equal(activeRelease(), "v1");
    });

    it("of a first release is refused", async () => {
      scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }));
      await scene.deploy();
      await refused(scene.rollback(), /^users has no previous release: v2 is its first one$/);
    });

    it("takes back all services of the last deploy, or those that are named", async () => {
      const start = (service: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service });
      scene = new Scene(together(start("doodle"), start("users")));
      await scene.deploy();
      assert.isNull(await scene.rollback());
      for (const name of ["doodle", "users"]) assert.equal(sizes(scene.stack.current!.live, name), BEFORE);
      await scene.deploy();
      assert.isNull(await scene.rollback(["doodle"]));
      assert.equal(sizes(scene.stack.current!.live, "users"), AFTER);
      assert.equal(sizes(scene.stack.current!.live, "doodle"), BEFORE);
    });
  });
});
