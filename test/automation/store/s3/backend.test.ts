import * as pulumi from "@pulumi/pulumi";
import { assert } from "chai";
import { type DeployStore, LeaseHeldError, LeaseLostError, StoreUnreachable } from "../../../../automation/ports/store";
import { LEASE_TIMES } from "../../../../automation/store/held-lease";
import { MARGIN_MS } from "../../../../automation/store/s3/lease";
import { UserError } from "../../../../components/core/user-error";
import { deployStorePolicy } from "../../../../components/storage/deploy-store";
import { known } from "../../../components/known";
import { eventually } from "../../../eventually";
import { failureOf } from "../../../failure-of";
import { Contender } from "../contenders";
import { type Mishap, S3Server } from "../s3-server";
import { DIGEST, ELSEWHERE, entry, ME } from "../samples";
import { type Place, storeContract, userError } from "../store-contract";
import { openSpec, SHORT } from "../store-spec";

const BUCKET = "store";
/** The policy that the program gives to the deploy store's bucket. */
const POLICY = known(pulumi.jsonStringify(deployStorePolicy(pulumi.output(`arn:aws:s3:::${BUCKET}`))));
const DEPLOY = "20261125T000000Z-1";
/** How far the clock of a machine is wrong. */
const SKEW_MS = 5 * 60_000;

/** The copy of an ended run's journal. */
const copyOf = (deploy: string) => `journal/${deploy}.ndjson`;

