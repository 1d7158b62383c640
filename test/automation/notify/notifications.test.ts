import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import { decide } from "../../../automation/deploy/decide";
import type { Notification } from "../../../automation/notify/notification";
import { notificationsOf } from "../../../automation/notify/notifications";
import { linkOf } from "../../../automation/notify/notifying";
import { githubStatus, textOf } from "../../../automation/notify/texts";
import type { DeployEvent } from "../../../automation/ports/events";
import { UserError } from "../../../components/core/user-error";
import { Scene } from "../deploy/scene";

describe("the notifications of a run", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const notifications = (events: readonly DeployEvent[]): Notification[] => {
    const read = notificationsOf({ who: "me@here", link: "https://ci.example/1" });
    return events.flatMap((event) => read(event) ?? []);
  };
  const kinds = () => notifications(scene.events).map(({ kind }) => kind);

  it("that succeeds", async () => {
    scene = new Scene();
    await scene.deploy();
    const all = notifications(scene.events);
    assert.deepEqual(
      all.map(({ kind, seconds, detail }) => [kind, seconds, detail]),
      [
        ["started", 0, ""],
        ["cutOver", 2, "users blue -> green"],
        ["done", 83, ""],
      ],
    );
    assert.deepInclude(all[0], {
      stack: "test",
      command: "deploy",
      releases: { users: "v2" },
      who: "me@here",
      link: "https://ci.example/1",
    });
    assert.equal(all[2]!.outcome, "done");
  });

  it("that waits for approval", async () => {
    scene = new Scene(undefined, { approve: "before-cutover" });
    scene.clock.onSlept = async () => {
      if (scene.steps().at(-1) !== "approve") return;
      scene.clock.onSlept = () => {};
      await decide(scene.store, { deploy: null, who: "me", atMs: 0, says: "approved", reason: "" });
    };
    await scene.deploy();
    assert.deepEqual(kinds(), ["started", "waiting", "cutOver", "done"]);
  });

  it("that fails and goes back", async () => {
    scene = new Scene(undefined, { test: "echo broken; exit 1" });
    await scene.deploy();
    const all = notifications(scene.events);
    assert.deepEqual(kinds(), ["started", "goingBack", "failed"]);
    assert.match(all[1]!.detail, /^the test of users ended with exit code 1/);
    assert.notInclude(all[2]!.detail, "\n");
    assert.equal(all[2]!.outcome, "takenBack");
    assert.match(textOf(all[2]!), / failed after .*, in production: users v1 \(blue\): test failed: /);
  });

  it("that fails with an error of several lines", async () => {
    scene = new Scene();
    scene.stack.failures.set(1, new StepFailed("the update failed:\n  AccessDenied"));
    await scene.deploy();
    const failed = notifications(scene.events).at(-1)!;
    assert.match(
      textOf(failed),
      / failed after .*, in production: users v1 \(blue\): warm failed: the update failed:$/,
    );
  });

  it("that fails after the cutover report the rollback once, not as a cutover", async () => {
    scene = new Scene();
    scene.stack.onUp = (number) => {
      if (number === 2) scene.hear = (_, answer) => ({ ...answer, status: 500 });
      if (number === 3) scene.hear = (_, answer) => answer;
    };
    await scene.deploy();
    assert.deepEqual(kinds(), ["started", "cutOver", "goingBack", "failed"]);
  });

  it("that was killed on its way back, and is resumed, tells of no cutover", async () => {
    scene = new Scene();
    scene.stack.onUp = (number) => {
      if (number === 2) scene.hear = (_, answer) => ({ ...answer, status: 500 });
      if (number === 3) throw new Error("killed");
    };
    await scene.deploy();
    scene.stack.onUp = () => {};
    scene.hear = (_, answer) => answer;
    scene.events.length = 0;
    await scene.resume();
    assert.deepEqual(kinds(), ["started", "done"]);
    assert.deepInclude(scene.event("deployStarted"), { command: "resume", opened: "deploy", direction: "back" });
    const [, done] = notifications(scene.events);
    assert.equal(githubStatus(done!).state, "failure");
    assert.match(
      textOf(done!),
      /resume users=v2 is done after .*, the run was taken back, in production: users v1 \(blue\)$/,
    );
  });

  it("that is not finished, and is taken back by a rollback, names no deploy that succeeded", async () => {
    scene = new Scene();
    scene.stack.onUp = (number) => {
      if (number >= 3) throw new Error("no answer");
    };
    await scene.deploy();
    scene.stack.onUp = () => {};
    scene.events.length = 0;
    await scene.rollback();
    assert.deepInclude(scene.event("deployStarted"), { command: "rollback", opened: "deploy", direction: "back" });
    const done = notifications(scene.events).at(-1)!;
    assert.deepInclude(done, { kind: "done", outcome: "takenBack" });
    assert.equal(githubStatus(done).state, "failure");
    assert.match(textOf(done), /the run was taken back, in production: users v1 \(blue\)$/);
  });

  it("whose journal cannot be written any more tells that it failed", async () => {
    scene = new Scene();
    const append = scene.store.append.bind(scene.store);
    scene.store.append = async (deploy, entry) => {
      if (scene.steps().includes("cutover") && entry.kind === "stepEnded") throw new UserError("the disk is full");
      return append(deploy, entry);
    };
    await scene.deploy();
    const failed = notifications(scene.events).at(-1)!;
    assert.deepInclude(failed, { kind: "failed", outcome: "left" });
    assert.match(failed.detail, /^the journal could not be written \(the disk is full\)/);
  });

  it("whose expected times cannot be read goes on", async () => {
    scene = new Scene();
    const append = scene.store.append.bind(scene.store);
    const deploys = scene.store.deploys.bind(scene.store);
    scene.store.append = async (deploy, entry) => {
      await append(deploy, entry);
      if (entry.kind !== "opened") return;
      scene.store.deploys = () => {
        scene.store.deploys = deploys;
        return Promise.reject(new Error("no answer"));
      };
    };
    await scene.deploy();
    assert.equal(kinds().at(-1), "done");
  });

  it("that is rolled back", async () => {
    scene = new Scene();
    await scene.deploy();
    scene.events.length = 0;
    await scene.rollback();
    assert.deepEqual(kinds(), ["started", "cutOver", "done"]);
    assert.equal(notifications(scene.events)[0]!.command, "rollback");
  });
});

describe("linkOf", () => {
  const actions = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "example/shop", GITHUB_RUN_ID: "42" };

  it("returns the given link, else that of the run on GitHub Actions, else null", () => {
    assert.equal(linkOf("https://ci.example/1", actions), "https://ci.example/1");
    assert.equal(linkOf(undefined, actions), "https://github.com/example/shop/actions/runs/42");
    assert.isNull(linkOf(undefined, { GITHUB_REPOSITORY: "example/shop" }));
  });
});
