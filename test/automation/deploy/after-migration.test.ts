import { assert } from "chai";
import { type DeployFailed, Stopped } from "../../../automation/core/errors";
import { history } from "../../../automation/store/history";
import { Scene } from "./scene";
import { live, together } from "./worlds";

/**
 * A migration changes what the old release works with, and nothing takes it back: a run that goes back says what production does since then.
 */
describe("production after a migration", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  /** From the migration on, each release answers so many of 600 requests in a period with 5xx. */
  function migrating(errors: { blue: number; green: number }, settings = {}): void {
    scene = new Scene(undefined, { migrate: "npm run migrate", bakeSeconds: 300, ...settings });
    scene.count = (cluster, startMs) => {
      const since = startedMs();
      const failed = since !== null && startMs + 60_000 > since;
      return {
        requests: 600,
        errors: failed ? errors[cluster === "users-blue" ? "blue" : "green"] : 0,
        responseSeconds: 0.02,
      };
    };
  }
  const startedMs = () => {
    const started = scene.events.find((event) => event.type === "stepStarted" && event.step === "migrate");
    return started ? started.atMs : null;
  };
  const failed = async () => (await scene.deploy()) as DeployFailed;

  it("that fails is what a run's last message says, after everything else was taken back", async () => {
    migrating({ blue: 300, green: 0 }, { test: "false" });
    const { step, production, outcome } = await failed();
    assert.equal(step, "test");
    assert.equal(outcome, "takenBack");
    assert.match(
      production,
      /^production is on users v1, the idle colour is back at 0; since the migration, which nothing takes back, production FAILS: users: 50\.00 % of 600 requests got a 5xx or no response .*, before the change 0\.00 %/,
    );
    assert.deepEqual(scene.steps().slice(-3), ["test", "coolDown", "assess"]);
    const [run] = (await history(scene.store, 1)).runs;
    assert.include(run!.reason, "production FAILS: users: 50.00 %");
  });

  it("is not spoken of where there is none: a first release whose test fails", async () => {
    scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }), {
      migrate: "npm run migrate",
      test: "false",
    });
    const { production } = await failed();
    assert.equal(production, "production is untouched, the idle colour is back at 0; the migration stays");
    assert.equal(scene.event("deployEnded").production, "users none (green)");
  });

  it("is spoken of for the services that have a release", async () => {
    const both = [
      live({ active: "blue", blue: ["v1", 2], green: null }),
      live({ active: "green", blue: null, green: null }, { service: "doodle" }),
    ] as const;
    scene = new Scene(together(...both), { migrate: "npm run migrate", test: "false" });
    const { production } = await failed();
    assert.equal(
      production,
      "production is on users v1, the idle colours of users and doodle are back at 0; the migration stays, and nobody has looked at how production gets along with it",
    );
  });

  it("that works is said with what was seen, and takes no longer than the first metrics", async () => {
    migrating({ blue: 0, green: 0 }, { test: "false" });
    const { production } = await failed();
    assert.match(
      production,
      /^production is on users v1, the idle colour is back at 0; since the migration, which stays, production works \(users 600 requests, 0\.00 % 5xx or no response, 20 ms\)$/,
    );
    assert.isAtMost(scene.clock.nowMs - startedMs()!, 4 * 60_000);
  });

  it("that had too few requests to judge is not said to work", async () => {
    migrating({ blue: 0, green: 0 }, { test: "false" });
    scene.count = () => ({ requests: 4, errors: 4, responseSeconds: 0.02 });
    const { production } = await failed();
    assert.match(
      production,
      /; since the migration, which stays, production had too few requests to judge \(users 4 requests, 100\.00 % 5xx or no response, 20 ms, too few to judge\)$/,
    );
    assert.match(
      scene.events.findLast((event) => event.type === "stepEnded")!.detail,
      /^production had too few requests to judge: users 4 requests/,
    );
  });

  it("is looked at where the migration itself failed: it may have done a part", async () => {
    migrating({ blue: 300, green: 0 });
    scene.taskRunner.courses = [{ states: [{ status: "STOPPED", exitCode: 1 }] }];
    assert.match((await failed()).production, /production FAILS/);
  });

  it("is not looked at where nothing is analysed, and the message says so", async () => {
    migrating({ blue: 300, green: 0 }, { test: "false", bakeSeconds: 0 });
    const { production } = await failed();
    assert.equal(
      production,
      "production is on users v1, the idle colour is back at 0; the migration stays, and nobody has looked at how production gets along with it",
    );
    assert.notInclude(scene.steps(), "assess");
  });

  it("is as untouched as ever without a migration, or with one that an earlier run did", async () => {
    migrating({ blue: 0, green: 0 }, { test: "false" });
    await failed();
    scene.events.length = 0;
    const { production } = await failed();
    assert.equal(production, "production is untouched, the idle colour is back at 0");
  });

  it("is looked at by `abort`, too, when the process died in the migration", async () => {
    migrating({ blue: 300, green: 0 });
    scene.keep = true;
    scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
    scene.clock.onSlept = () => {
      if (scene.steps().at(-1) === "migrate") scene.abort.abort(new Stopped("SIGTERM"));
    };
    const { outcome, production } = await failed();
    assert.equal(outcome, "left");
    assert.match(production, /^production is untouched but for the migration, the idle colour stays as it is/);
    scene.abort = new AbortController();
    scene.clock.onSlept = () => {};
    assert.isNull(await scene.abortRun());
    assert.equal(scene.steps().at(-1), "assess");
    assert.match(
      scene.events.findLast((event) => event.type === "stepEnded")!.detail,
      /^production fails: users: 50\.00 %/,
    );
  });

  it("does not become the measure for the new release: one that is as bad as the broken old one goes back", async () => {
    migrating({ blue: 300, green: 300 });
    const { step, cause, production } = await failed();
    assert.equal(step, "bake");
    assert.match(cause.message, /^users: 50\.00 % .*, before the change 0\.00 %/);
    assert.match(
      production,
      /^production is back on users v1, .*; since the migration, which nothing takes back, production FAILS/,
    );
    scene.close();
    migrating({ blue: 300, green: 300 }, { ramp: [10] });
    assert.equal((await failed()).step, "ramp");
  });

  it("that a good new release has cured is in the bake's line", async () => {
    migrating({ blue: 300, green: 0 }, { ramp: [10] });
    assert.isNull(await scene.deploy());
    const { detail } = scene.events.find((event) => event.type === "stepEnded" && event.step === "bake") as {
      detail: string;
    };
    assert.match(
      detail,
      /; before the cutover the old release failed: users: 50\.00 % of \d+ requests got a 5xx or no response/,
    );
  });
});
