import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { cacheFolder } from "../../../../automation/core/cache-folder";
import { processMark } from "../../../../automation/core/process/process-mark";
import type { Lock } from "../../../../automation/stack/recovery/lock";
import {
  forgetEngine,
  isOfLostUp,
  mayHaveRunHere,
  ownerHasEnded,
  rememberEngine,
} from "../../../../automation/stack/recovery/started-engines";
import { ownCache } from "./own-cache";

const SINCE_MS = Date.UTC(2026, 10, 25);
const DAY_MS = 24 * 60 * 60_000;

describe("automation/stack/recovery/started-engines", () => {
  let living: ChildProcess;

  ownCache();
  beforeEach(() => {
    process.env.CI = "true";
    living = spawn("sleep", ["600"]);
  });
  afterEach(() => living.kill("SIGKILL"));

  const lock = (pid: number, changes: Partial<Lock> = {}): Lock => ({
    ...{ user: userInfo().username, host: hostname(), pid, sinceMs: SINCE_MS },
    ...changes,
  });
  const folder = () => join(cacheFolder(), "engines");
  const fileOf = (pid: number) => join(folder(), `${pid}.json`);

  async function ended(isStartedHere = true): Promise<number> {
    const child = spawn("true");
    if (isStartedHere) rememberEngine(child.pid!, SINCE_MS);
    await once(child, "exit");
    return child.pid!;
  }

  /** Remembers a living engine, with another mark. */
  function marked(change: (mark: string) => string | undefined): Lock {
    rememberEngine(living.pid!, SINCE_MS);
    const record = JSON.parse(readFileSync(fileOf(living.pid!), "utf8"));
    writeFileSync(fileOf(living.pid!), JSON.stringify({ ...record, mark: change(record.mark) }));
    return lock(living.pid!);
  }

  it("know of an engine that this machine has started that it has ended", async () => {
    const pid = await ended();
    expect(ownerHasEnded(lock(pid))).to.equal(true);
    expect(ownerHasEnded(lock(pid, { host: "elsewhere" }))).to.equal(false);
    rememberEngine(living.pid!, SINCE_MS);
    expect(ownerHasEnded(lock(living.pid!))).to.equal(false);
  });

  it("know nothing of an engine that another machine of the same name has started", async () => {
    const other = lock(await ended(false));
    expect([ownerHasEnded(other), mayHaveRunHere(other)]).to.deep.equal([false, true]);
    const later = lock(await ended(), { sinceMs: SINCE_MS + 60_001 });
    expect(ownerHasEnded(later)).to.equal(false);
  });

  describe("outside of CI", () => {
    beforeEach(() => {
      delete process.env.CI;
    });

    it("know of a `pulumi` of the same user that it has ended, and of no other one", async () => {
      const pid = await ended(false);
      expect(ownerHasEnded(lock(pid))).to.equal(true);
      expect(ownerHasEnded({ ...lock(pid), user: "somebody" })).to.equal(false);
      expect(ownerHasEnded({ ...lock(pid), host: "elsewhere" })).to.equal(false);
      expect(ownerHasEnded({ ...lock(living.pid!), sinceMs: Date.now() })).to.equal(false);
    });

    it("tell a later process with the same pid from the lock's", function () {
      if (processMark(process.pid) === undefined) this.skip();
      expect(ownerHasEnded({ ...lock(living.pid!), sinceMs: Date.now() - DAY_MS })).to.equal(true);
    });

    it("believe what this machine remembers rather than that", () => {
      rememberEngine(living.pid!, SINCE_MS);
      expect(ownerHasEnded(lock(living.pid!))).to.equal(false);
    });
  });

  it("know nothing of one that they forgot, or whose record was not written to its end", async () => {
    const pid = await ended();
    writeFileSync(fileOf(pid), '{"pid":');
    expect(ownerHasEnded(lock(pid))).to.equal(false);
    const given = await ended();
    forgetEngine(given);
    expect(ownerHasEnded(lock(given))).to.equal(false);
    expect(() => forgetEngine(given)).not.to.throw();
  });

  it("are forgotten after a month", async () => {
    const [old, recent] = [await ended(), await ended()];
    utimesSync(fileOf(old), SINCE_MS / 1000, (SINCE_MS - 31 * DAY_MS) / 1000);
    utimesSync(fileOf(recent), SINCE_MS / 1000, (SINCE_MS - 29 * DAY_MS) / 1000);
    rememberEngine(living.pid!, SINCE_MS);
    expect(readdirSync(folder()).sort()).to.deep.equal([recent, living.pid!].map((pid) => `${pid}.json`).sort());
  });

  it("are started all the same where nothing can be written", () => {
    // A file cannot have a folder in it.
    process.env.HOME = process.env.XDG_CACHE_HOME = __filename;
    rememberEngine(living.pid!);
    expect(ownerHasEnded(lock(living.pid!))).to.equal(false);
    expect(() => forgetEngine(living.pid!)).not.to.throw();
  });

  it("are told by their pid alone where the system does not say when they started", async () => {
    expect(ownerHasEnded(marked(() => undefined))).to.equal(false);
    living.kill("SIGKILL");
    await once(living, "exit");
    expect(ownerHasEnded(lock(living.pid!))).to.equal(true);
  });

  describe("where the system says when they started", () => {
    before(function () {
      if (processMark(process.pid) === undefined) this.skip();
    });

    it("are told from a later process with the same pid", () => {
      expect(ownerHasEnded(marked((mark) => mark.replace(/\d+$/, "1")))).to.equal(true);
    });

    it("have ended before the last boot", () => {
      expect(ownerHasEnded(marked((mark) => mark.replace(/^[^/]+/, "another")))).to.equal(true);
    });

    it("are not known to have ended in another container, although their pid is free in this one", async () => {
      const elsewhere = marked((mark) => mark.replace(/pid:\[\d+\]/, "pid:[1]"));
      expect(ownerHasEnded(elsewhere)).to.equal(false);
      living.kill("SIGKILL");
      await once(living, "exit");
      expect([ownerHasEnded(elsewhere), mayHaveRunHere(elsewhere)]).to.deep.equal([false, true]);
      expect(isOfLostUp(elsewhere, SINCE_MS)).to.equal(false);
      forgetEngine(elsewhere.pid);
      expect(isOfLostUp(elsewhere, SINCE_MS)).to.equal(true);
    });

    it("have ended as zombies", async () => {
      // Its parent never asks how it ended.
      const parent = spawn("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const [line] = (await once(parent.stdout, "data")) as [Buffer];
        const pid = Number(line.toString());
        rememberEngine(pid, SINCE_MS);
        expect(ownerHasEnded(lock(pid))).to.equal(false);
        process.kill(pid, "SIGKILL");
        while (!ownerHasEnded(lock(pid))) await new Promise((resolve) => setImmediate(resolve));
      } finally {
        parent.kill("SIGKILL");
      }
    });
  });
});
