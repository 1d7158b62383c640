import { appendFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { LiveRehearsal } from "../../../rehearsal/live-page/live-rehearsal";
import { writeReport } from "../../../rehearsal/report/write-report";
import { sampleLine } from "../../../rehearsal/traffic/sample-line";
import { axeFaults, browserOrSkip, type OpenedPage, openPage, WIDTHS } from "../../browser";
import { sampleRecord } from "../report/sample-record";

describe("a rehearsal's live page", () => {
  let browser: Browser;
  let directory: string;
  let live: LiveRehearsal;
  let opened: OpenedPage;
  before(async function () {
    browser = await browserOrSkip(this);
    directory = await mkdtemp(join(tmpdir(), "aoshingo-live-"));
    await mkdir(join(directory, "cloud"));
  });
  after(async () => {
    await live?.close(null);
    await browser?.close();
    if (directory) await rm(directory, { recursive: true });
  });

  it("shows what the traffic and the cloud write down, while they do, and ends as the report", async () => {
    const { record, samples } = sampleRecord();
    const { settings, streams, deploys, releases } = record;
    const onFailure = (error: Error) => expect.fail(error.message);
    live = await LiveRehearsal.open({ port: 0, directory, settings, onFailure });
    live.say("Bringing up the infrastructure");
    opened = await openPage(browser, live.url, WIDTHS.laptop);
    const { page } = opened;
    await page.getByRole("heading", { level: 1, name: "A rehearsal is getting ready" }).waitFor();
    await page.getByText("Bringing up the infrastructure").first().waitFor();

    const [events] = deploys;
    const cutover = events!.findIndex((event) => event.type === "stepStarted" && event.step === "cutover");
    const running = { settings, streams, deploys: [events!.slice(0, cutover + 1)], releases };
    const traffic = [...samples.requests, ...samples.dns].map(sampleLine);
    const half = Math.floor(samples.requests.length / 2);
    record.trafficFile = join(directory, "traffic.ndjson");
    await appendFile(record.trafficFile, `${traffic.slice(0, half).join("\n")}\n`);
    await appendFile(
      join(directory, "cloud", "events.ndjson"),
      record.cloud.map((event) => `${JSON.stringify(event)}\n`).join(""),
    );
    live.follow(running);
    await page.getByRole("heading", { level: 1, name: "users v2 is on the way to production" }).waitFor();
    await page.getByText(`of ${half.toLocaleString("en-US")} requests`).waitFor();
    await page.getByRole("heading", { name: "Now: cutover" }).waitFor();
    await page.getByText("Requests per second").first().waitFor();
    expect(await axeFaults(page)).to.deep.equal([]);

    await appendFile(record.trafficFile, `${traffic.slice(half).join("\n")}\n`);
    running.deploys[0]!.push(...events!.slice(cutover + 1));
    await page.getByRole("heading", { level: 1, name: "users v2 is in production" }).waitFor();
    const { page: kept } = await writeReport(record, directory);
    await live.close(kept);
    await page.getByRole("heading", { level: 1, name: "Blue → Green with 0 of 5,751 requests failed" }).waitFor();
    await page.getByText("The run has ended").waitFor();
    expect(opened.complaints).to.deep.equal([]);
  });
});
