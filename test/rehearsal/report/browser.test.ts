import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { writeReport } from "../../../rehearsal/report/write-report";
import { sampleLine } from "../../../rehearsal/traffic/sample-line";
import { axeFaults, browserOrSkip, openPage, overflow, WIDTHS } from "../../browser";
import { type SampleOptions, STARTUP, sampleRecord } from "./sample-record";

describe("a rehearsal's page in a browser", () => {
  let browser: Browser;
  let folder: string;
  before(async function () {
    browser = await browserOrSkip(this);
    folder = await mkdtemp(join(tmpdir(), "aoshingo-browser-"));
  });
  after(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const cases: [name: string, options: SampleOptions][] = [
    ["one deploy", {}],
    ["the whole startup", { deploys: STARTUP }],
    ["records only", { cutover: "dns" }],
    ["stopped at its test", { failAt: "test" }],
    ["gone back by itself", { turns: true }],
  ];
  for (const [name, options] of cases) {
    describe(name, () => {
      let url: string;
      before(async () => {
        const { record, samples } = sampleRecord(options);
        record.trafficFile = join(folder, "traffic.ndjson");
        await writeFile(record.trafficFile, [...samples.requests, ...samples.dns].map(sampleLine).join("\n"));
        await writeReport(record, folder);
        url = pathToFileURL(join(folder, "report.html")).href;
      });

      for (const [screen, width] of Object.entries(WIDTHS)) {
        it(`has no fault that axe finds, and fits, on a ${screen}`, async () => {
          const { page, complaints, requests } = await openPage(browser, url, width);
          try {
            expect(await axeFaults(page)).to.deep.equal([]);
            expect(await overflow(page)).to.equal(0);
            await page.locator("svg.chart:visible").first().hover();
            // The scrolling that leads to the chart may have hidden it again.
            expect(await page.locator("#tooltip").textContent()).to.match(/^\d+\.\d s · /);
            expect(complaints).to.deep.equal([]);
            expect(requests).to.deep.equal([url]);
          } finally {
            await page.close();
          }
        });
      }
    });
  }
});
