import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import type { JournalEntry } from "../../../automation/ports/journal";
import { DirectoryBackend } from "../../../automation/store/directory/backend";
import { historyOf } from "../../../automation/store/history";
import { parseEntry } from "../../../automation/store/journal-entries";
import { StackStore } from "../../../automation/store/store";

/** Journals that commit 1fcb595 wrote, in version 3. */
const FIXTURES = join(__dirname, "fixtures");
const DEPLOY = "20231114T221320Z-1";

describe("journals of commit 1fcb595", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Reads a fixture as the file of a directory store. */
  async function read(fixture: string): Promise<JournalEntry[]> {
    await mkdir(join(directory, "journal"));
    await copyFile(join(FIXTURES, fixture), join(directory, "journal", `${DEPLOY}.ndjson`));
    return new StackStore(new DirectoryBackend(directory)).journal(DEPLOY);
  }

  it("are read: a deploy that is done", async () => {
    const entries = await read("journal-1fcb595-done.ndjson");
    const { outcome, steps } = historyOf(DEPLOY, entries);
    assert.equal(outcome, "done");
    assert.deepEqual(
      steps.map(({ step, ok }) => [step, ok]),
      ["preflight", "warm", "verify", "test", "cutover", "confirm", "drain", "retire"].map((step) => [step, true]),
    );
    const last = entries.findLast((entry) => entry.kind === "stepEnded");
    assert.equal(last?.kind === "stepEnded" && last.checkpoint.direction, "forward");
  });

  it("are read: a deploy that was taken back", async () => {
    const entries = await read("journal-1fcb595-taken-back.ndjson");
    assert.equal(historyOf(DEPLOY, entries).outcome, "takenBack");
    const rollback = entries.find((entry) => entry.kind === "rollbackStarted");
    assert.equal(rollback?.kind === "rollbackStarted" && rollback.checkpoint.direction, "back");
  });

  it("are read as objects of a bucket, which have the same texts", async () => {
    for (const fixture of ["journal-1fcb595-done.ndjson", "journal-1fcb595-taken-back.ndjson"]) {
      const lines = (await readFile(join(FIXTURES, fixture), "utf8")).trimEnd().split("\n");
      assert.deepEqual(
        lines.map((line, index) => parseEntry(line, `s3://deploys/journal/${DEPLOY}/${index + 1}.json`)),
        await read(fixture),
      );
      await rm(join(directory, "journal"), { recursive: true });
    }
  });
});
