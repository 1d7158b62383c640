import { assert } from "chai";
import { credentialsEndMs } from "../../../automation/deploy/time-left";
import { deployPlan } from "../../../automation/preview/deploy-plan";
import { UserError } from "../../../components/core/user-error";
import { Scene } from "./scene";
import { live } from "./worlds";

const MINUTE_MS = 60_000;

describe("the time that the credentials have left", () => {
  let scene: Scene;

  afterEach(() => scene?.close());

  function sceneWith(settings: object, minutes: number | null): Scene {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }), settings);
    scene.credentialsEndMs = minutes === null ? null : scene.clock.now() + minutes * MINUTE_MS;
    return scene;
  }

  const warnings = () => scene.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));

  it("refuses a deploy before anything changes, if even the least time that it takes is too long", async () => {
    const error = await sceneWith({ ramp: [1, 10, 50], rampPauseSeconds: 1200, bakeSeconds: 180 }, 60).deploy();
    assert.instanceOf(error, UserError);
    assert.equal((error as UserError).exitCode, 1);
    assert.match(
      error!.message,
      /^the run takes at least 68 min, and the AWS credentials end in 60 min \(20\d\d-.* UTC\): renew them first; on GitHub ask for a longer session by `role-duration-seconds`, up to the deploy role's maximum session duration$/,
    );
    assert.deepEqual([scene.steps(), scene.stack.asked], [[], []]);
    const { outcome, reason } = scene.event("deployEnded");
    assert.equal(outcome, "takenBack");
    assert.match(reason, /; nothing was changed$/);
  });

  it("warns only where an approval may take too long, because it may come at once", async () => {
    scene = sceneWith({ approve: "before-cutover" }, 20);
    scene.ask = async () => true;
    assert.isNull(await scene.deploy());
    assert.lengthOf(warnings(), 1);
    assert.match(
      warnings()[0]!,
      /^the run takes about \d+ min and waits up to 30 min for approval, and the AWS credentials end in 20 min /,
    );
  });

  it("warns only where the stack's last run took longer than this one has to", async () => {
    scene = sceneWith({}, null);
    scene.stack.onUp = (number) => {
      if (number === 1) scene.clock.nowMs += 60 * MINUTE_MS;
    };
    assert.isNull(await scene.deploy());
    scene.credentialsEndMs = scene.clock.now() + 30 * MINUTE_MS;
    assert.isNull(await scene.deploy("v1"));
    assert.match(warnings().join(), /^the run takes about 6\d min, and the AWS credentials end in 30 min /);
  });

  it("is a note of a plan, which is never refused", async () => {
    const planned = async (minutes: number | null) => {
      scene = sceneWith({ ramp: [1, 10, 50], rampPauseSeconds: 1200, bakeSeconds: 180 }, minutes);
      const state = scene.state();
      const start = { ...state, progress: { ...state.progress, preflight: false } };
      const { notes } = await deployPlan(scene.context, scene.store, start, { up: async () => [] }, ["frozen"]);
      scene.close();
      return notes;
    };
    const [frozen, note, ...more] = await planned(60);
    assert.deepEqual([frozen, more], ["frozen", []]);
    assert.match(note!, /^the run takes at least 68 min, and the AWS credentials end in 60 min /);
    assert.deepEqual(await planned(null), ["frozen"]);
  });

  it("never refuses to go back, nor to go on with a run", async () => {
    scene = sceneWith({}, null);
    assert.isNull(await scene.deploy());
    scene.credentialsEndMs = scene.clock.now() + MINUTE_MS;
    assert.isNull(await scene.rollback());
    assert.lengthOf(warnings(), 1);
  });

  it("says nothing while there is enough of it", async () => {
    assert.isNull(await sceneWith({}, 60).deploy());
    assert.deepEqual(warnings(), []);
  });
});

describe("credentialsEndMs", () => {
  const END = "2026-11-25T13:30:00Z";
  const keys = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };

  it("is the end of the environment's own session", () => {
    assert.equal(credentialsEndMs({ ...keys, AWS_CREDENTIAL_EXPIRATION: END }), Date.parse(END));
    assert.equal(credentialsEndMs({ ...keys, AWS_SESSION_EXPIRATION: END }), Date.parse(END));
  });

  it("is null for keys without an end, and for what is renewed", () => {
    assert.isNull(credentialsEndMs(keys));
    assert.isNull(credentialsEndMs({ ...keys, AWS_CREDENTIAL_EXPIRATION: "soon" }));
    assert.isNull(credentialsEndMs({ AWS_ACCESS_KEY_ID: "A", AWS_CREDENTIAL_EXPIRATION: END }));
    assert.isNull(credentialsEndMs({ ...keys, AWS_PROFILE: "prod", AWS_CREDENTIAL_EXPIRATION: END }));
  });
});
