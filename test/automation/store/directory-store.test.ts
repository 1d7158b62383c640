import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { LeaseHeldError, LeaseLostError } from "../../../automation/store/deploy-store";
import { DirectoryStore } from "../../../automation/store/directory-store";
import { entry, ME } from "./samples";

describe("DirectoryStore", () => {
  let directory: string;
  let nowMs: number;
  let store: DirectoryStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
    nowMs = 1_000_000;
    store = new DirectoryStore(directory, () => nowMs);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("gives the lease to one at a time, and says who holds it and since when", async () => {
    const lease = await store.acquire(ME);
    const refused = await store.acquire({ ...ME, who: "you@there" }).catch((error: unknown) => error);
    assert.instanceOf(refused, LeaseHeldError);
    assert.equal(
      (refused as Error).message,
      `a deploy is running: deploy users=v2 by me@here (pid ${process.pid} on ${hostname()}) since 1970-01-01T00:16:40.000Z; wait for it to end`,
    );
    await lease.release();
    assert.isNull(await store.lease());
    const next = await store.acquire(ME);
    assert.equal(next.fencing, lease.fencing + 1);
    await next.release();
    assert.lengthOf(
      (await readdir(directory)).filter((file) => file.startsWith("lease-")),
      1,
      "old leases are tidied away",
    );
  });

  it("of many who ask at the same instant exactly one holds it", async () => {
    for (let round = 0; round < 20; round++) {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => store.acquire(ME)));
      const held = asked.filter((result) => result.status === "fulfilled");
      assert.lengthOf(held, 1);
      await held[0]!.value.release();
    }
  });

  it("lets an expired lease be taken over, and the old holder then does nothing more", async () => {
    const old = await store.acquire({ ...ME, host: "another-machine" });
    nowMs += 59_000;
    assert.instanceOf(await store.acquire(ME).catch((error: unknown) => error), LeaseHeldError);
    nowMs += 2_000;
    const next = await store.acquire(ME);
    assert.instanceOf(await old.assertHeld().catch((error: unknown) => error), LeaseLostError);
    await old.release();
    await next.assertHeld();
    await next.release();
  });

  it("takes over at once when the holder's process on this machine is dead", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    await store.acquire({ ...ME, pid: child.pid! });
    const next = await store.acquire(ME);
    assert.equal(next.fencing, 2);
    await next.release();
  });

  it("renews a lease that is used", async () => {
    const lease = await store.acquire({ ...ME, host: "another-machine" });
    nowMs += 59_000;
    await lease.assertHeld();
    nowMs += 59_000;
    assert.instanceOf(await store.acquire(ME).catch((error: unknown) => error), LeaseHeldError);
    await lease.release();
  });

  it("remembers what was migrated, by service and image, for whoever opens it next", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    assert.isNull(await store.migrated("users", digest));
    await store.recordMigrated("users", digest, { atMs: 5, task: "arn/t1" });
    const next = new DirectoryStore(directory);
    assert.deepEqual(await next.migrated("users", digest), { atMs: 5, task: "arn/t1" });
    assert.isNull(await next.migrated("doodle", digest));
    assert.isNull(await next.migrated("users", `sha256:${"b".repeat(64)}`));
    assert.deepEqual(await readdir(join(directory, "migrations")), [`users-${"a".repeat(64)}.json`], "no leftovers");
  });

  it("keeps journals, one file a deploy, in order", async () => {
    const [first, second] = ["20261125T000000Z-1", "20261125T000100Z-2"];
    await store.append(first!, entry("closed"));
    await store.append(second!, entry("closed", { fencing: 2, outcome: "left", reason: "no" }));
    assert.deepEqual(await store.deploys(), [first, second]);
    assert.deepEqual(await store.journal(second!), [entry("closed", { fencing: 2, outcome: "left", reason: "no" })]);
  });
});
