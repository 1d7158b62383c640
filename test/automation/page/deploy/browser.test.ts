import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert } from "chai";
import type { Browser, Page } from "playwright-core";
import { systemClock } from "../../../../automation/core/clock";
import { deployPage } from "../../../../automation/page/deploy/deploy-page";
import type { PageModel } from "../../../../automation/page/deploy/model";
import { RunPage } from "../../../../automation/page/deploy/run-page";
import { applyObservation } from "../../../../automation/page/deploy/service-observation";
import { keptPage } from "../../../../automation/page/kit/page";
import type { DeployEvent } from "../../../../automation/ports/events";
import type { ColourObservation } from "../../../../automation/ports/observer";
import { axeFaults, browserOrSkip, type OpenedPage, openPage, overflow, WIDTHS } from "../../../browser";
import { live, outputsOf } from "../../deploy/worlds";
import { done, ramping, START_MS, type Told, wentBack } from "./sample-events";

/** As CI names releases. */
const COMMIT = "4f1c0d9be27a83650f1e2d3c4b5a69788796a5b4";
const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/users@sha256:${COMMIT}${COMMIT.slice(0, 24)}`;

describe("a deploy's page in a browser", () => {
  let browser: Browser;
  let folder: string;
  let opened: OpenedPage | null = null;
  before(async function () {
    browser = await browserOrSkip(this);
    folder = await mkdtemp(join(tmpdir(), "aoshingo-browser-"));
  });
  afterEach(async () => {
    await opened?.page.close();
    opened = null;
  });
  after(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const observed = (model: PageModel) =>
    applyObservation(model, {
      atMs: START_MS + 5_000,
      service: "users",
      targets: { blue: { healthy: 2, others: 0 }, green: { healthy: 1, others: 1 } },
      name: "blue",
    });
  const models: [name: string, model: PageModel][] = [
    ["while it ramps", observed(ramping().model())],
    ["when it is done", observed(done().model(true))],
    ["when it rolled back", observed(wentBack().model(true))],
    ["with releases named by commits", observed(withLongNames(ramping()).model())],
    ["with a long reason", observed(withLongNames(wentBack()).model(true))],
  ];
  for (const [name, model] of models) {
    for (const [screen, width] of Object.entries(WIDTHS)) {
      it(`${name} has no fault that axe finds, and fits, on a ${screen}`, async () => {
        const file = join(folder, "page.html");
        await writeFile(file, keptPage(deployPage(model)));
        opened = await openPage(browser, pathToFileURL(file).href, width);
        assert.deepEqual(await axeFaults(opened.page), []);
        assert.equal(await overflow(opened.page), 0);
        assert.deepEqual(opened.complaints, []);
        assert.deepEqual(opened.requests, [pathToFileURL(file).href]);
      });
    }
  }

  describe("while the run goes on", () => {
    let run: RunPage;
    let greenState: string;
    const file = () => join(folder, "kept", "deploy.html");

    beforeEach(async () => {
      greenState = "initial";
      const outputs = outputsOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }));
      run = await RunPage.open({
        stack: "prod",
        clock: systemClock,
        outputs,
        observer: {
          colour: async ({ cluster }) => seen(cluster.endsWith("green") ? greenState : "healthy"),
          aliases: async () => ({ "users.example.jp": "blue.elb.test" }),
        },
        port: 0,
        file: file(),
        pollIntervalMs: 10,
        onFailure: (error) => assert.fail(error.message),
      });
      opened = await openPage(browser, run.url!, WIDTHS.laptop);
    });
    afterEach(() => run.close(""));

    /** As if they came now. */
    const apply = (events: readonly DeployEvent[]) => {
      for (const event of events) run.apply({ ...event, atMs: Date.now() });
    };
    const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

    it("changes with its events and with what is observed of the targets, and ends as the file that is kept", async () => {
      const { page } = opened!;
      await heading(page, "Getting ready: prod");
      apply(ramping().events);
      await heading(page, "users v2 is on the way to production");
      await page.getByText("10 % of production").waitFor();
      await page.getByText("0 of 2 targets healthy").waitFor();
      greenState = "healthy";
      await page.locator(".colour", { hasText: "Green" }).getByText("2 of 2 targets healthy").waitFor();
      await page.getByText("leads to the Blue load balancer").waitFor();
      assert.equal(await page.title(), "users v2 is on the way to production · aoshingo");
      assert.deepEqual(await axeFaults(page), []);

      const all = done().events;
      apply(all.slice(ramping().events.length));
      await heading(page, "users v2 is in production");
      await run.close("");
      await page.getByText("The run has ended").waitFor();
      assert.deepEqual(opened!.complaints, []);
      const shown = await page.locator("main").innerHTML();
      await page.goto(pathToFileURL(file()).href);
      assert.equal(shown, await page.locator("main").innerHTML(), "live and kept are the same");
    });

    it("says when the run does not answer any more", async () => {
      const { page } = opened!;
      await heading(page, "Getting ready: prod");
      await page.route("**/events", (route) => route.abort());
      await page.reload();
      await page.getByText("The run does not answer").waitFor();
    });
  });
});

/** The same run of a release that is named by a commit, with an image in each reason. */
function withLongNames(told: Told): Told {
  const text = JSON.stringify(told.events)
    .replaceAll('"v2"', JSON.stringify(COMMIT))
    .replaceAll('"v1"', JSON.stringify(`sha256:${COMMIT}`))
    .replaceAll("allowed 1.00 %", `allowed 1.00 %, of ${IMAGE}`);
  told.events.splice(0, told.events.length, ...(JSON.parse(text) as DeployEvent[]));
  return told;
}

function seen(state: string): ColourObservation {
  const targets = ["i-1", "i-2"].map((instanceId) => ({ targetGroup: "group", instanceId, state, reason: "" }));
  return {
    targets,
    tasks: [],
    instances: [],
    inService: 2,
    minimum: 2,
    joinedInstances: 2,
    failedActivities: [],
    failedTasks: [],
  };
}
