import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import type { Command } from "commander";
import { freezeCommand, unfreezeCommand } from "../../../automation/commands/freeze";
import { historyCommand, showCommand } from "../../../automation/commands/history";
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

  it("freeze and unfreeze", async () => {
    const store = openStore("prod", { directory, outputs: null });
    assert.equal(await run(freezeCommand(), "--reason", "sale"), "Deploys to prod are frozen: sale");
    assert.equal((await store.frozen())?.reason, "sale");
    assert.match(await run(unfreezeCommand()), /^Deploys to prod may go on; they were frozen by .*: sale$/);
    assert.isNull(await store.frozen());
    assert.equal(await run(unfreezeCommand()), "prod was not frozen");
  });
});
