import { assert } from "chai";
import { DeployFailed, Stopped } from "../../../automation/core/errors";
import { decide } from "../../../automation/deploy/decide";
import { StoreUnreachable } from "../../../automation/ports/store";
import { history } from "../../../automation/store/history";
import { UserError } from "../../../components/core/user-error";
import { entry, ME } from "../store/samples";
import { Scene, sizes } from "./scene";

const ALL = ["preflight", "warm", "verify", "test", "approve", "verify", "cutover", "confirm", "drain", "retire"];
const BEFORE = "blue 2 (active), green 0";
const AFTER = "blue 0, green 2 (active)";
const YES = { deploy: null, who: "boss@phone", says: "approved", reason: "" } as const;

describe("approving a deploy", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene(undefined, { approve: "before-cutover" });
  });
  afterEach(async () => {
    const held = await scene.store.lease();
    scene.close();
    assert.isNull(held, "the lease is released, whatever happened");
  });

  const now = () => sizes(scene.stack.current!.live);
  /** Does something the first time that the deploy waits. */
  const whenItWaits = (act: () => unknown) => {
    scene.clock.onSlept = async () => {
      if (scene.steps().at(-1) !== "approve") return;
      scene.clock.onSlept = () => {};
      await act();
    };
  };
  const decideNow = (verdict: Partial<Parameters<typeof decide>[1]> = {}) =>
    decide(scene.store, { ...YES, atMs: scene.clock.now(), ...verdict });

  it("lets it cut over, and who said yes and when is in its history", async () => {
    let atMs = 0;
    whenItWaits(async () => {
      assert.equal(now(), "blue 2 (active), green 2");
      atMs = scene.clock.now();
      const { what, deploy, counts } = await decideNow({ reason: "looks good" });
      assert.equal(what, "deploy users=v2");
      assert.equal(deploy, (await scene.store.deploys()).at(-1));
      assert.equal(counts.says, "approved");
    });
    assert.isNull(await scene.deploy());
    assert.deepEqual(scene.steps(), ALL);
    assert.equal(now(), AFTER);
    const [run] = (await history(scene.store, 1)).runs;
    assert.deepEqual(run!.approved, { who: "boss@phone", atMs });
    assert.equal(run!.steps.find(({ step }) => step === "approve")!.detail, "approved by boss@phone: looks good");
    assert.isTrue(scene.events.some((event) => event.type === "waited" && event.step === "approve"));
  });

  it("is asked for by the command line, too, and by nothing else", async () => {
    scene.close();
    scene = new Scene();
    scene.approve = "before-cutover";
    whenItWaits(() => decideNow());
    assert.isNull(await scene.deploy());
    assert.include(scene.steps(), "approve");
    scene.approve = undefined;
    scene.events.length = 0;
    assert.isNull(await scene.deploy("v1"));
    assert.notInclude(scene.steps(), "approve");
  });

  it("cuts over to no release that has failed while it waited", async () => {
    whenItWaits(async () => {
      scene.look = (cluster, seen) =>
        cluster === "users-green"
          ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy" })) }
          : seen;
      await decideNow();
    });
    const error = await scene.deploy();
    assert.match(String(error), /verify failed: users green did not come up/);
    assert.notInclude(scene.steps(), "cutover");
    assert.equal(now(), BEFORE);
  });

  it("takes it back when the answer is no", async () => {
    whenItWaits(() => decideNow({ says: "refused", reason: "wrong price" }));
    const error = await scene.deploy();
    assert.instanceOf(error, DeployFailed);
    assert.equal(error!.message, "approve failed: the cutover was refused by boss@phone: wrong price");
    assert.equal(now(), BEFORE);
    assert.equal(scene.event("deployEnded").outcome, "takenBack");
    assert.isNull((await history(scene.store, 1)).runs[0]!.approved);
  });

  it("cuts over after the end of a freeze that has come meanwhile", async () => {
    let [askedToWait, isFrozen] = [0, false];
    whenItWaits(async () => {
      await scene.store.freeze({ who: "me", sinceMs: 0, reason: "sale" });
      isFrozen = true;
      await decideNow();
      scene.clock.onSlept = async () => {
        askedToWait += isFrozen ? 1 : 0;
        if (!isFrozen || askedToWait < 3) return;
        assert.equal(now(), "blue 2 (active), green 2");
        isFrozen = false;
        await scene.store.unfreeze();
      };
    });
    assert.isNull(await scene.deploy());
    assert.equal(now(), AFTER);
    assert.equal(askedToWait, 3);
    const told = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.include(
      told.join("\n"),
      "approved by boss@phone, but deploys are frozen by me since 1970-01-01T00:00:00.000Z: sale; `unfreeze` ends it; 30 min until",
    );
  });

  it("takes it back when a freeze does not end within the limit, unless it is to go on despite one", async () => {
    const freezeAndApprove = async () => {
      await scene.store.freeze({ who: "me", sinceMs: 0, reason: "sale" });
      await decideNow();
    };
    whenItWaits(freezeAndApprove);
    const error = await scene.deploy();
    assert.match(
      error!.message,
      /^approve failed: boss@phone approved the cutover, but deploys are frozen by me since /,
    );
    assert.equal(now(), BEFORE);
    await scene.store.unfreeze();
    scene.despiteFreeze = true;
    scene.events.length = 0;
    whenItWaits(freezeAndApprove);
    assert.isNull(await scene.deploy());
    assert.equal(now(), AFTER);
  });

  it("waits for a store that does not say whether deploys are frozen", async () => {
    let lost = 2;
    whenItWaits(async () => {
      const frozen = scene.store.frozen.bind(scene.store);
      scene.store.frozen = () => (lost-- > 0 ? Promise.reject(new StoreUnreachable("no answer", null)) : frozen());
      await decideNow();
    });
    assert.isNull(await scene.deploy());
    assert.equal(lost, -1);
    assert.equal(now(), AFTER);
  });

  it("takes it back when nobody answers within the limit", async () => {
    const startedMs = scene.clock.now();
    const error = await scene.deploy();
    assert.match(error!.message, /^approve failed: nobody approved the cutover within 30 min$/);
    assert.isAtLeast(scene.clock.now() - startedMs, 30 * 60_000);
    assert.isBelow(scene.clock.now() - startedMs, 31 * 60_000);
    assert.equal(now(), BEFORE);
  });

  it("says how to approve it and no later one while it waits", async () => {
    whenItWaits(() => decideNow());
    await scene.deploy();
    const progress = scene.events.find((event) => event.type === "progress" && event.step === "approve");
    assert.deepInclude(progress, {
      message: `\`npx aoshingo approve --stack test ${(await scene.store.deploys())[0]}\` lets it go on; 30 min until it goes back`,
    });
  });

  for (const [says, ends] of [
    [true, AFTER],
    [false, BEFORE],
  ] as const) {
    it(`takes ${says ? "yes" : "no"} from its own terminal`, async () => {
      let asked = "";
      scene.ask = async (question) => {
        asked = question;
        return says;
      };
      const error = await scene.deploy();
      assert.equal(error === null, says, String(error));
      assert.equal(asked, "Cut production over to users v2?");
      assert.equal(now(), ends);
    });
  }

  it("takes a yes from its own terminal though the store does not answer at first", async () => {
    const { store } = scene;
    const { backend } = store;
    let lost = 2;
    const create = backend.create.bind(backend);
    backend.create = async (name, text) => {
      if (name.startsWith("decision") && lost-- > 0) throw new StoreUnreachable("no answer", null);
      return create(name, text);
    };
    scene.ask = async () => true;
    assert.isNull(await scene.deploy());
    assert.equal(lost, -1);
    assert.equal(now(), AFTER);
  });

  it("goes on listening when the terminal was closed, and stops asking there when the answer came from elsewhere", async () => {
    scene.ask = async () => null;
    whenItWaits(() => decideNow());
    assert.isNull(await scene.deploy());
    let stopped = false;
    scene.ask = (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          stopped = true;
          reject(signal.reason);
        });
      });
    whenItWaits(() => decideNow());
    assert.isNull(await scene.deploy("v1"));
    assert.isTrue(stopped);
  });

  it("is asked for again by who takes the run up, and not once it was given", async () => {
    scene.keep = true;
    whenItWaits(() => scene.abort.abort(new Stopped("SIGINT")));
    await scene.deploy();
    scene.abort = new AbortController();
    scene.events.length = 0;
    whenItWaits(() => decideNow());
    scene.stack.failures.set(2, new Stopped("SIGINT"));
    scene.stack.onUp = (number) => {
      if (number === 2) scene.abort.abort(new Stopped("SIGINT"));
    };
    await scene.resume();
    assert.deepEqual(scene.steps(), ["verify", "approve", "verify", "cutover"]);
    scene.abort = new AbortController();
    scene.stack.failures.clear();
    scene.stack.onUp = () => {};
    scene.events.length = 0;
    assert.isNull(await scene.resume());
    assert.deepEqual(scene.steps(), ["cutover", "confirm", "drain", "retire"]);
    assert.equal((await history(scene.store, 1)).runs[0]!.approved?.who, "boss@phone");
  });

  it("of a run that was stopped while it waited can be taken back by `abort`", async () => {
    scene.keep = true;
    whenItWaits(() => scene.abort.abort(new Stopped("SIGINT")));
    await scene.deploy();
    scene.abort = new AbortController();
    scene.events.length = 0;
    assert.isNull(await scene.abortRun());
    assert.deepEqual(scene.steps(), ["coolDown"]);
    assert.equal(now(), BEFORE);
  });

  describe("that does not wait", () => {
    const refused = async (verdict: Partial<Parameters<typeof decide>[1]>, message: string) => {
      const error = await decideNow(verdict).then(
        () => null,
        (error: UserError) => error,
      );
      assert.instanceOf(error, UserError);
      assert.equal(error!.message, message);
      assert.equal(error!.exitCode, 1);
    };

    it("is told to who answers", async () => {
      await refused({}, "nothing waits for approval: no deploy is running");
      scene.stack.onUp = async (number) => {
        if (number === 1) await refused({}, "nothing waits for approval: deploy users=v2 is at warm");
      };
      whenItWaits(async () => {
        const [deploy] = await scene.store.deploys();
        await refused({ deploy: "other" }, `other does not wait for approval: ${deploy} does`);
        await decideNow({ deploy: deploy! });
      });
      assert.isNull(await scene.deploy());
    });

    it("because its process died in the wait is told, while the next command clears up", async () => {
      const { store } = scene;
      const died = await store.acquire(ME);
      const { fencing } = died;
      await store.append("20261125T000000Z-1", entry("opened", { fencing }));
      await store.append("20261125T000000Z-1", entry("stepStarted", { fencing, step: "approve" }));
      await died.release();
      const next = await store.acquire({ ...ME, what: "resume" });
      await refused({}, "nothing waits for approval: resume is at its beginning");
      assert.isNull(await store.decision("20261125T000000Z-1", next.fencing));
      await next.release();
    });
  });

  it("is never asked for by a rollback", async () => {
    whenItWaits(() => decideNow());
    await scene.deploy();
    scene.events.length = 0;
    assert.isNull(await scene.rollback());
    assert.notInclude(scene.steps(), "approve");
  });
});
