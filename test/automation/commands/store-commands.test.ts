import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import type { Command } from "commander";
import { approveCommand } from "../../../automation/commands/approve";
import { freezeCommand, unfreezeCommand } from "../../../automation/commands/freeze";
import { historyCommand, showCommand } from "../../../automation/commands/history";
import type { Freeze } from "../../../automation/ports/store";
import type { HistoryRecord } from "../../../automation/store/history";
import { openStore } from "../../../automation/store/open-store";
import { entry } from "../store/samples";
import { userError } from "../store/store-contract";

const DEPLOY = "20261125T000000Z-1";

describe("commands on the store alone", () => {
  let directory: string;
  const own = { log: console.log, error: console.error };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
    const store = openStore("prod", { directory, outputs: null });
    await store.append(DEPLOY, entry("opened"));
    await store.append(DEPLOY, entry("stepStarted"));
    await store.append(DEPLOY, entry("stepEnded", { atMs: 3_500 }));
    await store.append(DEPLOY, entry("closed", { atMs: 9_000 }));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** What it printed. */
  async function run(command: Command, ...args: string[]): Promise<string> {
    const lines: string[] = [];
    console.log = console.error = (line: string) => void lines.push(line);
    try {
      await command.exitOverride().parseAsync([...args, "--stack", "prod", "--store", directory], { from: "user" });
    } finally {
      Object.assign(console, own);
    }
    return lines.join("\n");
  }

  it("show the history, as a table and as JSON", async () => {
    assert.equal(
      await run(historyCommand(), "--last", "1"),
      [
        "RUN                 ENDED  TIME  WHAT",
        `${DEPLOY}  done   8 s   deploy users=v2`,
        "  1970-01-01 00:00 UTC by me@here, commit 0123456789ab",
      ].join("\n"),
    );
    const [record] = JSON.parse(await run(historyCommand(), "--json")) as HistoryRecord[];
    assert.deepInclude(record, { deploy: DEPLOY, outcome: "done", who: "me@here", endedAtMs: 9_000 });
  });

  it("show one run, and know no other", async () => {
    assert.include(await run(showCommand(), DEPLOY), "✓  warm  users  2.5 s  2 instances");
    const record = JSON.parse(await run(showCommand(), DEPLOY, "--json")) as HistoryRecord;
    assert.lengthOf(record.steps, 1);
    assert.equal((await userError(run(showCommand(), "nosuch"))).message, `no run "nosuch": wanted one of ${DEPLOY}`);
  });

  it("let what a service's test wrote not clear a terminal or reach its clipboard", async () => {
    const store = openStore("prod", { directory, outputs: null });
    const [failed, detail] = ["20261125T010000Z-2", "exit code 1\n\u001b[2J\u001b]52;c;cm0gLXJm\u0007no login"];
    await store.append(failed, entry("opened", { deploy: failed }));
    await store.append(failed, entry("stepStarted"));
    await store.append(failed, entry("stepEnded", { atMs: 3_500, ok: false, detail }));
    await store.append(failed, entry("closed", { atMs: 9_000, outcome: "takenBack", reason: detail }));
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    try {
      for (const text of [await run(showCommand(), failed), await run(historyCommand())])
        for (const control of ["\u001b", "\u0007"]) assert.notInclude(text, control);
      assert.include(await run(showCommand(), failed), "�[2J�]52;c;cm0gLXJm�no login");
    } finally {
      process.stdout.isTTY = isTTY;
    }
  });

  it("freeze and unfreeze", async () => {
    const store = openStore("prod", { directory, outputs: null });
    assert.equal(await run(freezeCommand(), "--reason", "sale"), "Deploys to prod are frozen: sale");
    assert.equal((await store.frozen())?.reason, "sale");
    assert.match(await run(unfreezeCommand()), /^Deploys to prod may go on; they were frozen by .*: sale$/);
    assert.isNull(await store.frozen());
    assert.equal(await run(unfreezeCommand()), "prod was not frozen");
  });

  it("freeze in place of another freeze, and say so", async () => {
    const store = openStore("prod", { directory, outputs: null });
    await store.freeze({ who: "boss@phone", sinceMs: 1_000, reason: "incident" });
    assert.equal(
      await run(freezeCommand(), "--reason", "sale"),
      "Deploys to prod are frozen: sale (in place of the freeze by boss@phone: incident)",
    );
    assert.equal((await store.frozen())?.reason, "sale");
  });

  it("freeze, and name the command that goes on all the same", async () => {
    const store = openStore("prod", { directory, outputs: null });
    const holder = { who: "ci@github", host: "elsewhere", pid: 1, what: "deploy users=v2" };
    const lease = await store.acquire(holder);
    assert.equal(
      await run(freezeCommand(), "--reason", "sale"),
      "Deploys to prod are frozen: sale; deploy users=v2 by ci@github goes on: wait for it to end, or `abort --stop-running` takes it back",
    );
    assert.deepEqual(JSON.parse(await run(freezeCommand(), "--reason", "sale", "--json")).running, holder);
    await lease.release();
    assert.isNull(JSON.parse(await run(freezeCommand(), "--reason", "sale", "--json")).running);
  });

  it("freeze and unfreeze, for scripts", async () => {
    const { frozen } = JSON.parse(await run(freezeCommand(), "--reason", "sale", "--json")) as { frozen: Freeze };
    assert.equal(frozen.reason, "sale");
    assert.deepEqual(JSON.parse(await run(unfreezeCommand(), "--json")), { frozen: null, was: frozen });
    assert.deepEqual(JSON.parse(await run(unfreezeCommand(), "--json")), { frozen: null, was: null });
  });

  it("approve the run that waits, for scripts", async () => {
    const store = openStore("prod", { directory, outputs: null });
    const lease = await store.acquire({ who: "me@here", host: "here", pid: 1, what: "deploy users=v2" });
    const waiting = "20261126T000000Z-2";
    await store.append(waiting, entry("opened", { deploy: waiting }));
    await store.append(waiting, entry("stepStarted", { step: "approve" }));
    const answer = JSON.parse(await run(approveCommand(), "--json")) as Record<string, unknown>;
    assert.deepInclude(answer, { deploy: waiting, what: "deploy users=v2", says: "approved", reason: "" });
    assert.equal(answer.frozen, null);
    await store.freeze({ who: "boss@phone", sinceMs: 1_000, reason: "sale" });
    assert.match(
      await run(approveCommand()),
      /^\S+ \(deploy users=v2\) is approved; the cutover waits until `unfreeze` ends the freeze by boss@phone: sale$/,
    );
    assert.equal((await store.decision(waiting, lease.fencing))?.says, "approved");
    await lease.release();
  });
});
