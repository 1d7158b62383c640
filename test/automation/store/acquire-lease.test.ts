import { assert } from "chai";
import type { Clock } from "../../../automation/core/clock";
import { type Lease, LeaseHeldError, type LeaseRecord, StoreUnreachable } from "../../../automation/ports/store";
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

  it("asks a store again that does not answer while it waits, and says why it waits", async () => {
    const gap = new StoreUnreachable("the deploy store s3://shop-deploys could not be reached: ETIMEDOUT", null);
    let tries = 0;
    const held: number[] = [];
    const store = {
      async acquire() {
        if (++tries === 2) throw gap;
        if (tries < 5) throw new LeaseHeldError(RECORD);
        return LEASE;
      },
    };
    const onHeld = async ({ fencing }: LeaseRecord) => {
      held.push(fencing);
      if (held.length === 2) throw gap;
    };
    const options = { waitMs: 60_000, onWait: (line: string) => lines.push(line), signal: abort.signal, clock };
    assert.equal(await acquireLease(store, ME, { ...options, onHeld }), LEASE);
    assert.deepEqual(held, [7, 7, 7]);
    assert.deepEqual([lines[1], lines[2]], [gap.message, gap.message]);
  });

  it("does not wait for a store that does not answer when nobody asked it to, nor for longer than asked", async () => {
    const gap = new StoreUnreachable("ETIMEDOUT", null);
    assert.equal(await failureOf(acquire(0, () => false, gap)), gap);
    assert.equal(nowMs, 0);
    assert.equal(await failureOf(acquire(5_000, () => false, gap)), gap);
    assert.equal(nowMs, 5_000);
  });

  it("does not wait after any other error", async () => {
    const error = new Error("no such bucket");
    assert.equal(await failureOf(acquire(60_000, () => false, error)), error);
    assert.equal(nowMs, 0);
  });
});
