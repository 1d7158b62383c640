import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { expect } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { describeLocks, type Lock } from "../../../../automation/stack/recovery/lock";
import { rememberEngine } from "../../../../automation/stack/recovery/started-engines";
import { waitForLock } from "../../../../automation/stack/recovery/wait-for-lock";
import { durationSeconds } from "../../../../components/core/duration";
import { GROUP, inputs } from "../../../components/declared";
import { declare, STATES } from "../../../components/world";
import { ownCache } from "./own-cache";

const SINCE_MS = Date.UTC(2001, 0, 1);

describe("automation/stack/recovery/wait-for-lock", () => {
  let living: ChildProcess;
  let cancelled: number;
  let nowMs: number;
  let told: string[];

  ownCache();
  beforeEach(() => {
    process.env.CI = "true";
    living = spawn("sleep", ["600"]);
    [cancelled, nowMs, told] = [0, 0, []];
  });
  afterEach(() => living.kill("SIGKILL"));

  const lock = (pid: number, changes: Partial<Lock> = {}): Lock => ({
    user: "root",
    host: hostname(),
    pid,
    sinceMs: Date.now(),
    ...changes,
  });
  /** Returns the pid of an engine that was started here. */
  async function ended(sinceMs = Date.now()): Promise<number> {
    const child = spawn("true");
    rememberEngine(child.pid!, sinceMs);
    await once(child, "exit");
    return child.pid!;
  }
  const free = (
    look: () => readonly Lock[] | null,
    signal = new AbortController().signal,
    lostUp?: () => Promise<number | null>,
  ) =>
    waitForLock(async () => look(), {
      stack: "prod",
      clock: {
        now: () => nowMs,
        sleep: async (ms) => {
          nowMs += ms;
        },
      },
      signal,
      onProgress: (line) => told.push(line),
      cancel: async () => {
        cancelled++;
      },
      lostUp,
    });

  it("cancels when all owners have ended, and says whose lock it was", async () => {
    const dead = lock(await ended(SINCE_MS), { sinceMs: SINCE_MS });
    expect(await free(() => (cancelled ? null : [dead]))).to.deep.equal([
      `took away the stack's lock of root@${hostname()}, pid ${dead.pid}, since 2001-01-01T00:00:00Z: that process has ended`,
    ]);
    expect(cancelled).to.equal(1);
  });

  it("waits while an owner lives or is on another machine, and cancels nothing", async () => {
    const dead = lock(await ended());
    for (const other of [lock(living.pid!), lock(1, { host: "elsewhere" })]) {
      let looks = 0;
      const [line] = await free(() => (++looks < 4 ? [dead, other] : null));
      expect(line).to.match(/^waited for another update of the stack to end: root@/);
      expect([cancelled, looks]).to.deep.equal([0, 4]);
    }
    expect(told[0]).to.match(/^waiting for another update of the stack to end: root@/);
  });

  it("says what to do where a lock has this machine's name, and no such process runs here", async () => {
    const child = spawn("true");
    await once(child, "exit");
    const unknown = lock(child.pid!);
    let looks = 0;
    await free(() => (++looks < 2 ? [unknown] : null));
    expect([cancelled, told]).to.deep.equal([
      0,
      [
        `waiting for another update of the stack to end: ${describeLocks([unknown])}; no such process runs here: if this was its machine, \`pulumi cancel --stack prod\``,
      ],
    ]);
  });

  it("cancels the lock of an update that a run has lost, whose machine in CI has gone with it, and no other one", async () => {
    const child = spawn("true");
    await once(child, "exit");
    const left = lock(child.pid!, { sinceMs: SINCE_MS });
    const signal = () => new AbortController().signal;
    const lostAt = (ms: number | null) => async () => ms;
    expect(await free(() => (cancelled ? null : [left]), signal(), lostAt(SINCE_MS - 5_000))).to.have.length(1);
    expect(cancelled).to.equal(1);
    const others: [Lock, number | null][] = [
      [left, null],
      [left, SINCE_MS - 60_001],
      [left, SINCE_MS + 1_001],
      [lock(child.pid!, { sinceMs: SINCE_MS, host: "elsewhere" }), SINCE_MS],
      [lock(living.pid!), Date.now()],
    ];
    for (const [other, lostMs] of others) {
      let [looks, asked] = [0, 0];
      const lostUp = async () => {
        asked++;
        return lostMs;
      };
      await free(() => (++looks < 4 ? [other] : null), signal(), lostUp);
      expect([cancelled, looks]).to.deep.equal([1, 4]);
      expect(asked).to.be.at.most(1);
    }
  });

  it("cancels no lock that was given back before its owner was checked", async () => {
    const gone = lock(await ended());
    for (const next of [null, [lock(living.pid!)]]) {
      let looks = 0;
      await free(() => [[gone], next][looks++] ?? null);
      expect([cancelled, looks]).to.deep.equal([0, next === null ? 2 : 3]);
    }
  });

  it("says that it waited for an owner that gave the lock back in the end", async () => {
    const [held, gone] = [lock(living.pid!), lock(await ended())];
    let looks = 0;
    const [line] = await free(() => [[held], [gone]][looks++] ?? null);
    expect(line).to.match(/^waited for another update of the stack to end: root@/);
    expect(cancelled).to.equal(0);
  });

  it("waits longer than the provider waits for instances that end, during which an engine that was stopped goes on", async () => {
    const world = await declare({ services: { users: STATES.warm } });
    const waits = inputs(world, "users-blue-instances", GROUP).waitForCapacityTimeout;
    await free(() => [lock(7, { host: "elsewhere", sinceMs: SINCE_MS })]).catch(() => {});
    expect(nowMs / 1000).to.be.at.least(durationSeconds(String(waits))! + 60);
  });

  it("gives up after twenty minutes, and says who, where, since and what to do", async () => {
    const error = await free(() => [lock(7, { host: "elsewhere", sinceMs: SINCE_MS })]).then(
      () => expect.fail("it did not give up"),
      (thrown: Error) => thrown,
    );
    expect(error).to.be.instanceOf(StepFailed);
    expect(error.message).to.equal(
      "the stack is still locked after 20 minutes: root@elsewhere, pid 7, since 2001-01-01T00:00:00Z; once it is sure that this update does not run any more, `pulumi cancel --stack prod`",
    );
    expect([cancelled, nowMs]).to.deep.equal([0, 1_200_000]);
  });

  it("waits for an owner that the backend does not name", async () => {
    let looks = 0;
    await free(() => (++looks < 3 ? [] : null));
    expect([cancelled, looks]).to.deep.equal([0, 3]);
  });

  it("stops waiting when the signal is aborted", async () => {
    const abort = new AbortController();
    const error = await free(() => {
      abort.abort(new Error("stopped"));
      return [lock(living.pid!)];
    }, abort.signal).catch((thrown: Error) => thrown);
    expect(error).to.have.property("message", "stopped");
  });
});
