import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { assert } from "chai";
import { JOURNAL_VERSION } from "../../../automation/ports/journal";
import {
  type Decision,
  type DeployStore,
  type Lease,
  LeaseHeldError,
  LeaseLostError,
} from "../../../automation/ports/store";
import { LEASE_TIMES } from "../../../automation/store/held-lease";
import { UserError } from "../../../components/core/user-error";
import { failureOf } from "../../failure-of";
import { Contender } from "./contenders";
import { DIGEST, ELSEWHERE, entry, ME, olderEntry } from "./samples";
import type { StoreSpec } from "./store-spec";

const DEPLOY = "20261125T000000Z-1";

/** A place for one store, created for each test. */
export interface Place {
  spec: StoreSpec;
  /** Opens the store as another process does, with leases of the usual lengths. */
  open(): DeployStore;
  /** Lets time pass for the store, without waiting. */
  pass(ms: number): void;
  /** Replaces the text of a journal's entry. */
  spoil(deploy: string, line: number, text: string): Promise<void>;
  /** Returns how messages name a journal's entry. */
  nameOf(deploy: string, line: number): string;
  /** How long others have to wait after the last renewal. */
  leaseMs: number;
  close(): Promise<void>;
}

/** The tests that every store passes. */
export function storeContract(makePlace: () => Promise<Place>): void {
  let place: Place;
  let store: DeployStore;
  const leases: Lease[] = [];
  const processes: Contender[] = [];

  beforeEach(async () => {
    place = await makePlace();
    store = place.open();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.end()));
    // Otherwise they would still be renewed during the next test.
    for (const lease of leases.splice(0)) await lease.release().catch(() => {});
    await place.close();
  });

  async function acquire(holder = ME, from = store): Promise<Lease> {
    const lease = await from.acquire(holder);
    leases.push(lease);
    return lease;
  }

  async function contend(options?: { skewMs?: number }): Promise<Contender> {
    const contender = await Contender.start(place.spec, options);
    processes.push(contender);
    return contender;
  }

  describe("the lease", () => {
    it("has one holder at a time, and says who holds it and since when", async () => {
      const lease = await acquire();
      const refused = await failureOf(place.open().acquire(ELSEWHERE));
      assert.instanceOf(refused, LeaseHeldError);
      const { sinceMs } = (await store.lease())!;
      assert.equal(
        refused.message,
        `a deploy is running: deploy users=v2 by me@here (pid ${process.pid} on ${ME.host}) since ${new Date(sinceMs).toISOString()}; wait for it to end, or \`abort --stop-running\` takes it back`,
      );
      await lease.release();
      assert.isNull(await store.lease());
      assert.equal((await acquire()).fencing, lease.fencing + 1);
    });

    it("goes to one of many that ask at the same instant", async () => {
      for (let round = 0; round < 10; round++) {
        const asked = await Promise.allSettled(Array.from({ length: 8 }, () => place.open().acquire(ME)));
        const held = asked.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
        assert.lengthOf(held, 1);
        for (const result of asked)
          if (result.status === "rejected") assert.instanceOf(result.reason, LeaseHeldError, String(result.reason));
        assert.equal(held[0]!.fencing, round + 1);
        await held[0]!.release();
      }
    });

    it("is taken over once it has expired; the old holder does nothing more", async () => {
      const old = await acquire(ELSEWHERE);
      place.pass(place.leaseMs - 2_000);
      assert.instanceOf(await failureOf(place.open().acquire(ME)), LeaseHeldError);
      place.pass(4_000);
      const next = await acquire(ME, place.open());
      assert.equal(next.fencing, old.fencing + 1);
      const lost = await failureOf(old.assertHeld());
      assert.instanceOf(lost, LeaseLostError);
      assert.include(lost.message, `me@here (pid ${process.pid} on ${ME.host}) took over with lease ${next.fencing}`);
      assert.isTrue(old.lost.aborted);
      assert.equal(old.lost.reason, lost);
      assert.instanceOf(await failureOf(store.append(DEPLOY, entry("opened"))), LeaseLostError);
      assert.deepEqual(await store.deploys(), []);
      await old.release();
      await next.assertHeld();
      assert.isFalse(next.lost.aborted);
    });

    it("stays while it is renewed", async () => {
      const lease = await acquire(ELSEWHERE);
      for (let times = 0; times < 3; times++) {
        place.pass(LEASE_TIMES.leaseMs - 2_000);
        await lease.assertHeld();
      }
      assert.instanceOf(await failureOf(place.open().acquire(ME)), LeaseHeldError);
    });

    it("is taken over at once when the holder's process on this machine is dead", async function () {
      if (!existsSync("/proc/self/stat")) this.skip();
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"]);
      await acquire({ ...ME, pid: child.pid! });
      child.kill("SIGKILL");
      await once(child, "exit");
      assert.isNull(await store.lease());
      assert.equal((await acquire(ME, place.open())).fencing, 2);
    });

    it("is not held any more after its release", async () => {
      const lease = await acquire();
      await lease.release();
      assert.match((await failureOf(lease.assertHeld())).message, /^lease 1 was lost: it was released/);
      await lease.release();
    });

    it("of two processes that start at the same instant exactly one holds it, 50 times", async () => {
      const both = await Promise.all([contend(), contend()]);
      for (let round = 1; round <= 50; round++) {
        const atMs = Date.now() + 20;
        const reports = await Promise.all(both.map((one) => one.ask({ do: "acquire", atMs })));
        const winners = both.filter((_, index) => reports[index]!.value === round);
        assert.lengthOf(winners, 1, JSON.stringify(reports));
        assert.lengthOf(
          reports.filter(({ error }) => error?.startsWith("LeaseHeldError")),
          1,
          JSON.stringify(reports),
        );
        await winners[0]!.ask({ do: "release" });
      }
    });

    it("is lost by a process that was stopped too long: it does nothing more when it goes on", async () => {
      const [stopped, next] = await Promise.all([contend(), contend()]);
      const fencing = (await stopped.ask({ do: "acquire" })).value!;
      assert.deepEqual(await stopped.ask({ do: "append", deploy: DEPLOY, entry: entry("opened", { fencing }) }), {});
      stopped.child.kill("SIGSTOP");
      let taken = await next.ask({ do: "acquire" });
      while (taken.error?.startsWith("LeaseHeldError")) taken = await next.ask({ do: "acquire" });
      assert.deepEqual(taken, { value: fencing + 1 });
      stopped.child.kill("SIGCONT");
      const late = entry("stepStarted", { fencing });
      assert.match((await stopped.ask({ do: "append", deploy: DEPLOY, entry: late })).error!, /^LeaseLostError/);
      assert.match((await stopped.ask({ do: "assertHeld" })).error!, /^LeaseLostError/);
      assert.match(await stopped.untilLost(), /^LeaseLostError: lease 1 was lost/);
      assert.deepEqual(await next.ask({ do: "assertHeld" }), {});
      assert.isNull(next.lost);
      assert.deepEqual(await store.journal(DEPLOY), [entry("opened", { fencing })]);
    });

    it("is free at once when its process was killed", async () => {
      const [killed, next] = await Promise.all([contend(), contend()]);
      await killed.ask({ do: "acquire" });
      await killed.end();
      assert.deepEqual(await next.ask({ do: "acquire" }), { value: 2 });
    });
  });

  describe("a journal", () => {
    const whole = () => [
      entry("opened"),
      entry("stepStarted"),
      entry("stepEnded"),
      entry("rollbackStarted"),
      entry("resumed"),
      entry("closed"),
    ];

    it("returns what was written, in order, to any process", async () => {
      for (const one of whole()) await store.append(DEPLOY, one);
      assert.deepEqual(await place.open().journal(DEPLOY), whole());
      await place.open().append(DEPLOY, entry("resumed", { fencing: 2 }));
      assert.deepEqual(await store.journal(DEPLOY), [...whole(), entry("resumed", { fencing: 2 })]);
    });

    it("is listed in the order of leases, whatever the clocks said", async () => {
      const ids = ["20261125T000500Z-2", "20261125T000000Z-9", "20261125T000100Z-10"];
      for (const id of [...ids].reverse()) await store.append(id, entry("opened", { fencing: 10 }));
      assert.deepEqual(await store.deploys(), ids);
    });

    it("of an unknown deploy is refused in one line", async () => {
      assert.deepEqual(await store.deploys(), []);
      for (const id of ["nosuch", "../lease-00000001", ""])
        assert.equal(
          (await userError(store.journal(id))).message,
          `there is no deploy ${id}: \`npx aoshingo history\` shows all of them`,
        );
    });

    it("accepts nothing from an older lease than the one that wrote last", async () => {
      await store.append(DEPLOY, entry("opened"));
      await place.open().append(DEPLOY, entry("resumed", { fencing: 2 }));
      for (const from of [store, place.open()])
        assert.instanceOf(await failureOf(from.append(DEPLOY, entry("stepStarted"))), LeaseLostError);
      assert.lengthOf(await store.journal(DEPLOY), 2);
    });

    it("with an unreadable entry is refused: which one, why and what to do", async () => {
      for (const one of whole()) await store.append(DEPLOY, one);
      const remedy = "read it and move it away, then try again: what is live is in the stack, not here";
      for (const [text, why] of [
        ["{", "it is not JSON"],
        ["[]", "Invalid input: expected object, received array"],
        ['{"kind":"closed"}', "atMs: Invalid input: expected number, received undefined"],
        [
          JSON.stringify({ ...entry("closed"), outcome: "fine" }),
          'outcome: Invalid option: expected one of "done"|"takenBack"|"left"',
        ],
        [JSON.stringify({ ...entry("closed"), more: 1 }), 'Unrecognized key: "more"'],
      ] as const) {
        await place.spoil(DEPLOY, 3, text);
        const { message } = await userError(store.journal(DEPLOY));
        assert.equal(message, `${place.nameOf(DEPLOY, 3)} is not a journal entry: ${why}; ${remedy}`);
      }
    });

    it("of a newer version is refused, and left alone", async () => {
      await store.append(DEPLOY, entry("opened"));
      await place.spoil(DEPLOY, 1, JSON.stringify({ ...entry("opened"), version: JOURNAL_VERSION + 1, news: true }));
      assert.equal(
        (await userError(store.journal(DEPLOY))).message,
        `${place.nameOf(DEPLOY, 1)} was written by a newer aoshingo: journal version ${JOURNAL_VERSION + 1}, this one reads up to ${JOURNAL_VERSION}; update aoshingo`,
      );
    });
  });

  it("keeps the last record of a migration, by service and image", async () => {
    assert.isNull(await store.migration("users", DIGEST));
    await store.recordMigration("users", DIGEST, { atMs: 5, task: "arn/t1" });
    await store.recordMigration("users", DIGEST, { atMs: 6, task: "arn/t2", database: "db-TWO", deploy: "d-2" });
    assert.deepEqual(await place.open().migration("users", DIGEST), {
      atMs: 6,
      task: "arn/t2",
      database: "db-TWO",
      deploy: "d-2",
    });
    assert.isNull(await store.migration("doodle", DIGEST));
    assert.isNull(await store.migration("users", DIGEST.replaceAll("a", "b")));
  });

  for (const [version, later] of [
    [1, ["approval", "ignoredUnhealthy"]],
    [2, ["ignoredUnhealthy"]],
    [3, []],
  ] as const)
    it(`reads journals of version ${version}`, async () => {
      const now = [entry("opened", { version }), entry("resumed"), entry("rollbackStarted"), entry("stepEnded")];
      await store.append(DEPLOY, entry("opened"));
      for (const [index, one] of now.entries()) {
        if (index > 0) await store.append(DEPLOY, one);
        await place.spoil(DEPLOY, index + 1, JSON.stringify(olderEntry(one, later)));
      }
      assert.deepEqual(await store.journal(DEPLOY), now);
    });

  it("keeps the first remote stop, for one lease only", async () => {
    const lease = await acquire();
    const order = { fencing: lease.fencing, who: "boss@phone", atMs: 5_000 };
    assert.isNull(await store.remoteStop(lease.fencing));
    await place.open().requestStop(order);
    await place.open().requestStop({ ...order, who: "me@here" });
    assert.deepEqual(await store.remoteStop(lease.fencing), order);
    await lease.release();
    assert.isNull(await store.remoteStop((await acquire()).fencing));
  });

  describe("a decision", () => {
    const decision = (fencing: number, changes: Partial<Decision> = {}): Decision => ({
      fencing,
      who: "me@here",
      atMs: 5_000,
      says: "approved",
      reason: "",
      ...changes,
    });

    it("belongs to one run under one lease, and the first one stays", async () => {
      const { fencing } = await acquire();
      assert.isNull(await store.decision(DEPLOY, fencing));
      const yes = decision(fencing);
      assert.deepEqual(await place.open().recordDecision(DEPLOY, yes), yes);
      const late = decision(fencing, { who: "you@there", says: "refused", reason: "late" });
      assert.deepEqual(await store.recordDecision(DEPLOY, late), yes);
      assert.deepEqual(await store.decision(DEPLOY, fencing), yes);
      assert.isNull(await store.decision(DEPLOY, fencing + 1));
      assert.isNull(await store.decision("20261125T000001Z-1", fencing));
    });

    it("is one of many that are made at the same instant", async () => {
      const { fencing } = await acquire();
      const all = Array.from({ length: 8 }, (_, index) => decision(fencing, { who: `user ${index}` }));
      const counts = await Promise.all(all.map((one) => place.open().recordDecision(DEPLOY, one)));
      assert.lengthOf(new Set(counts.map(({ who }) => who)), 1);
    });

    it("is refused for a run whose lease was taken over", async () => {
      const old = await acquire();
      await old.release();
      await acquire();
      assert.instanceOf(await failureOf(store.recordDecision(DEPLOY, decision(old.fencing))), LeaseLostError);
      assert.isNull(await store.decision(DEPLOY, old.fencing));
    });

    it("is refused for an id that leads out of the store", async () => {
      await userError(store.decision("../lease", 1));
      await userError(store.recordDecision("../lease", decision(1)));
    });
  });

  it("returns the newest lease, held or not", async () => {
    assert.isNull(await store.newestLease());
    const lease = await acquire(ELSEWHERE);
    assert.deepInclude(await store.newestLease(), { fencing: lease.fencing, releasedAtMs: null });
    place.pass(place.leaseMs + 4_000);
    assert.isNull(await store.lease());
    assert.deepInclude(await store.newestLease(), { holder: ELSEWHERE, releasedAtMs: null });
    const next = await acquire();
    await next.release();
    const newest = await store.newestLease();
    assert.equal(newest?.fencing, next.fencing);
    assert.isNotNull(newest?.releasedAtMs);
  });

  it("freezes and unfreezes", async () => {
    assert.isNull(await store.frozen());
    await store.unfreeze();
    const freeze = { who: "me@here", sinceMs: 1_000, reason: "the sale" };
    await store.freeze(freeze);
    assert.deepEqual(await place.open().frozen(), freeze);
    await place.open().freeze({ ...freeze, reason: "the sale goes on" });
    assert.equal((await store.frozen())?.reason, "the sale goes on");
    await store.unfreeze();
    assert.isNull(await place.open().frozen());
    await store.freeze(freeze);
    assert.deepEqual(await store.frozen(), freeze);
  });
}

export async function userError(promise: Promise<unknown>): Promise<UserError> {
  const error = await failureOf(promise);
  assert.instanceOf(error, UserError);
  return error as UserError;
}
