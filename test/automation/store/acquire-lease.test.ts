import { assert } from "chai";
import type { Clock } from "../../../automation/core/clock";
import { type Lease, LeaseHeldError, type LeaseRecord } from "../../../automation/ports/store";
import { acquireLease } from "../../../automation/store/acquire-lease";
import { failureOf } from "../../failure-of";
import { ME } from "./samples";

const RECORD: LeaseRecord = { holder: ME, fencing: 7, sinceMs: 0, expiresAtMs: 1, releasedAtMs: null };
const LEASE = { fencing: 8 } as Lease;

describe("acquireLease", () => {
  let nowMs: number;
  let lines: string[];
  let abort: AbortController;
  const clock: Clock = {
    now: () => nowMs,
    async sleep(ms, signal) {
      nowMs += ms;
      signal.throwIfAborted();
    },
  };

  beforeEach(() => {
    nowMs = 0;
    lines = [];
    abort = new AbortController();
  });

  function acquire(waitMs: number, isFree: () => boolean, error: Error = new LeaseHeldError(RECORD)): Promise<Lease> {
    const store = { acquire: () => (isFree() ? Promise.resolve(LEASE) : Promise.reject(error)) };
    return acquireLease(store, ME, { waitMs, onWait: (line) => lines.push(line), signal: abort.signal, clock });
  }

  it("takes a free lease at once", async () => {
    assert.equal(await acquire(0, () => true), LEASE);
  });

  it("does not wait by default", async () => {
    assert.instanceOf(await failureOf(acquire(0, () => false)), LeaseHeldError);
    assert.deepEqual([nowMs, lines], [0, []]);
  });

  it("waits for a held lease, and says whose it is, what for and since when", async () => {
    assert.equal(await acquire(60_000, () => nowMs >= 10_000), LEASE);
    assert.equal(nowMs, 10_000);
    assert.lengthOf(lines, 5);
    assert.equal(
      lines[0],
      `waiting for deploy users=v2 by me@here (pid ${process.pid} on ${ME.host}), which runs since 1970-01-01T00:00:00.000Z`,
    );
  });

  for (const [what, way] of [
    ["deploy users=v2", "wait for it to end, or `abort --stop-running` takes it back"],
    ["rollback users", "production goes back already: wait for it to end"],
    ["abort", "a run is being taken back already: wait for it to end"],
    ["retire users", "it ends old colours: wait for it to end"],
  ])
    it(`tells who meets a \`${what}\` what can be done about it`, () => {
      const { message } = new LeaseHeldError({ ...RECORD, holder: { ...ME, what: what! } });
      assert.equal(message.slice(message.indexOf("; ") + 2), way);
    });

  it("gives up exactly when the time is over", async () => {
    assert.instanceOf(await failureOf(acquire(5_000, () => false)), LeaseHeldError);
    assert.equal(nowMs, 5_000);
  });

  it("stops when the signal is aborted", async () => {
    const reason = new Error("stopped by SIGINT");
    const waiting = acquire(60_000, () => {
      if (nowMs >= 4_000) abort.abort(reason);
      return false;
    });
    assert.equal(await failureOf(waiting), reason);
  });

  it("does not wait after any other error", async () => {
    const error = new Error("no such bucket");
    assert.equal(await failureOf(acquire(60_000, () => false, error)), error);
    assert.equal(nowMs, 0);
  });
});
