import { assert } from "chai";
import { StepFailed, Stopped } from "../../../automation/core/errors";
import { mapValues } from "../../../components/core/map-values";
import { UserError } from "../../../components/core/user-error";
import { appliedBy } from "../../../components/database/applied";
import { parseSettings } from "../../../components/settings/settings";
import { Scene } from "./scene";
import { live, outputsOf } from "./worlds";

const ROLE = "arn:aws:iam::123456789012:role/aoshingo/prod/ci-deploy-0a1b2c3";
const IN_CI = "arn:aws:sts::123456789012:assumed-role/ci-deploy-0a1b2c3/GitHubActions";

const CODE = "databases (the code of their function)";
const PROGRAM = "aoshingo (the code of its program)";
const PENDING = "the settings have changed since the last `pulumi up`: services.users.hosts";
const WITH_DATABASE = { domain: "example.jp", services: { users: { kind: "api" } }, databases: { main: {} } };

describe("a deploy from settings that no `up` takes", () => {
  it("is refused before anything changes; production goes back all the same", async () => {
    const scene = new Scene();
    assert.isNull(await scene.deploy());
    scene.events.length = 0;
    const ups = scene.stack.asked.length;
    scene.settings = {
      ...scene.settings,
      services: mapValues(scene.settings.services, (users) => ({ ...users, protocol: "http2" as const })),
    };
    const error = await scene.deploy("v1");
    assert.instanceOf(error, UserError);
    assert.match(error!.message, /^aoshingo:services\.users\.protocol: given http2, but the stack has http1: /);
    assert.deepEqual([scene.steps(), scene.stack.asked.length], [["preflight"], ups]);
    assert.isNull(await scene.rollback(["users"]));
    scene.close();
  });
});

