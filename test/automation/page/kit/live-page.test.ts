import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { deployPage } from "../../../../automation/page/deploy/deploy-page";
import { LivePage } from "../../../../automation/page/kit/live-page";
import { done } from "../deploy/sample-events";

describe("LivePage", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-live-page-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const draw = () => deployPage(done().model(true));

  it("keeps its last state, in a folder that is made if needed, without serving it", async () => {
    const file = join(folder, "pages", "deploy.html");
    const page = await LivePage.open({ port: null, file, draw, onFailure: (error) => assert.fail(error.message) });
    assert.isNull(page.url);
    page.touch();
    await page.close();
    assert.include(await readFile(file, "utf8"), "<h1>users v2 is in production</h1>");
  });

  it("tells what went wrong with it, and nothing else comes of it", async () => {
    await writeFile(join(folder, "taken"), "");
    const failures: Error[] = [];
    const file = join(folder, "taken", "deploy.html");
    const page = await LivePage.open({ port: null, file, draw, onFailure: (error) => failures.push(error) });
    await page.close();
    assert.deepEqual(
      failures.map((error) => (error as NodeJS.ErrnoException).code),
      ["EEXIST"],
    );
  });

  it("goes on after a drawing that failed, and tells each reason once", async () => {
    const failures: string[] = [];
    let drawings = 0;
    let drawnAfter: () => void = () => {};
    const again = new Promise<void>((resolve) => (drawnAfter = resolve));
    const page = await LivePage.open({
      port: 0,
      file: null,
      draw: () => {
        drawings += 1;
        if (drawings === 2 || drawings === 3) throw new Error("no model");
        if (drawings > 3) drawnAfter();
        return draw();
      },
      onFailure: ({ message }) => failures.push(message),
    });
    page.touch();
    await again;
    await page.close();
    assert.deepEqual(failures, ["no model"]);
  });
});
