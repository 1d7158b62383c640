import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import { StoreUnreachable } from "../../../automation/ports/store";
import { changes } from "../../../automation/status/changes";
import { readStatus } from "../../../automation/status/read-status";
import { RunReader } from "../../../automation/status/runs";
import type { Status } from "../../../automation/status/status";
import { statusText } from "../../../automation/status/status-text";
import { UserError } from "../../../components/core/user-error";
import { parseSettings } from "../../../components/settings/settings";
import { Scene } from "../deploy/scene";
import { live } from "../deploy/worlds";
import { entry, ME } from "../store/samples";

describe("reading the status", () => {
  let scene: Scene;
  let runs: RunReader;
  beforeEach(() => {
    scene = new Scene();
    runs = new RunReader(scene.store);
  });
  afterEach(() => scene.close());

  const read = (): Promise<Status> => {
    const { store, settings, context, stack } = scene;
    const { current: outputs } = stack;
    const nowMs = scene.clock.now();
    return readStatus({ stack: "prod", outputs: outputs!, settings, nowMs, observer: context.observer, store, runs });
  };

  it("works for a stack that had no deploy", async () => {
    const { services, lease, running, frozen, unfinished } = await read();
    assert.isNull(services.users!.sinceMs);
    assert.deepEqual([lease, running, frozen, unfinished], [null, null, null, null]);
    assert.deepEqual(services.users!.health, { blue: { healthy: 2, wanted: 2, faults: [] }, green: null });
  });

  it("has what a deploy would bring: changed settings and versions of secrets, never a value", async () => {
    assert.deepEqual((await read()).services.users!.undeployed, []);
    scene.settings = parseSettings({
      ...scene.settings,
      services: { users: { kind: "api", env: { LOG_LEVEL: "hunter2" }, secrets: { KEY: "ssm:/key" } } },
    });
    assert.deepEqual((await read()).services.users!.undeployed, ["LOG_LEVEL added", "KEY added"]);
    await scene.deploy("");
    scene.secrets.set("ssm:/key", { version: "2" });
    const status = await read();
    assert.deepEqual(status.services.users!.undeployed, ["KEY version 1 -> 2"]);
    assert.include(
      statusText(status, 0).replaceAll("\n  ", " "),
      "\n~ users: KEY version 1 -> 2 since its deploy; `npx aoshingo deploy --stack prod users` brings it\n",
    );
    scene.secrets.set("ssm:/key", { missing: "there is no SSM parameter /key" });
    assert.deepEqual((await read()).services.users!.undeployed, ["KEY version 1 -> none"]);
  });

  it("has a size that waits for the next release", async () => {
    const { deploy, services: _, ...stack } = scene.settings;
    const withSize = (size: unknown) => parseSettings({ ...stack, deploy, services: { users: { kind: "api", size } } });
    await scene.deploy();
    scene.settings = withSize(4);
    assert.deepEqual((await read()).services.users!.undeployed, ["size 2 -> 4"]);
    scene.settings = withSize({ min: 3, max: 6 });
    assert.deepEqual((await read()).services.users!.undeployed, ["size.min 2 -> 3"]);
    await scene.deploy("");
    assert.deepEqual((await read()).services.users!.undeployed, []);
  });

  it("has the window of the settings that freezes deploys now", async () => {
    assert.isNull((await read()).freezeWindow);
    const freeze = [{ from: "Tue 22:00", to: "Wed 06:00" }];
    scene.settings = parseSettings({ ...scene.settings, services: { users: { kind: "api" } }, freeze });
    // 1,700,000,000 s are a Tuesday, 22:13 UTC.
    const status = await read();
    assert.deepEqual(status.freezeWindow, { from: "Tue 22:00", to: "Wed 06:00", zone: "UTC" });
    assert.include(statusText(status, 0), "\nFrozen by the settings from Tue 22:00 to Wed 06:00 in UTC.");
    assert.deepEqual(changes({ ...status, freezeWindow: null }, status), [
      "frozen by the settings from Tue 22:00 to Wed 06:00 in UTC",
    ]);
    assert.deepEqual(changes(status, { ...status, freezeWindow: null }), ["not frozen by the settings any more"]);
  });

  it("shows what runs although nothing of the deploy store can be read, and says why", async () => {
    const before = await read();
    scene.store.lease = () => Promise.reject(new UserError("lease.json cannot be read: it is not JSON; move it away"));
    scene.store.deploys = () => Promise.reject(new StoreUnreachable("s3://b/journal/ could not be reached: 503", null));
    scene.store.frozen = () => Promise.reject(new UserError("bucket b refuses access"));
    const status = await read();
    assert.deepEqual(status.services.users!.health.blue, { healthy: 2, wanted: 2, faults: [] });
    assert.deepEqual([status.lease, status.unfinished, status.frozen], [null, null, null]);
    const lines = [
      "! whether a deploy is running is not seen: lease.json cannot be read: it is not JSON; move it away",
      "! how the newest run ended is not seen: s3://b/journal/ could not be reached: 503",
      "! whether somebody has frozen deploys is not seen: bucket b refuses access",
    ];
    const text = statusText(status, 0, 200);
    for (const line of lines) assert.include(text.split("\n"), line);
    assert.notInclude(text, "No deploy is running");
    assert.deepEqual([...changes(before, status)].sort(), [...lines].sort());
    assert.deepEqual(changes(status, before), []);
  });

  it("has the others' health where the newest run was written by a newer program", async () => {
    await scene.deploy();
    scene.store.journal = () => Promise.reject(new UserError("it was written by a newer aoshingo; update aoshingo"));
    const { services, unread } = await read();
    assert.deepEqual(services.users!.health.green, { healthy: 2, wanted: 2, faults: [] });
    assert.deepEqual(unread, { run: "it was written by a newer aoshingo; update aoshingo" });
  });

  it("does not call a run ended whose lease cannot be read any more", async () => {
    const lease = await scene.store.acquire(ME);
    const before = await read();
    const { lease: readLease } = scene.store;
    scene.store.lease = () => Promise.reject(new StoreUnreachable("no answer", null));
    const blind = await read();
    assert.deepEqual(changes(before, blind), ["! whether a deploy is running is not seen: no answer"]);
    scene.store.lease = readLease;
    await lease.release();
  });

  it("says why nobody knows whether secrets have changed", async () => {
    const { secrets: _, ...others } = scene.context.observer;
    const observer = { ...others, secrets: () => Promise.reject(new Error("no credentials\nmore")) };
    scene.settings = parseSettings({
      ...scene.settings,
      services: { users: { kind: "api", secrets: { KEY: "ssm:/key" } } },
    });
    const { store, settings, stack } = scene;
    const status = await readStatus({
      ...{ stack: "prod", outputs: stack.current!, settings, observer, store, runs },
      nowMs: scene.clock.now(),
    });
    assert.deepEqual(status.services.users!.undeployed, { unknown: "no credentials" });
    assert.include(statusText(status, 0), "\n~ users: whether its secrets have changed is not seen: no credentials\n");
  });

  it("has the step that is running", async () => {
    const seen: Status[] = [];
    scene.stack.onUp = async () => void seen.push(await read());
    await scene.deploy();
    assert.deepEqual(
      seen.map(({ running, lease }) => [running?.step, running?.services, lease?.holder.what]),
      [
        ["warm", ["users"], "deploy users=v2"],
        ["cutover", ["users"], "deploy users=v2"],
        ["retire", ["users"], "deploy users=v2"],
      ],
    );
    assert.isNull((await read()).running);
  });

  it("has no step of a run that died, while the next command clears up", async () => {
    const died = await scene.store.acquire(ME);
    const { fencing } = died;
    const deploy = "20261125T000000Z-1";
    await scene.store.append(deploy, entry("opened", { fencing }));
    await scene.store.append(deploy, entry("stepStarted", { fencing, step: "approve", atMs: 2_000 }));
    assert.deepEqual((await read()).running, { deploy, step: "approve", services: ["users"], sinceMs: 2_000 });
    await died.release();
    const next = await scene.store.acquire({ ...ME, what: "resume" });
    const status = await read();
    assert.deepEqual([status.running, status.lease?.holder.what], [null, "resume"]);
    assert.notInclude(statusText(status, 0), "approve");
    await next.release();
  });

  it("has the time of the cutover that made the active colour active", async () => {
    let cutAtMs = 0;
    scene.stack.onUp = (number) => {
      if (number === 2) cutAtMs = scene.clock.nowMs + 1_000;
    };
    await scene.deploy();
    assert.equal((await read()).services.users!.sinceMs, cutAtMs);
    scene.stack.failures.set(4, new StepFailed("no capacity"));
    await scene.deploy("v1");
    assert.equal((await read()).services.users!.sinceMs, cutAtMs, "what was taken back changed nothing");
    scene.stack.current!.live.services.users!.active = "blue";
    assert.isNull((await read()).services.users!.sinceMs, "something other than a run has changed it");
  });

  for (const [title, ramp, failing] of [
    ["a ramp failed", [10, 50], 3],
    ["a cutover failed", [], 2],
  ] as const)
    it(`has the same time after ${title}: the colour never stopped being active`, async () => {
      scene.close();
      scene = new Scene(undefined, { ramp: [...ramp] });
      runs = new RunReader(scene.store);
      await scene.deploy();
      const { sinceMs } = (await read()).services.users!;
      assert.isNotNull(sinceMs);
      scene.clock.nowMs += 60_000;
      scene.events.length = 0;
      scene.stack.failures.set(scene.stack.asked.length + failing, new StepFailed("throttled"));
      assert.match((await scene.deploy("v1"))!.message, /throttled/);
      assert.include(scene.steps(), "cutover");
      assert.equal(scene.event("deployEnded").outcome, "takenBack");
      assert.deepInclude((await read()).services.users, { sinceMs, beforeMs: null });
    });

  it("has the time when a cutover was taken back: the colour was not active in between", async () => {
    await scene.deploy();
    const { sinceMs } = (await read()).services.users!;
    scene.events.length = 0;
    scene.look = (cluster, seen) =>
      cluster === "users-blue" && scene.stack.current!.live.services.users!.active === "blue"
        ? {
            ...seen,
            targets: seen.targets.map((target) => ({ ...target, state: "unhealthy", reason: "Target.Timeout" })),
          }
        : seen;
    assert.match((await scene.deploy("v1"))!.message, /^confirm failed/);
    assert.equal(scene.event("deployEnded").outcome, "takenBack");
    assert.isAbove((await read()).services.users!.sinceMs!, sinceMs!);
  });

  it("has the time of the cutover to a first release", async () => {
    scene.close();
    scene = new Scene(live({ active: "blue", blue: null, green: null }));
    runs = new RunReader(scene.store);
    assert.isNull(await scene.deploy());
    assert.isNotNull((await read()).services.users!.sinceMs);
  });

  it("leaves out a journal without an entry, and reads the one before again and again", async () => {
    const { deploys, journal } = scene.store;
    scene.store.deploys = async () => [...(await deploys.call(scene.store)), "20991125T000000Z-99"];
    scene.store.journal = async (deploy) => (deploy.startsWith("2099") ? [] : journal.call(scene.store, deploy));
    const seen: Status[] = [];
    scene.stack.onUp = async () => void seen.push(await read());
    await scene.deploy();
    assert.deepEqual(
      seen.map(({ running }) => running?.step),
      ["warm", "cutover", "retire"],
    );
  });

  it("names an unfinished run", async () => {
    scene.stack.failures.set(1, new StepFailed("no capacity")).set(2, new StepFailed("throttled"));
    await scene.deploy();
    const { unfinished, unfinishedRun } = await read();
    assert.equal(unfinished, (await scene.store.deploys()).at(-1));
    assert.deepEqual(unfinishedRun, { command: "deploy", asked: { users: "v2" }, direction: "back", canGoBack: true });
  });

  it("reads a finished journal once, however often the status is read", async () => {
    await scene.deploy();
    await scene.deploy("v1");
    const journals: string[] = [];
    const { journal } = scene.store;
    scene.store.journal = (deploy) => {
      journals.push(deploy);
      return journal.call(scene.store, deploy);
    };
    runs = new RunReader(scene.store);
    await read();
    await read();
    const [older, newest] = await scene.store.deploys();
    assert.deepEqual([...journals].sort(), [older, newest, newest].sort());
  });

  it("reads a journal again that could not be read", async () => {
    await scene.deploy();
    const { sinceMs } = (await read()).services.users!;
    await appendRefusedRun();
    runs = new RunReader(scene.store);
    const { journal } = scene.store;
    const [deployed] = await scene.store.deploys();
    scene.store.journal = (deploy) =>
      deploy === deployed ? Promise.reject(new Error("no answer")) : journal.call(scene.store, deploy);
    assert.isNull((await read()).services.users!.sinceMs);
    scene.store.journal = journal;
    assert.deepEqual([(await read()).services.users!.sinceMs, sinceMs !== null], [sinceMs, true]);
  });

  it("reads on until it finds the cutover, in older runs too", async () => {
    await scene.deploy();
    const { sinceMs } = (await read()).services.users!;
    assert.isNotNull(sinceMs);
    for (let run = 0; run < 12; run += 1) await appendRefusedRun();
    runs = new RunReader(scene.store);
    assert.deepInclude((await read()).services.users, { sinceMs, beforeMs: null });
  });

  it("says before which time the colour became active if no run tells", async () => {
    scene.clock.nowMs += 60_000;
    const oldestMs = await appendRefusedRun();
    scene.clock.nowMs += 60_000;
    await appendRefusedRun();
    assert.deepInclude((await read()).services.users, { sinceMs: null, beforeMs: oldestMs });
  });

  /** A run that ended before its cutover. @returns when it began */
  async function appendRefusedRun(): Promise<number> {
    const atMs = scene.clock.nowMs;
    const number = (await scene.store.deploys()).length + 1_000;
    const deploy = `${new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, "")}-${number}`;
    await scene.store.append(deploy, entry("opened", { deploy, atMs }));
    await scene.store.append(deploy, entry("closed", { atMs }));
    return atMs;
  }
});