describe("a deploy while settings wait for `pulumi up`", () => {
  let scene: Scene;
  beforeEach(() => {
    const world = live({ active: "blue", blue: ["v1", 2], green: null });
    scene = new Scene(world, { services: { users: { kind: "api", hosts: ["example.jp"] } } });
    const applied = appliedBy(scene.context.settings);
    delete applied["services.users.hosts"];
    scene.stack.current = { ...outputsOf(world), applied: { infrastructure: applied, deployRole: ROLE } };
  });
  afterEach(() => scene.close());

  it("is refused in CI's role, before anything changes, with what to do", async () => {
    scene.caller = IN_CI;
    const error = await scene.deploy();
    assert.instanceOf(error, UserError);
    assert.equal(
      error!.message,
      "the settings have changed since the last `pulumi up`: services.users.hosts; run `pulumi up --stack test` first, because CI's role may change releases only; if the last one had newer settings, deploy a newer commit instead",
    );
    assert.deepEqual(scene.stack.asked, []);
    assert.equal(scene.event("deployEnded").ok, false);
  });

  it("is refused in CI's role while a database's function would get other code, such as a newer package", async () => {
    scene.caller = IN_CI;
    scene.context.settings = { ...scene.context.settings, databases: parseSettings(WITH_DATABASE).databases };
    const applied = appliedBy(scene.context.settings);
    scene.stack.current!.applied!.infrastructure = { ...applied, [CODE]: "0a1b2c" };
    const error = await scene.deploy();
    assert.match(error!.message, /since the last `pulumi up`: databases \(the code of their function\); run/);
  });

  describe("that would run the program of another version than the last `up`", () => {
    const ci = { repository: "example/shop" };
    beforeEach(() => {
      scene.caller = IN_CI;
      scene.settings = { ...scene.settings, ci: parseSettings({ ...WITH_DATABASE, ci }).ci };
      scene.stack.current!.applied!.infrastructure = appliedBy(scene.settings);
    });

    it("is refused in CI's role", async () => {
      assert.property(scene.stack.current!.applied!.infrastructure, PROGRAM);
      scene.stack.current!.applied!.infrastructure[PROGRAM] = "0a1b2c";
      const error = await scene.deploy();
      assert.match(
        error!.message,
        /^the last `pulumi up` ran the program of another aoshingo than this checkout's .*; run `pulumi up/,
      );
      assert.deepEqual(scene.stack.asked, []);
    });

    it("goes on where the last `up` did not say of which it was", async () => {
      delete scene.stack.current!.applied!.infrastructure[PROGRAM];
      assert.isNull(await scene.deploy());
    });
  });

  describe("that was left unfinished", () => {
    /** Leaves a deploy before it changes where requests go. */
    async function left(): Promise<void> {
      const { applied } = scene.stack.current!;
      scene.stack.failures.set(2, new Stopped("SIGINT"));
      scene.stack.onUp = (number) => {
        if (number === 2) scene.abort.abort(new Stopped("SIGINT"));
      };
      scene.keep = true;
      await scene.deploy();
      scene.abort = new AbortController();
      scene.stack.failures.clear();
      scene.stack.onUp = () => {};
      scene.stack.current = { ...scene.stack.current!, applied: applied! };
      scene.stack.asked.length = 0;
      scene.caller = IN_CI;
    }

    it("does not go on in CI's role, and stays as it is, for a person to resume", async () => {
      await left();
      const before = await scene.journal();
      const error = await scene.resume();
      assert.instanceOf(error, UserError);
      assert.equal(
        error!.message,
        `${PENDING}, which CI's role may not change: go on from a shell, as a person who may, or merge a revert of the change into \`main\` and start the workflow again`,
      );
      assert.deepEqual([scene.stack.asked, await scene.journal()], [[], before]);
      scene.caller = "arn:aws:sts::123456789012:assumed-role/admin/me";
      assert.isNull(await scene.resume());
      assert.equal(scene.stack.current!.live.services.users!.active, "green");
    });
  });

  it("goes on for a person, and in another role", async () => {
    scene.caller = "arn:aws:sts::123456789012:assumed-role/admin/me";
    assert.isNull(await scene.deploy());
  });

  it("goes on in CI's role while a database waits for another class, which no run changes", async () => {
    scene.caller = IN_CI;
    const databasesOf = (main: object) => parseSettings({ ...WITH_DATABASE, databases: { main } }).databases;
    scene.settings = { ...scene.settings, databases: databasesOf({}) };
    scene.stack.current!.applied!.infrastructure = appliedBy(scene.settings);
    const had = {
      identifier: "test-main",
      host: "main.rds",
      version: 17,
      instanceClass: "db.t4g.micro",
      storageGiB: 20,
    };
    scene.stack.current!.databases = { main: had };
    scene.settings = { ...scene.settings, databases: databasesOf({ instanceClass: "db.m7g.large" }) };
    assert.isNull(await scene.deploy());
  });

  it("goes on in CI's role when nothing waits", async () => {
    scene.caller = IN_CI;
    scene.stack.current!.applied!.infrastructure = appliedBy(scene.context.settings);
    assert.isNull(await scene.deploy());
  });

  describe("that is rolled back", () => {
    /** Deploys v2 while nothing waits. */
    async function deployed(keepWarm?: string): Promise<void> {
      const { applied } = scene.stack.current!;
      scene.keepWarm = keepWarm;
      assert.isNull(await scene.deploy());
      scene.stack.current = { ...scene.stack.current!, applied: applied! };
      scene.stack.asked.length = 0;
      scene.caller = IN_CI;
    }

    it("is refused in CI's role before anything changes, if the old colour was retired", async () => {
      await deployed();
      const error = await scene.rollback();
      assert.instanceOf(error, UserError);
      assert.equal(
        error!.message,
        `${PENDING}; CI's role may change releases only: roll back from a shell, as a person who may change them, or merge a revert of the change into \`main\` and start the workflow again`,
      );
      assert.deepEqual(scene.stack.asked, []);
      scene.caller = "arn:aws:sts::123456789012:assumed-role/admin/me";
      assert.isNull(await scene.rollback());
    });

    it("routes production back in CI's role where the old colour is warm, and names the cause if the `up` fails", async () => {
      await deployed("30m");
      scene.stack.failures.set(1, new StepFailed("the role may not do elasticloadbalancing:ModifyTargetGroup"));
      const error = await scene.rollback();
      assert.equal(scene.stack.routedAhead.get("users"), "blue");
      assert.include(
        error!.message,
        `ModifyTargetGroup; ${PENDING}, which CI's role may not change: go on from a shell, as a person who may, or merge a revert of the change into \`main\` and start the workflow again`,
      );
    });

    it("fails with the engine's words alone for a person, and when nobody can say who runs it", async () => {
      await deployed("30m");
      scene.caller = "";
      scene.stack.failures.set(1, new StepFailed("no capacity"));
      const error = await scene.rollback();
      assert.equal(error!.message, "cutover failed: no capacity");
    });
  });
});
