import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { migrate } from "../../../../automation/deploy/steps/migrate";
import { CannotStart } from "../../../../automation/ports/run-task";
import { LeaseLostError } from "../../../../automation/ports/store";
import { configurationText } from "../../../../components/live/configuration";
import type { DatabaseOutputs, MigrationDatabase } from "../../../../components/live/outputs";
import { configurationOfRelease, type Release, releaseKey } from "../../../../components/live/release";
import { ENDS_WELL, UNLISTED } from "../fake-run-task";
import { digestOf, Scene } from "../scene";
import { live, release } from "../worlds";

const DIGEST = digestOf("v2");
const STARTED_BY = `migrate-${DIGEST.slice("sha256:".length, "sha256:".length + 12)}`;

describe("migrate step", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), { migrate: "npm run migrate" });
  });
  afterEach(() => scene.close());

  /** @param release what is to be migrated to; default: one of an older program, which is known by its digest */
  function run(desired?: Release) {
    const { image, name } = release("v2");
    return scene.perform(migrate, { state: { ...scene.state(), desired: { users: desired ?? { image, name } } } });
  }
  async function fails(): Promise<StepFailed> {
    const error = await run().then(
      () => assert.fail("it passed"),
      (failure: unknown) => failure,
    );
    assert.instanceOf(error, StepFailed);
    return error as StepFailed;
  }

  it("runs the new image's task on the idle colour, tells its output, and remembers that it is done", async () => {
    scene.taskRunner.courses = [{ ...ENDS_WELL, lines: ["add column name", "2 rows"] }];
    const { detail, state } = await run();
    assert.deepEqual(scene.taskRunner.started, [
      {
        cluster: "users-green",
        taskDefinition: "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/users-green-migrate:v2",
        startedBy: STARTED_BY,
      },
    ]);
    assert.deepEqual([...scene.taskRunner.streams], ["/aoshingo/users green-migrate/app/t1"]);
    const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.include(said, "users: 2 rows");
    assert.equal(detail, "users is migrated to v2, exit code 0");
    assert.isTrue(state.progress.done.migrate!.includes(releaseKey(state.desired.users!)));
    assert.equal((await scene.store.migration("users", DIGEST))?.task, "arn/users-green/t1");
    assert.isAtLeast(scene.event("waited").seconds, 0.5);
  });

  describe("exactly once for a release:", () => {
    it("what is recorded is not done again", async () => {
      await run();
      scene.taskRunner.started.length = 0;
      const { detail } = await run();
      assert.match(detail, /^users was migrated to v2 on \d{4}-.*Z and is not migrated again$/);
      assert.deepEqual(scene.taskRunner.started, []);
    });

    it("another configuration is another one, unless only versions of secrets differ", async () => {
      const settings = { migrate: "up", env: { DATABASE: "one" }, secrets: { PASSWORD: "ssm:/password" } };
      const first = release("v2", "users", settings);
      const started = async (desired: Release) => {
        scene.taskRunner.started.length = 0;
        await run(desired);
        return scene.taskRunner.started.length;
      };
      assert.equal(await started(first), 1);
      assert.equal(await started(first), 0);
      assert.equal(await started({ ...first, configuration: first.configuration!.replace('"1"', '"2"') }), 0);
      assert.equal(await started(release("v2", "users", { ...settings, memory: 700 })), 0);
      assert.equal(await started(release("v2", "users", { ...settings, env: { DATABASE: "two" } })), 1);
      assert.equal(await started(release("v2", "users", { ...settings, migrate: "up --all" })), 1);
    });

    describe("in one database:", () => {
      const INSTANCE = {
        identifier: "main",
        host: "main.rds",
        version: 17,
        instanceClass: "db.t4g.micro",
        storageGiB: 20,
      };
      const EXISTING = { host: "shop.rds", port: 5432, database: "store" };
      const plain = release("v2", "users", { migrate: "up" });
      const users = {
        ...plain,
        configuration: configurationText({ ...configurationOfRelease(plain)!, uses: ["main"] }),
      };
      /** How many tasks a run starts, with the block `main` as the stack says. */
      const started = async (main: DatabaseOutputs) => {
        scene.taskRunner.started.length = 0;
        scene.stack.current!.databases = { main };
        await run(users);
        return scene.taskRunner.started.length;
      };

      it("one that was restored under its name is another one", async () => {
        assert.equal(await started({ ...INSTANCE, resourceId: "db-ONE" }), 1);
        assert.equal(await started({ ...INSTANCE, resourceId: "db-ONE" }), 0);
        assert.equal(await started({ ...INSTANCE, resourceId: "db-TWO" }), 1, "also while ECS lists the first task");
        assert.equal(await started({ ...INSTANCE, resourceId: "db-TWO" }), 0);
      });

      it("so is an existing one that has moved", async () => {
        assert.equal(await started({ existing: EXISTING }), 1);
        assert.equal(await started({ existing: EXISTING }), 0);
        assert.equal(await started({ existing: { ...EXISTING, host: "new.rds" } }), 1);
      });

      it("a record that does not say which one counts, and so does each where the stack does not say it", async () => {
        assert.equal(await started(INSTANCE), 1, "of an older program");
        assert.equal(await started({ ...INSTANCE, resourceId: "db-ONE" }), 0);
      });

      it("one that still runs is waited for", async () => {
        assert.equal(await started({ ...INSTANCE, resourceId: "db-ONE" }), 1);
        const { startedBy } = scene.taskRunner.started[0]!;
        scene.store.migration = async () => null;
        assert.equal(await started({ ...INSTANCE, resourceId: "db-ONE" }), 0);
        assert.match(startedBy, /^migrate-[0-9a-f]{12}$/);
      });
    });

    it("it runs again where that is asked for, once in that run", async () => {
      await run(release("v2"));
      assert.match((await run(release("v2"))).detail, /is not migrated again$/);
      const again = (deploy: string) =>
        scene.perform(migrate, {
          state: { ...scene.state(), deploy, migrateAgain: true, desired: { users: release("v2") } },
        });
      scene.taskRunner.started.length = 0;
      assert.equal((await again("20261125T000000Z-2")).detail, "users is migrated to v2, exit code 0");
      await again("20261125T000000Z-2");
      assert.lengthOf(scene.taskRunner.started, 1);
      const { find } = scene.taskRunner;
      scene.taskRunner.find = async () => [];
      assert.match((await again("20261125T000000Z-2")).detail, /is not migrated again$/);
      assert.lengthOf(scene.taskRunner.started, 1, "also when ECS does not list the task any more");
      scene.taskRunner.find = find;
      await again("20261125T000000Z-3");
      assert.lengthOf(scene.taskRunner.started, 2);
    });

    it("one that still runs, of a deploy that broke off, is waited for", async () => {
      scene.taskRunner.add("users-green", STARTED_BY, {
        states: [{ status: "RUNNING" }, { status: "RUNNING" }, { status: "STOPPED", exitCode: 0 }],
      });
      await run();
      assert.deepEqual(scene.taskRunner.started, []);
      assert.isNotNull(await scene.store.migration("users", DIGEST));
    });

    it("one that ended well but was not recorded counts", async () => {
      scene.taskRunner.add("users-green", STARTED_BY, { states: [{ status: "STOPPED", exitCode: 0 }] });
      await run();
      assert.deepEqual(scene.taskRunner.started, []);
      assert.isNotNull(await scene.store.migration("users", DIGEST));
    });

    it("one that failed is tried again, one of another release does not count", async () => {
      scene.taskRunner.add("users-green", STARTED_BY, { states: [{ status: "STOPPED", exitCode: 1 }] });
      scene.taskRunner.add("users-green", "migrate-000000000000", { states: [{ status: "STOPPED", exitCode: 0 }] });
      await run();
      assert.lengthOf(scene.taskRunner.started, 1);
    });
  });

  describe("while AWS does not answer", () => {
    const outage = () => Object.assign(new Error("connect ETIMEDOUT"), { name: "TimeoutError" });

    for (const method of ["find", "look", "log"] as const)
      it(`${method}: it goes on, and is stopped by nobody`, async () => {
        const { taskRunner } = scene;
        taskRunner.courses = [{ ...ENDS_WELL, lines: ["add column name"] }];
        let left = 1;
        const answer = taskRunner[method].bind(taskRunner) as (...args: unknown[]) => Promise<never>;
        taskRunner[method] = (...args: unknown[]): Promise<never> =>
          left-- > 0 ? Promise.reject(outage()) : answer(...args);
        const { detail } = await run();
        assert.equal(detail, "users is migrated to v2, exit code 0");
        assert.isBelow(left, 0, "it was asked again");
        assert.lengthOf(taskRunner.started, 1);
        assert.deepEqual(taskRunner.stopped, []);
        const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
        assert.isTrue(
          said.some((line) => line.includes("AWS does not answer: connect ETIMEDOUT")),
          said.join("\n"),
        );
      });

    it("start: no second one is started, for the first one may run", async () => {
      scene.taskRunner.start = async () => {
        throw outage();
      };
      await run().then(
        () => assert.fail("it passed"),
        (error: Error) => assert.equal(error.message, "connect ETIMEDOUT"),
      );
    });

    it("a refusal ends it, and stops the task", async () => {
      scene.taskRunner.look = async () => {
        throw Object.assign(new Error("not allowed"), { name: "AccessDeniedException" });
      };
      await run().then(
        () => assert.fail("it passed"),
        (error: Error) => assert.equal(error.message, "not allowed"),
      );
      assert.lengthOf(scene.taskRunner.stopped, 1);
    });
  });

  it("that ECS does not list yet is waited for", async () => {
    const [pending, ...rest] = ENDS_WELL.states;
    scene.taskRunner.courses = [{ states: [pending!, UNLISTED, UNLISTED, ...rest] }];
    const { detail } = await run();
    assert.equal(detail, "users is migrated to v2, exit code 0");
    assert.deepEqual(scene.taskRunner.stopped, []);
  });

  it("that ECS does not list after a minute is given up", async () => {
    scene.taskRunner.courses = [{ states: [{ status: "PENDING" }, UNLISTED] }];
    const startedMs = scene.clock.nowMs;
    const { message } = await fails();
    assert.match(message, /^the migration of users did not end: ECS does not know task .*t1 any more$/);
    assert.isAbove(scene.clock.nowMs - startedMs, 60_000);
  });

  it("that fails shows exit code, command and the last 20 lines, and is not remembered", async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    scene.taskRunner.courses = [{ lines, states: [{ status: "RUNNING" }, { status: "STOPPED", exitCode: 3 }] }];
    const { message, detail } = await fails();
    assert.equal(message, "the migration of users ended with exit code 3: npm run migrate");
    assert.deepEqual(detail.split("\n"), lines.slice(-20));
    assert.isNull(await scene.store.migration("users", DIGEST));
    scene.event("waited");
  });

  for (const exitCode of [0, 3])
    it(`that ends with ${exitCode} tells all of its output, also where that has several pages, and empty ones`, async () => {
      const lines = ["one", "two", "", "three", "four"];
      scene.taskRunner.courses = [{ lines, pageLines: 1, states: [{ status: "STOPPED", exitCode }] }];
      await run().catch(() => {});
      const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
      assert.equal(said.at(-1), "users: four");
    });

  it("whose last page is not answered is asked for it again", async () => {
    const { taskRunner } = scene;
    const log = taskRunner.log.bind(taskRunner);
    let calls = 0;
    taskRunner.log = async (...asked) => {
      if (++calls === 2) throw Object.assign(new Error("connect ETIMEDOUT"), { name: "TimeoutError" });
      return log(...asked);
    };
    taskRunner.courses = [{ lines: ["one", "two"], pageLines: 1, states: [{ status: "STOPPED", exitCode: 0 }] }];
    await run();
    const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.equal(said.at(-1), "users: two");
  });

  it("that does not start says why", async () => {
    scene.taskRunner.courses = [{ states: [{ status: "STOPPED", reason: "CannotPullContainerError: not found" }] }];
    const { message } = await fails();
    assert.equal(message, "the migration of users did not run: CannotPullContainerError: not found: npm run migrate");
  });

  describe("in a database of the stack", () => {
    const PLACE: MigrationDatabase = { functionName: "observe", service: "users", database: "main" };
    const LOCK = {
      relation: "users",
      mode: "AccessExclusiveLock",
      heldMs: 1240,
      waitedMs: 0,
      waiting: 3,
      longestWaitMs: 90,
    };
    beforeEach(() => {
      scene.stack.current!.services.users!.database = PLACE;
    });

    it("says what it did there, and which locks it held", async () => {
      let isMigrated = false;
      scene.observeMigration = async (watchesLocks) => {
        isMigrated ||= scene.taskRunner.started.length > 0;
        const schema: Record<string, string> = isMigrated ? { "table users": "" } : {};
        return { schema, locks: watchesLocks && isMigrated ? [LOCK] : [] };
      };
      const { detail } = await run();
      assert.match(
        detail,
        /^users is migrated to v2, exit code 0 \(table users added; AccessExclusiveLock on users held for [\d.]+ s, 3 sessions waited behind it for up to 90 ms\)$/,
      );
    });

    describe("where its two colours use two, looks at", () => {
      const seen: MigrationDatabase[] = [];
      beforeEach(() => {
        seen.length = 0;
        scene.observeMigration = async (_, database) => {
          seen.push(database);
          return { schema: {}, locks: [] };
        };
      });
      const using = (uses: string[]) => {
        const plain = release("v2", "users", { migrate: "up" });
        const configuration = configurationText({ ...configurationOfRelease(plain)!, uses });
        return uses.length === 0 ? plain : { ...plain, configuration };
      };

      it("the new release's", async () => {
        await run(using(["store"]));
        assert.deepEqual([...new Set(seen.map(({ database }) => database))], ["store"]);
      });

      it("none if the new release uses none", async () => {
        assert.equal((await run(using([]))).detail, "users is migrated to v2, exit code 0");
        assert.deepEqual(seen, []);
      });

      it("that of the outputs of an older program, which say where it is", async () => {
        const older = { functionName: "observe", database: "shop", host: "shop.rds" } as object as MigrationDatabase;
        scene.stack.current!.services.users!.database = older;
        await run(using(["store"]));
        assert.deepEqual(seen[0], older);
      });
    });

    it("says it of one that failed, too", async () => {
      scene.taskRunner.courses = [{ lines: ["no"], states: [{ status: "STOPPED", exitCode: 3 }] }];
      const { detail } = await fails();
      assert.equal(detail, "no\nin the database: no change of the schema; no lock seen that requests wait for");
    });

    it("goes on where it cannot be seen, and says why", async () => {
      scene.observeMigration = async () => {
        throw new Error("AccessDenied: not allowed\nin detail");
      };
      const { detail } = await run();
      assert.equal(
        detail,
        "users is migrated to v2, exit code 0 (what it did in main could not be seen: AccessDenied: not allowed)",
      );
    });
  });

  it("waits for an instance to join", async () => {
    const refusal = new CannotStart("no instance is in the cluster yet", false);
    scene.taskRunner.refusals.push(refusal, refusal);
    await run();
    assert.lengthOf(scene.taskRunner.started, 1);
  });

  it("does not wait for room that there will never be", async () => {
    scene.taskRunner.refusals.push(new CannotStart("no instance has room for it (RESOURCE:MEMORY)", true));
    const startedMs = scene.clock.nowMs;
    const { message } = await fails();
    assert.equal(
      message,
      "the migration of users did not end: the task cannot start: no instance has room for it (RESOURCE:MEMORY)",
    );
    assert.equal(scene.clock.nowMs, startedMs);
  });

  it("that hangs is stopped after an hour", async () => {
    scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
    const { message } = await fails();
    assert.equal(message, "the migration of users did not end: the task ran over 60 minutes");
    assert.deepEqual(scene.taskRunner.stopped, ["arn/users-green/t1"]);
  });

  it("is stopped with the deploy", async () => {
    scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
    scene.clock.onSlept = () => scene.abort.abort(new Error("stopped by SIGINT"));
    const error = await run().catch((failure: unknown) => failure);
    assert.equal((error as Error).message, "stopped by SIGINT");
    assert.deepEqual(scene.taskRunner.stopped, ["arn/users-green/t1"]);
  });

  describe("that was stopped and ended with 0 on SIGTERM is not done:", () => {
    beforeEach(() => {
      scene.taskRunner.exitCodeOnStop = 0;
    });

    it("by its own deploy, the next one runs it again", async () => {
      scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
      scene.clock.onSlept = () => scene.abort.abort(new Error("stopped by SIGINT"));
      await run().catch(() => {});
      assert.lengthOf(scene.taskRunner.stopped, 1);
      scene.clock.onSlept = () => {};
      scene.abort = new AbortController();
      assert.equal((await run()).detail, "users is migrated to v2, exit code 0");
      assert.lengthOf(scene.taskRunner.started, 2);
      assert.equal((await scene.store.migration("users", DIGEST))?.task, "arn/users-green/t2");
    });

    it("before the deploy, and has not ended yet: it runs again after that", async () => {
      const stopping = { status: "RUNNING", wasStopped: true };
      const states = [stopping, stopping, { ...stopping, status: "STOPPED", exitCode: 0 }];
      scene.taskRunner.add("users-green", STARTED_BY, { states });
      assert.equal((await run()).detail, "users is migrated to v2, exit code 0");
      assert.lengthOf(scene.taskRunner.started, 1);
    });

    it("by somebody else while it ran", async () => {
      scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
      scene.clock.onSlept = () => void scene.taskRunner.stop("users-green", "arn/users-green/t1");
      const { message } = await fails();
      assert.equal(message, "the migration of users was stopped: stopped by a test: npm run migrate");
      assert.isNull(await scene.store.migration("users", DIGEST));
    });
  });

  describe("of a run that lost its lease is left to the run that follows it now:", () => {
    const lost = new LeaseLostError(1, null);

    it("the loss is noticed", async () => {
      scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
      scene.clock.onSlept = () => scene.abort.abort(lost);
      assert.equal(await run().catch((failure: unknown) => failure), lost);
      assert.deepEqual(scene.taskRunner.stopped, []);
    });

    it("the machine slept, and nobody has noticed yet", async () => {
      scene.taskRunner.courses = [{ states: [{ status: "RUNNING" }] }];
      scene.assertHeld = () => Promise.reject(lost);
      const { message } = await fails();
      assert.equal(message, "the migration of users did not end: the task ran over 60 minutes");
      assert.deepEqual(scene.taskRunner.stopped, []);
    });
  });
});
