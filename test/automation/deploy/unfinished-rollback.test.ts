import { assert } from "chai";
import { type DeployFailed, StepFailed, Stopped } from "../../../automation/core/errors";
import { UserError } from "../../../components/core/user-error";
import { Scene, sizes } from "./scene";
import { live, together } from "./worlds";

const ON_OLD = "blue 2 (active), green 0";
const ON_BAD = "blue 0, green 2 (active)";
const ELSEWHERE = { who: "ci@github", host: "runner-7", pid: 4321, what: "rollback users" };

/** v2 was deployed and is bad; the rollback to v1 was begun. */
describe("an unfinished rollback", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = new Scene();
    assert.isNull(await scene.deploy());
  });
  afterEach(() => scene.close());

  const now = (service = "users") => sizes(scene.stack.current!.live, service);
  const notices = () => scene.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  /** Stops a rollback at its n-th `up` as a killed process leaves it: its journal has no end. */
  const killedAt = async (up: number, services: string[] = []) => {
    const first = scene.stack.asked.length;
    const append = scene.store.append.bind(scene.store);
    scene.stack.onUp = (number) => {
      if (number !== first + up) return;
      scene.halt.abort(new Stopped("SIGKILL"));
      scene.store.append = () => Promise.reject(new UserError("the process is gone"));
      scene.abort.abort(new Stopped("SIGKILL"));
    };
    assert.instanceOf(await scene.rollback(services), Error);
    scene.store.append = append;
    scene.stack.onUp = () => {};
    scene = Object.assign(scene, { abort: new AbortController(), halt: new AbortController() });
    scene.events.length = 0;
    assert.notEqual((await scene.journal()).at(-1)!.kind, "closed");
  };

  for (const [up, where] of [
    [1, "in its warm-up"],
    [2, "in its cutover"],
    [3, "in its clearing up"],
  ] as const) {
    it(`that was killed ${where}: \`rollback\` goes on with it`, async () => {
      await killedAt(up);
      assert.isNull(await scene.rollback());
      assert.equal(now(), ON_OLD);
      assert.equal(scene.event("deployEnded").outcome, "done");
      assert.lengthOf(await scene.store.deploys(), 2);
    });

    it(`that was killed ${where}: \`abort\` is refused, and says what it would do`, async () => {
      await killedAt(up);
      const before = now();
      const error = await scene.abortRun();
      assert.instanceOf(error, UserError);
      assert.match(
        error!.message,
        /^\S+ \(rollback users=v1\) is not finished, and `abort` would lead production to users v2: `resume` goes on with the rollback, `abort --despite-rollback "REASON"` goes to users v2 all the same$/,
      );
      assert.equal(now(), before);
      assert.isNull(await scene.resume());
      assert.equal(now(), ON_OLD);
    });

    it(`that was killed ${where}: \`abort\` takes it back where it is told to despite that`, async () => {
      await killedAt(up);
      assert.isNull(await scene.abortRun({ despiteRollback: "v1 is worse" }));
      assert.equal(now(), ON_BAD);
      const turned = (await scene.journal()).find(({ kind }) => kind === "rollbackStarted");
      assert.match(turned?.kind === "rollbackStarted" ? turned.reason : "", /^abort by .*: v1 is worse$/);
    });
  }

  it("that was killed while a worker came up: it is verified by who goes on", async () => {
    scene.close();
    const mailer = live({ active: "blue", blue: ["v1", 2], green: null }, { service: "mailer" });
    scene = new Scene(mailer, { services: { mailer: { kind: "worker" } } });
    assert.isNull(await scene.deploy());
    let looks = 0;
    scene.look = (cluster, seen) => {
      if (cluster !== "mailer-blue" || !scene.steps().includes("warm")) return seen;
      looks += 1;
      if (looks === 2) gone();
      return { ...seen, tasks: [] };
    };
    const append = scene.store.append.bind(scene.store);
    const gone = () => {
      scene.halt.abort(new Stopped("SIGKILL"));
      scene.store.append = () => Promise.reject(new UserError("the process is gone"));
      scene.abort.abort(new Stopped("SIGKILL"));
    };
    assert.instanceOf(await scene.rollback(), Error);
    assert.isAtLeast(looks, 2);
    assert.equal(now("mailer"), "blue 2, green 2 (active)");
    scene.store.append = append;
    scene.look = (_, seen) => seen;
    scene = Object.assign(scene, { abort: new AbortController(), halt: new AbortController() });
    scene.events.length = 0;
    assert.isNull(await scene.rollback());
    assert.deepEqual(scene.steps().slice(0, 2), ["verify", "cutover"]);
  });

  it("that has confirmed the old release goes on clearing up, whatever has become of it", async () => {
    await killedAt(3);
    scene.look = (cluster, seen) => (cluster === "users-blue" ? { ...seen, tasks: seen.tasks.slice(1) } : seen);
    assert.isNull(await scene.rollback());
    assert.notInclude(scene.steps(), "confirm");
    assert.equal(now(), ON_OLD);
  });

  it("of several services, one of which was routed: `rollback` brings back all of them", async () => {
    const start = (service: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service });
    scene.close();
    scene = new Scene(together(start("doodle"), start("users")));
    assert.isNull(await scene.deploy());
    const route = scene.trafficSwitch.route;
    scene.trafficSwitch.route = async (rule) => {
      if (rule.targetGroups.some(({ arn }) => arn.startsWith("users"))) throw new Error("throttled");
      await route(rule);
    };
    await killedAt(2);
    assert.deepEqual([...scene.stack.routedAhead.keys()], ["doodle"]);
    scene.trafficSwitch.route = route;
    assert.match((await scene.abortRun())!.message, /`abort` would lead production to doodle v2, users v2:/);
    assert.isNull(await scene.rollback());
    for (const name of ["doodle", "users"]) assert.equal(now(name), ON_OLD);
  });

  it("that was being taken back: `rollback` goes to the release before again", async () => {
    scene.stack.failures.set(4, new StepFailed("no capacity")).set(5, new StepFailed("throttled"));
    const error = (await scene.rollback()) as DeployFailed;
    assert.equal(
      error.production,
      "production is untouched, but the idle colour could not be taken back to 0: coolDown failed: throttled; `rollback` tries again",
    );
    assert.match((await scene.deploy("v2"))!.message, /is not finished: it was being taken back: `rollback` goes to/);
    assert.isNull(await scene.rollback());
    assert.equal(now(), ON_OLD);
    assert.lengthOf(await scene.store.deploys(), 2);
  });

  it("that was being taken back: `abort` clears up", async () => {
    scene.stack.failures.set(4, new StepFailed("no capacity")).set(5, new StepFailed("throttled"));
    await scene.rollback();
    assert.isNull(await scene.abortRun());
    assert.equal(now(), ON_BAD);
  });

  it("keeps the reason that the second `rollback` gives", async () => {
    await killedAt(2);
    assert.isNull(await scene.rollBack({ reason: "checkout broken" }));
    const turned = (await scene.journal()).find(({ kind }) => kind === "rollbackStarted");
    assert.match(turned?.kind === "rollbackStarted" ? turned.reason : "", /^rollback by .*: checkout broken$/);
  });

  it("is named where another target is asked for", async () => {
    await killedAt(2);
    assert.match(
      (await scene.rollback(["users"], "v2"))!.message,
      /^\S+ \(rollback users=v1\) is not finished: `rollback` without anything else goes on with it; then roll back/,
    );
  });

  it("is gone on with where its services are named", async () => {
    await killedAt(2);
    assert.isNull(await scene.rollback(["users"]));
    assert.equal(now(), ON_OLD);
    assert.lengthOf(await scene.store.deploys(), 2);
  });

  describe("that goes on elsewhere", () => {
    /** Somebody else's rollback, which ends as `end` does after the first wait. */
    const held = async (end: () => Promise<unknown>, holder = ELSEWHERE) => {
      const lease = await scene.store.acquire(holder);
      let stopped = false;
      scene.clock.onSlept = async () => {
        scene.clock.onSlept = () => {};
        stopped = (await scene.store.remoteStop(lease.fencing)) !== null;
        await lease.release();
        await end();
        scene.events.length = 0;
      };
      return () => stopped;
    };

    for (const request of [{ stopRunning: true }, { waitMs: 60_000 }, { waitMs: 60_000, services: ["users"] }]) {
      it(`is waited for by \`rollback\`, and nothing is left to do: ${JSON.stringify(request)}`, async () => {
        const wasStopped = await held(() => scene.rollback());
        assert.isNull(await scene.rollBack(request));
        assert.isFalse(wasStopped());
        assert.equal(now(), ON_OLD);
        assert.match(
          notices().at(-1)!,
          /^\S+ \(rollback users=v1\) by \S+ has gone back meanwhile: production is on users v1$/,
        );
      });
    }

    it("and took the lease in the same moment is waited for, and not stopped", async () => {
      const acquire = scene.store.acquire.bind(scene.store);
      let wasStopped = () => false;
      scene.store.acquire = async (holder) => {
        scene.store.acquire = acquire;
        wasStopped = await held(() => scene.rollback());
        return acquire(holder);
      };
      assert.isNull(await scene.rollBack({ stopRunning: true }));
      assert.isFalse(wasStopped());
      assert.equal(now(), ON_OLD);
    });

    for (const request of [{ stopRunning: true }, { waitMs: 60_000 }])
      it(`and came first after a deploy for which both had waited is enough: ${JSON.stringify(request)}`, async () => {
        await held(() => scene.rollback(), { ...ELSEWHERE, what: "deploy users=v2" });
        assert.isNull(await scene.rollBack(request));
        assert.equal(now(), ON_OLD);
        assert.match(notices().at(-1)!, /has gone back meanwhile: production is on users v1$/);
      });

    it("is not stopped for a rollback of another service to a release that is named", async () => {
      const start = (service: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service });
      scene.close();
      scene = new Scene(together(start("doodle"), start("users")));
      assert.isNull(await scene.deploy());
      const wasStopped = await held(() => scene.rollback(["doodle"]), { ...ELSEWHERE, what: "rollback doodle" });
      assert.isNull(await scene.rollBack({ stopRunning: true, services: ["users"], to: "v1" }));
      assert.isFalse(wasStopped());
      for (const name of ["doodle", "users"]) assert.equal(now(name), ON_OLD);
    });

    it("and died is gone on with by `rollback --stop-running`", async () => {
      await killedAt(2);
      await held(async () => {});
      assert.isNull(await scene.rollBack({ stopRunning: true }));
      assert.equal(now(), ON_OLD);
    });

    it("is not stopped by `abort --stop-running`, unless that is told to despite it", async () => {
      const lease = await scene.store.acquire(ELSEWHERE);
      const error = await scene.abortRun({ stopRunning: true });
      assert.match(
        error!.message,
        /^rollback users by ci@github \(pid 4321 on runner-7\) goes back already: wait for it to end; `abort --stop-running --despite-rollback "REASON"` stops it$/,
      );
      assert.isNull(await scene.store.remoteStop(lease.fencing));
      await lease.release();
    });
  });

  it("names only commands that go on where it failed after its cutover", async () => {
    scene.hear = ({ url }, answer) => (url.includes("-test.") ? answer : { ...answer, status: 503 });
    const error = (await scene.rollback()) as DeployFailed;
    assert.notInclude(error.production, "abort");
    assert.include(error.production, "`resume` or `rollback`");
  });
});
