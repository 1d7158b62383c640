import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { LEASE_TIMES } from "../../../automation/store/held-lease";
import { history } from "../../../automation/store/history";
import { lastRun } from "../../../automation/store/recorded-run";
import { Scene, sizes } from "../deploy/scene";
import { entry } from "./samples";
import { openSpec } from "./store-spec";

const WHOLE = "20261125T000000Z-1";
const NEWEST = "20991125T000000Z-99";

describe("the newest run", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "newest-run-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const storeWith = (newest: string) => {
    mkdirSync(join(directory, "journal"), { recursive: true });
    writeFileSync(join(directory, "journal", `${WHOLE}.ndjson`), `${JSON.stringify(entry("opened"))}\n`);
    writeFileSync(join(directory, "journal", `${NEWEST}.ndjson`), newest);
    return openSpec({ kind: "directory", directory }, LEASE_TIMES);
  };

  for (const [title, text] of [
    ["empty", ""],
    ["torn in its first entry", '{"kind":"opened","ver'],
  ] as const) {
    it(`is not one whose journal is ${title}: nothing was begun`, async () => {
      const store = storeWith(text);
      assert.equal((await lastRun(store))!.deploy, WHOLE);
      const { problems } = await history(store, 2);
      assert.deepEqual(problems, [
        `the journal of ${NEWEST} has no whole entry: nothing was begun, and it counts as if it were not there`,
      ]);
    });
  }

  it("is refused where its beginning is missing, with which file to move away", async () => {
    const store = storeWith(`${JSON.stringify(entry("resumed"))}\n`);
    const error = await lastRun(store).catch((thrown: Error) => thrown);
    assert.equal(
      (error as Error).message,
      `the journal of ${NEWEST} does not begin with what was asked for: nothing can be planned from it; move ${join(directory, "journal", `${NEWEST}.ndjson`)} away, look at \`pulumi stack output live\`, then try again`,
    );
  });

  it("without an entry keeps nobody from deploying, nor from going back", async () => {
    const scene = new Scene();
    const { deploys, journal } = scene.store;
    scene.store.deploys = async () => [...(await deploys.call(scene.store)), NEWEST];
    scene.store.journal = async (deploy) => (deploy === NEWEST ? [] : journal.call(scene.store, deploy));
    assert.isNull(await scene.deploy());
    assert.isNull(await scene.rollback());
    assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
    scene.close();
  });
});
