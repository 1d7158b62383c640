import { join } from "node:path";
import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { test } from "../../../../automation/deploy/steps/test";
import { runTestCommand } from "../../../../automation/deploy/test-command";
import { Scene } from "../scene";
import { live, together } from "../worlds";

describe("test step", () => {
  let scene: Scene;
  afterEach(() => scene?.close());

  function run(command: string | undefined) {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), {
      ...(command && { test: command }),
    });
    return scene.perform(test);
  }

  it("tells the command what to test, in the project's folder", async () => {
    await run('echo "$TEST_URL $RELEASE $SERVICE $COLOUR" && pwd');
    const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.equal(said[0], "https://users-test.example.jp v2 users green");
    assert.include(said[1], scene.directory);
  });

  it("of a worker is told where its jobs and its log are, and has no name to ask", async () => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), {
      services: { users: { kind: "worker", queue: true } },
      test: 'echo "$QUEUE_URL $LOG_GROUP $AWS_REGION" "<$TEST_URL>"',
    });
    await scene.perform(test);
    const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.deepEqual(said, [
      "https://sqs.ap-northeast-1.amazonaws.com/111111111111/aoshingo-test-users /aoshingo/users ap-northeast-1 <>",
    ]);
  });

  it("gets the test header, whose value is in no output", async () => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), {
      test: 'test "$TEST_HEADER" = "x-preview: value-of-ssm:/key" && echo "$PRODUCTION_URL $TEST_HEADER" && exit 1',
      testHeader: { name: "x-preview", value: "ssm:/key" },
    });
    const error = await scene.perform(test).catch((failure: unknown) => failure);
    assert.equal((error as StepFailed).detail, "https://users.example.jp x-preview: [secret]");
    const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
    assert.deepEqual(said, ["https://users.example.jp x-preview: [secret]"]);
  });

  it("of several services run side by side, each to its end, and every failure is told", async () => {
    const service = (name: string) => live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }, { service: name });
    scene = new Scene(together(service("users"), service("doodle"), service("mailer")), {
      services: {
        // Each waits for the other one to have started.
        users: { test: "touch users; until test -e doodle; do sleep 0.05; done; echo no; exit 1" },
        doodle: { test: "touch doodle; until test -e users; do sleep 0.05; done" },
        mailer: { test: "exit 2" },
      },
    });
    const error = await scene
      .perform(test, { services: ["users", "doodle", "mailer"] })
      .catch((failure: unknown) => failure);
    assert.instanceOf(error, StepFailed);
    assert.match(
      (error as StepFailed).message,
      /^the test of users ended with exit code 1: .*; the test of mailer ended with exit code 2: exit 2$/,
    );
    assert.equal((error as StepFailed).detail, "no");
    scene.event("waited");
  });

  it("without a command is passed", async () => {
    const { detail, state } = await run(undefined);
    assert.equal(detail, "users has no test command");
    assert.equal(state.progress.done.test!.length, 1);
  });

  it("keeps the last 20 lines of a failing one, of both outputs", async () => {
    const error = await run("seq 1 30; echo broken >&2; exit 3").catch((failure: unknown) => failure);
    assert.instanceOf(error, StepFailed);
    const { message, detail } = error as StepFailed;
    assert.match(message, /^the test of users ended with exit code 3: seq/);
    const lines = detail.split("\n");
    assert.lengthOf(lines, 20);
    assert.include(lines, "broken");
    assert.notInclude(lines, "5");
  });

  it("that is killed says by which signal", async () => {
    const error = await run("kill -KILL $$").catch((failure: unknown) => failure);
    assert.match((error as StepFailed).message, /^the test of users was killed by SIGKILL: kill/);
  });

  for (const [what, left] of [
    ["in its group", "sleep 600 &"],
    ["in a session of its own, which nothing ends", "setsid sleep 20 &"],
  ] as const)
    it(`does not wait for what it has left behind ${what}`, async () => {
      const error = await run(`${left} echo begun; exit 3`).catch((failure: unknown) => failure);
      assert.match((error as StepFailed).message, /^the test of users ended with exit code 3: /);
      assert.equal((error as StepFailed).detail, "begun");
    });

  it("that cannot be started says why", async () => {
    const { signal } = new AbortController();
    const nothing = { environment: {}, secret: undefined, signal, onLine: () => {} };
    const { failure, tail } = await runTestCommand("true", { directory: join(__dirname, "nowhere"), ...nothing });
    assert.match(failure!, /^could not start \(.*ENOENT/);
    assert.deepEqual(tail, []);
  });

  it("is ended by the signal, with all that it started", async () => {
    const running = run("sleep 600; true");
    setTimeout(() => scene.abort.abort(new Error("stopped")), 100);
    const error = await running.catch((failure: unknown) => failure);
    assert.equal((error as Error).message, "stopped");
  });
});
