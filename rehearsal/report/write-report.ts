import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keptPage, type Page } from "../../automation/page/kit/page";
import { rehearsalPage } from "./page/page";
import { pageModelOf } from "./page-model";
import { firstRequestAtMs, readSamples } from "./samples";
import { summarise } from "./summarise";
import { timelineOf } from "./timeline";
import type { RehearsalRecord, RehearsalReport } from "./types";

/** Writes report.json and report.html into `directory`, which is created if needed. */
export async function writeReport(
  record: RehearsalRecord,
  directory: string,
): Promise<{ report: RehearsalReport; page: Page }> {
  const samples = await readSamples(record.trafficFile);
  const report = summarise(record, samples);
  const timeline = timelineOf(record, samples, { hasWork: report.calls !== null });
  const model = pageModelOf({ ...record, ...record.settings }, firstRequestAtMs(samples.requests));
  const durationMs = Math.max(model.durationMs, timeline.durationMs);
  const page = rehearsalPage({ ...record.settings, model: { ...model, durationMs, isOver: true }, timeline, report });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(directory, "report.html"), keptPage(page));
  return { report, page };
}
