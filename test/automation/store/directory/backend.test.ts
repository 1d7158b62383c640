import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { execa } from "execa";
import { modulePath, NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { StoreUnreachable } from "../../../../automation/ports/store";
import { DirectoryBackend } from "../../../../automation/store/directory/backend";
import { LEASE_TIMES } from "../../../../automation/store/held-lease";
import { StackStore } from "../../../../automation/store/store";
import { entry, ME } from "../samples";
import { type Place, storeContract, userError } from "../store-contract";
import { openSpec } from "../store-spec";

const DEPLOY = "20261125T000000Z-1";

async function place(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "store-"));
  const spec = { kind: "directory", directory } as const;
  const fileOf = (deploy: string) => join(directory, "journal", `${deploy}.ndjson`);
  let nowMs = 1_000_000;
  return {
    spec,
    open: () => openSpec(spec, LEASE_TIMES, () => nowMs),
    pass(ms) {
      nowMs += ms;
    },
    async spoil(deploy, line, text) {
      const lines = (await readFile(fileOf(deploy), "utf8")).split("\n");
      await writeFile(fileOf(deploy), lines.with(line - 1, text).join("\n"));
    },
    nameOf: (deploy, line) => `${fileOf(deploy)} line ${line}`,
    leaseMs: LEASE_TIMES.leaseMs,
    close: () => rm(directory, { recursive: true }),
  };
}

describe("DirectoryBackend", () => {
  describe("passes the contract of all stores:", () => storeContract(place));

  describe("its files", () => {
    let directory: string;
    let store: StackStore;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), "store-"));
      store = new StackStore(new DirectoryBackend(directory));
    });
    afterEach(() => rm(directory, { recursive: true }));

    it("of old leases are removed, with the unfinished ones of a crash beside them", async () => {
      for (let times = 0; times < 3; times++) {
        await writeFile(join(directory, `lease-0000000${times}.json.left.unfinished`), "");
        const lease = await store.acquire(ME);
        await lease.release();
      }
      assert.deepEqual(await readdir(directory), ["lease-00000003.json"]);
    });

    it("that are nonsense are reported", async () => {
      const file = join(directory, "lease-00000007.json");
      await writeFile(file, '{"fencing":"seven"}');
      const { message } = await userError(store.acquire(ME));
      assert.match(message, /lease-00000007\.json cannot be read: holder: .*; move it away when no deploy runs/);
      await writeFile(join(directory, "freeze.json"), "frozen");
      assert.match((await userError(store.frozen())).message, /freeze\.json cannot be read: it is not JSON; read it/);
    });

    describe("on a disk that does not answer", () => {
      const away = () => `${directory}.away`;
      // A file in the folder's place: any error but ENOENT stands for EIO, ESTALE and EMFILE.
      const hide = async () => {
        await rename(directory, away());
        await writeFile(directory, "");
      };
      const show = async () => {
        await rm(directory);
        await rename(away(), directory);
      };

      it("are not taken for none", async () => {
        const lease = await store.acquire(ME);
        await store.append(DEPLOY, entry("opened"));
        await hide();
        const asked = [store.deploys(), store.lease(), store.journal(DEPLOY), store.frozen()];
        const errors = await Promise.all(asked.map((one) => one.catch((error: unknown) => error)));
        await show();
        for (const error of errors) assert.instanceOf(error, StoreUnreachable);
        assert.match((errors[0] as Error).message, /journal could not be read: ENOTDIR/);
        await lease.release();
      });

      it("take what is written when they answer again, once", async () => {
        await store.append(DEPLOY, entry("opened"));
        await hide();
        const asked = [
          store.append(DEPLOY, entry("stepStarted")),
          store.freeze({ who: "me", sinceMs: 1, reason: "sale" }),
          store.acquire(ME),
        ];
        const errors = await Promise.all(asked.map((one) => one.catch((error: unknown) => error)));
        await show();
        for (const error of errors) assert.instanceOf(error, StoreUnreachable);
        // The disk may have taken the entry without saying so.
        for (let times = 0; times < 2; times++) await store.append(DEPLOY, entry("stepStarted"));
        assert.deepEqual(await store.journal(DEPLOY), [entry("opened"), entry("stepStarted")]);
      });

      it("leave a lease as it was, until its time is over", async () => {
        const lease = await store.acquire(ME);
        await hide();
        const asserted = lease.assertHeld().then(
          () => "held",
          ({ message }: Error) => message,
        );
        await new Promise((resolve) => setTimeout(resolve, 100));
        await show();
        assert.equal(await asserted, "held");
        await lease.release();
      });
    });

    it("of journals lose a last line that a crash tore; the next entry begins a line of its own", async () => {
      const file = join(directory, "journal", `${DEPLOY}.ndjson`);
      const [first, torn, next] = [entry("opened"), entry("stepStarted"), entry("resumed", { fencing: 2 })];
      await store.append(DEPLOY, first);
      const text = JSON.stringify(torn);
      for (const length of [1, text.length / 2, text.length]) {
        await appendFile(file, text.slice(0, length));
        assert.deepEqual(await store.journal(DEPLOY), [first]);
      }
      await store.append(DEPLOY, next);
      assert.deepEqual(await store.journal(DEPLOY), [first, next]);
      assert.equal(await readFile(file, "utf8"), `${JSON.stringify(first)}\n${JSON.stringify(next)}\n`);
    });

    it("of journals are there with their first line, or not at all", async () => {
      const append = `
        const { openDirectoryStore } = require(${JSON.stringify(modulePath("automation/store/directory/backend"))});
        const append = openDirectoryStore(process.argv[1]).append(process.argv[2], JSON.parse(process.argv[3]));
        append.catch(({ name, cause }) => console.log(name, cause.code));
      `;
      const node = [
        process.execPath,
        ...NODE_ARGUMENTS,
        "-e",
        append,
        directory,
        DEPLOY,
        JSON.stringify(entry("opened")),
      ];
      // A disk that has no room: files may have no bytes.
      const { stdout } = await execa("bash", ["-c", 'ulimit -f 0 && exec "$@"', "bash", ...node]);
      assert.equal(stdout, "StoreUnreachable EFBIG");
      assert.deepEqual(await store.deploys(), []);
      await store.append(DEPLOY, entry("opened"));
      assert.deepEqual(await store.journal(DEPLOY), [entry("opened")]);
    });

    it("of journals may begin with a torn line", async () => {
      await store.append(DEPLOY, entry("opened"));
      await writeFile(join(directory, "journal", `${DEPLOY}.ndjson`), '{"at');
      assert.deepEqual(await store.journal(DEPLOY), []);
      await store.append(DEPLOY, entry("opened"));
      assert.deepEqual(await store.journal(DEPLOY), [entry("opened")]);
    });
  });
});