describe("S3Backend", () => {
  let server: S3Server;

  async function place(): Promise<Place & { bucket: string; remove(deploy: string, line: number): void }> {
    const own = await S3Server.open();
    server = own;
    const endpoint = own.url;
    const bucket = BUCKET;
    const { objects } = own.s3.createBucket(bucket);
    objects.versioning = "Enabled";
    own.s3.putPolicy(bucket, await POLICY);
    const spec = { kind: "s3", endpoint, bucket } as const;
    const keyOf = (deploy: string, line: number) => `journal/${deploy}/${String(line).padStart(5, "0")}.json`;
    return {
      spec,
      bucket,
      open: () => openSpec(spec, LEASE_TIMES),
      pass(ms) {
        own.aheadMs += ms;
      },
      async spoil(deploy, line, text) {
        objects.put(keyOf(deploy, line), { body: Buffer.from(text) });
        // What an ended run has: it would be read instead.
        objects.delete(copyOf(deploy));
      },
      remove(deploy, line) {
        objects.delete(keyOf(deploy, line));
      },
      nameOf: (deploy, line) => `s3://${bucket}/${keyOf(deploy, line)}`,
      leaseMs: LEASE_TIMES.leaseMs + MARGIN_MS,
      close: () => own.close(),
    };
  }

  describe("passes the contract of all stores:", () => storeContract(place));

  describe("when requests go wrong", () => {
    let here: Awaited<ReturnType<typeof place>>;
    let store: DeployStore;

    beforeEach(async () => {
      here = await place();
      store = here.open();
    });
    afterEach(() => here.close());

    for (const mishap of ["answerLost", "requestLost", "ConditionalRequestConflict", "ServiceUnavailable"] as const) {
      it(`still gives the lease to one holder, keeps it and frees it: ${mishap}`, async () => {
        server.arrange("PUT", "/lease.json", mishap, 2);
        const lease = await store.acquire(ELSEWHERE);
        assert.equal(lease.fencing, 1);
        assert.instanceOf(await failureOf(here.open().acquire(ME)), LeaseHeldError);
        server.arrange("PUT", "/lease.json", mishap);
        await lease.assertHeld();
        server.arrange("PUT", "/lease.json", mishap);
        await lease.assertHeld();
        server.arrange("PUT", "/lease.json", mishap);
        await lease.release();
        assert.equal(server.pending, 0, "mishaps that did not happen");
        const next = await here.open().acquire(ME);
        assert.equal(next.fencing, 2);
        await next.release();
      });

      it(`writes each entry of a journal once: ${mishap}`, async () => {
        const entries = [entry("opened"), entry("stepStarted"), entry("stepEnded")];
        for (const [index, one] of entries.entries()) {
          server.arrange("PUT", `/journal/${DEPLOY}/0000${index + 1}.json`, mishap);
          await store.append(DEPLOY, one);
        }
        assert.equal(server.pending, 0, "mishaps that did not happen");
        assert.deepEqual(await store.journal(DEPLOY), entries);
      });

      it(`keeps migrations and freezes: ${mishap}`, async () => {
        server.arrange("PUT", ".json", mishap);
        await store.recordMigration("users", DIGEST, { atMs: 5, task: "t" });
        server.arrange("PUT", ".json", mishap);
        await store.freeze({ who: "me", sinceMs: 1, reason: "sale" });
        assert.equal(server.pending, 0, "mishaps that did not happen");
        assert.deepEqual(await store.migration("users", DIGEST), { atMs: 5, task: "t" });
        assert.equal((await store.frozen())?.reason, "sale");
      });
    }

    it("recognises its own lease when no try was answered", async () => {
      server.arrange("PUT", "/lease.json", "answerLost", 4);
      const lease = await store.acquire(ME);
      assert.equal(server.pending, 0, "as many as the SDK tries");
      await lease.assertHeld();
      await lease.release();
    });

    it("frees a lease after a renewal of which nobody knows whether it took place", async () => {
      const lease = await store.acquire(ME);
      server.arrange("PUT", "/lease.json", "answerLost", 4);
      server.arrange("GET", "/lease.json", "ServiceUnavailable", 4);
      const asserted = failureOf(lease.assertHeld());
      await eventually("mishaps", () => server.pending === 0);
      await lease.release();
      await asserted;
      assert.isNull(await store.lease());
    });

    it("does not take over a lease that was renewed since it was read", async () => {
      const old = await store.acquire(ELSEWHERE);
      here.pass(here.leaseMs + 2_000);
      const other = here.open();
      // The holder's renewal is done between the other one's look and its write.
      server.arrange("PUT", "/lease.json", "ConditionalRequestConflict");
      const takingOver = failureOf(other.acquire(ME));
      while (server.pending > 0) await new Promise(setImmediate);
      await old.assertHeld();
      assert.instanceOf(await takingOver, LeaseHeldError);
      await old.assertHeld();
      await old.release();
    });

    it("holds on while S3 does not answer, and gives up before others may take over", async () => {
      const short = openSpec(here.spec, SHORT);
      const lease = await short.acquire(ELSEWHERE);
      server.arrange("PUT", "/lease.json", "ServiceUnavailable", Number.POSITIVE_INFINITY);
      const given = failureOf(lease.assertHeld()).then((error) => ({ error, isHeld: short.lease() }));
      const { error, isHeld } = await given;
      assert.instanceOf(error, LeaseLostError);
      assert.match(
        error.message,
        /^lease 1 was lost: it could not be renewed in time: s3:.*lease\.json could not be reached/,
      );
      assert.isNotNull(await isHeld, "others have to wait still");
    });

    it("continues the numbers after an entry of an older lease", async () => {
      await store.append(DEPLOY, entry("opened"));
      const next = here.open();
      await next.append(DEPLOY, entry("resumed", { fencing: 2 }));
      // One that was on its way when its lease was lost.
      await here.spoil(DEPLOY, 3, JSON.stringify(entry("stepEnded")));
      await next.append(DEPLOY, entry("closed", { fencing: 2 }));
      assert.deepEqual(
        (await store.journal(DEPLOY)).map(({ kind }) => kind),
        ["opened", "resumed", "stepEnded", "closed"],
      );
      assert.instanceOf(await failureOf(store.append(DEPLOY, entry("stepStarted"))), LeaseLostError);
    });

    it("reads the journal of an ended run in two requests", async () => {
      const entries = [entry("opened"), entry("stepStarted"), entry("stepEnded"), entry("closed")];
      for (const one of entries) await store.append(DEPLOY, one);
      const before = server.requests.length;
      assert.deepEqual(await here.open().journal(DEPLOY), entries);
      assert.sameMembers(server.requests.slice(before), [`GET /${BUCKET}/`, `GET /${BUCKET}/${copyOf(DEPLOY)}`]);
      assert.deepEqual(await here.open().deploys(), [DEPLOY]);
    });

    it("reads what a run that was resumed after its end has written since, and no more than a person has left", async () => {
      const kinds = async () => (await here.open().journal(DEPLOY)).map(({ kind }) => kind);
      for (const one of [entry("opened"), entry("stepStarted"), entry("closed", { outcome: "left" })])
        await store.append(DEPLOY, one);
      const other = here.open();
      await other.append(DEPLOY, entry("resumed", { fencing: 2 }));
      assert.deepEqual(await kinds(), ["opened", "stepStarted", "closed", "resumed"]);
      await other.append(DEPLOY, entry("closed", { fencing: 2 }));
      assert.deepEqual(await kinds(), ["opened", "stepStarted", "closed", "resumed", "closed"]);
      for (const line of [5, 4, 3]) here.remove(DEPLOY, line);
      assert.deepEqual(await kinds(), ["opened", "stepStarted"]);
    });

    for (const mishap of ["requestLost", "AccessDenied"] as const)
      it(`ends a run whose journal cannot be copied: ${mishap}`, async () => {
        await store.append(DEPLOY, entry("opened"));
        // As many as the SDK tries.
        server.arrange("PUT", `/${copyOf(DEPLOY)}`, mishap, mishap === "requestLost" ? 4 : 1);
        await store.append(DEPLOY, entry("closed"));
        assert.equal(server.pending, 0, "mishaps that did not happen");
        assert.deepEqual(await here.open().journal(DEPLOY), [entry("opened"), entry("closed")]);
      });

    it("reports a missing entry", async () => {
      await store.append(DEPLOY, entry("opened"));
      await here.spoil(DEPLOY, 3, JSON.stringify(entry("closed")));
      assert.equal(
        (await userError(store.journal(DEPLOY))).message,
        `s3://${here.bucket}/journal/${DEPLOY}/00002.json is missing: delete its newest version, which marks it as deleted, then try again`,
      );
    });

    it("reads a list that comes in pages", async () => {
      server.keysPerPage = 2;
      const ids = [1, 2, 3, 4, 5].map((number) => `20261125T000000Z-${number}`);
      for (const id of ids) await store.append(id, entry("opened", { fencing: 5 }));
      for (let atMs = 1; atMs <= 5; atMs++)
        await here.open().append(ids[0]!, entry("stepStarted", { fencing: 5, atMs }));
      assert.deepEqual(await store.deploys(), ids);
      assert.lengthOf(await store.journal(ids[0]!), 6);
    });

    const errors: [Mishap, typeof UserError | typeof StoreUnreachable, string][] = [
      [
        "AccessDenied",
        UserError,
        "bucket BUCKET refuses access: deploys need s3:GetObject and s3:PutObject on its objects and s3:ListBucket on it (s3://BUCKET/lease.json: AccessDenied)",
      ],
      ["ServiceUnavailable", StoreUnreachable, "s3://BUCKET/lease.json could not be reached: ServiceUnavailable"],
    ];
    for (const [mishap, type, message] of errors) {
      it(`reports ${mishap} in one line`, async () => {
        server.arrange("GET", "/lease.json", mishap, 4);
        const error = await userError(store.lease());
        assert.instanceOf(error, type);
        assert.equal(error.message, message.replaceAll("BUCKET", here.bucket));
      });
    }

    it("reports a bucket that does not exist, and a server that does not answer, in one line", async () => {
      const gone = openSpec({ ...here.spec, bucket: "nosuch" } as typeof here.spec, LEASE_TIMES);
      const asks = [() => gone.acquire(ME), () => gone.deploys(), () => gone.frozen(), () => gone.journal(DEPLOY)];
      for (const ask of asks)
        assert.match(
          (await userError(ask())).message,
          /^bucket nosuch does not exist: run `pulumi up` to make it, or give another --store \(s3:\/\/nosuch\/.*: NoSuchBucket\)$/,
        );
      await server.close();
      assert.match((await failureOf(store.lease())).message, /^s3:.*lease\.json could not be reached: .*ECONNREFUSED/);
    });
  });

  describe("between machines whose clocks are ten minutes apart", () => {
    for (const [holders, others] of [
      [SKEW_MS, -SKEW_MS],
      [-SKEW_MS, SKEW_MS],
    ] as const) {
      it(`never has two holders: the holder's is ${holders > 0 ? "ahead" : "behind"}`, async () => {
        const here = await place();
        const holder = await Contender.start(here.spec, { skewMs: holders });
        const other = await Contender.start(here.spec, { skewMs: others });
        try {
          const asHolder = { do: "acquire", host: "machine-a" } as const;
          const asOther = { do: "acquire", host: "machine-b" } as const;
          assert.deepEqual(await holder.ask(asHolder), { value: 1 });
          const untilMs = performance.now() + 3 * SHORT.leaseMs;
          while (performance.now() < untilMs)
            assert.match((await other.ask(asOther)).error ?? "it holds it too", /^LeaseHeldError/);
          assert.deepEqual(await holder.ask({ do: "assertHeld" }), {});
          assert.isNull(holder.lost);
          const stoppedAtMs = performance.now();
          holder.child.kill("SIGSTOP");
          let taken = await other.ask(asOther);
          while (taken.error?.startsWith("LeaseHeldError")) taken = await other.ask(asOther);
          assert.deepEqual(taken, { value: 2 });
          assert.isAbove(performance.now() - stoppedAtMs, SHORT.leaseMs - SHORT.renewMs, "not before it has expired");
          holder.child.kill("SIGCONT");
          assert.match(await holder.untilLost(), /^LeaseLostError/);
          assert.match((await holder.ask({ do: "assertHeld" })).error!, /^LeaseLostError/);
        } finally {
          await Promise.all([holder.end(), other.end()]);
          await here.close();
        }
      });
    }
  });
});
