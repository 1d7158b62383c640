import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderPage } from "./page/page";
import { readSamples } from "./samples";
import { summarise } from "./summarise";
import { timelineOf } from "./timeline";
import type { RehearsalRecord, RehearsalReport } from "./types";

/** Writes report.json and report.html into `directory`, which is created if needed. */
export async function writeReport(record: RehearsalRecord, directory: string): Promise<RehearsalReport> {
  const samples = await readSamples(record.trafficFile);
  const report = summarise(record, samples);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(directory, "report.html"), renderPage(report, timelineOf(record, samples, report)));
  return report;
}
