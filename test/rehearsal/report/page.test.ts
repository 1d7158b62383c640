import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { html } from "../../../automation/page/kit/markup";
import { writeReport } from "../../../rehearsal/report/write-report";
import { sampleLine } from "../../../rehearsal/traffic/sample-line";
import { type SampleOptions, STARTUP, sampleRecord } from "./sample-record";

describe("report.html", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-page-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const render = async (options: SampleOptions = {}): Promise<string> => {
    const { record, samples } = sampleRecord(options);
    record.trafficFile = join(folder, "traffic.ndjson");
    const lines = [...samples.requests, ...samples.dns].map(sampleLine);
    await writeFile(record.trafficFile, lines.join("\n"));
    const { report } = await writeReport(record, join(folder, "out"));
    expect(JSON.parse(await readFile(join(folder, "out/report.json"), "utf8"))).to.deep.equal(report);
    return readFile(join(folder, "out/report.html"), "utf8");
  };

  it("asks for nothing from outside, and could not", async () => {
    const page = await render({ cutover: "dns" });
    expect(page).to.include("default-src &#39;none&#39;");
    expect(page).not.to.match(/unsafe-|connect-src/);
    expect(page).not.to.match(/https?:\/\/|\/\/[a-z]|@import/);
    for (const [, target] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(target).to.equal("data:,");
    for (const [, target] of page.matchAll(/url\(([^)]*)\)/g)) expect(target).to.equal('"#hatch"');
  });

  it("escapes what deploys and services say", async () => {
    const page = await render({ failAt: "test" });
    expect(page).to.include("expected 200, got 500 &lt;html&gt;");
    expect(page.match(/<html/g)?.length).to.equal(1);
    expect(html`<p title="${'"><script>'}">${["<b>", html`<i>x</i>`]}</p>`.text).to.equal(
      '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;<i>x</i></p>',
    );
  });

  it("draws each chart with a title and a description, and no number that is none", async () => {
    const cases: [SampleOptions, number][] = [
      [{}, 9],
      [{ deploys: 10 }, 9],
      [{ cutover: "dns" }, 9],
      [{ failAt: "test" }, 9],
      [{ turns: true }, 9],
      [{ deploys: STARTUP }, 12],
      [{ deploys: [["users", "doodle"]], failAt: "test" }, 11],
    ];
    for (const [options, charts] of cases) {
      const page = await render(options);
      expect(page.match(/<svg class="chart"/g)?.length).to.equal(charts * 3);
      expect(
        page.match(/<title id="[a-z0-9-]+-t">[^<]+<\/title><desc id="[a-z0-9-]+-d">[^<]+<\/desc>/g)?.length,
      ).to.equal(charts * 3);
      expect(page).not.to.match(/NaN|Infinity|undefined/);
      const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).to.equal(ids.length);
    }
  });

  it("has of disturbed runs what clients got, and nothing of deploys, which are not in the record", async () => {
    const { record, samples } = sampleRecord();
    record.trafficFile = join(folder, "traffic.ndjson");
    await writeFile(record.trafficFile, [...samples.requests, ...samples.dns].map(sampleLine).join("\n"));
    const disturbed = { runs: 50, problems: [] };
    await writeReport({ ...record, deploys: [], cloud: [], releases: [], disturbed }, folder);
    const page = await readFile(join(folder, "report.html"), "utf8");
    const charts = [...page.matchAll(/<svg class="chart"[\s\S]*?<title id="[^"]*">([^<]*)</g)].map(
      ([, title]) => title,
    );
    expect([...new Set(charts)]).to.deep.equal([
      "Failed requests per second",
      "DNS answers by colour",
      "Latency, median and 99th percentile",
    ]);
    expect(page).to.include("<h2>Clients</h2>").and.include("chaos.json has them one by one");
    expect(page).not.to.match(/<h2>Steps|side by side|for the deploy|inst\. B\/G|Blue 0|NaN|Infinity|undefined/);
  });

  it("can show a rehearsal in which nothing was sent", async () => {
    const { record } = sampleRecord();
    record.trafficFile = join(folder, "traffic.ndjson");
    await writeFile(record.trafficFile, "");
    const { report } = await writeReport({ ...record, deploys: [] }, folder);
    expect(report).to.include({ ok: false, reason: "no deploy ran" });
    expect(await readFile(join(folder, "report.html"), "utf8")).not.to.match(/NaN|Infinity|undefined/);
  });

  it("says the outcome in its headline", async () => {
    expect(await render()).to.include("<h1>Blue → Green with 0 of 5,751 requests failed</h1>");
    expect(await render({ deploys: STARTUP })).to.match(
      /<h1>4 deploys of 3 services with 0 of [0-9,]+ requests failed<\/h1>/,
    );
    expect(await render({ deploys: [["users", "doodle"]] })).to.match(/<h1>1 deploy of users and doodle with 0 of /);
    expect(await render({ deploys: 10 })).to.match(/<h1>10 deploys with 0 of [0-9,]+ requests failed<\/h1>/);
  });

  it("tells of calls, jobs and each deploy where there are several services", async () => {
    const page = await render({ deploys: STARTUP });
    expect(page).to.include("Deploys: 1\u00a0users · 2\u00a0mailer · 3\u00a0doodle · 4\u00a0users + doodle.");
    expect(page).to.match(/<dt>calls failed<\/dt><dd><b>0<\/b> <span>of [0-9,]+ between services/);
    expect(page).to.match(/<dt>jobs lost<\/dt><dd><b>0<\/b> <span>of [0-9,]+ sent; \d+ done twice/);
    expect(page).to.include("SQS delivers at least once");
    expect(page).to.match(/The longest change was that of (users|doodle) in deploy \d: its first answer from/);
    expect(await render()).not.to.match(/calls failed|jobs lost|<h2>Deploys/);
  });
});
