import { COLOURS } from "../../components/core/colour-name";
import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import { servicesWithProgramValues } from "../../components/live/program-values";
import type { Settings } from "../../components/settings/settings";
import { StepFailed } from "../core/errors";
import { OutputFile } from "../core/output-file";
import { stoppable } from "../core/process/stoppable";
import { readStackSettings } from "../core/project";
import { failedPreviewMarkdown, previewMarkdown } from "../output/preview-markdown";
import { previewText } from "../output/preview-text";
import { printResult } from "../output/print-result";
import { progressLine } from "../output/progress-line";
import type { Change } from "../preview/change";
import { asIfStopped, changesOfNextRelease } from "../preview/next-release";
import { type PreviewReport, previewReport } from "../preview/preview-report";
import { type PreviewOptions, StackCopy } from "../preview/stack-copy";
import { projectProgram } from "../stack/project-program";
import { ensureCli } from "./stack-outputs";

/** Exit code with `--fail-on-replace` if something that carries traffic of a service that stays would be replaced or deleted. */
const EXIT_BREAKS_TRAFFIC = 3;

export interface PreviewCommandOptions {
  stack: string;
  configFile?: string;
  markdown?: string;
  failOnReplace: boolean;
  json: boolean;
}

export async function runPreview(options: PreviewCommandOptions): Promise<void> {
  const { stack, markdown, failOnReplace, json } = options;
  const file = new OutputFile("--markdown", markdown);
  const line = progressLine(process.stderr);
  let report: PreviewReport;
  try {
    report = await stoppable((signal) => buildReport(options, { signal, onProgress: line.show })).finally(line.clear);
  } catch (error) {
    await file.writeFailure(failedPreviewMarkdown(stack, (error as Error).message));
    throw error instanceof StepFailed ? new UserError(error.message, { exitCode: 1, cause: error }) : error;
  }
  printResult(json, report, () => previewText(report, process.stdout));
  await file.write(previewMarkdown(report));
  if (failOnReplace && report.breaksTraffic)
    throw new UserError(report.warnings[0]!, { exitCode: EXIT_BREAKS_TRAFFIC });
}

async function buildReport(
  { stack, configFile }: PreviewCommandOptions,
  options: PreviewOptions,
): Promise<PreviewReport> {
  const { settings, file } = readStackSettings(stack, configFile);
  const pulumi = await ensureCli(options.signal);
  const copy = await StackCopy.of(stack, projectProgram(), pulumi, { settingsFile: file });
  try {
    const { outputs } = copy;
    const changes = await copy.preview(null, options);
    const services = servicesWithProgramValues(settings.services, (copy.previewedOutputs ?? outputs)?.services);
    const nextRelease =
      outputs && hasInstances(outputs.live)
        ? await laterChanges(copy, { services }, outputs.live, changes, options)
        : [];
    return previewReport({ stack, settings, outputs, changes, nextRelease });
  } finally {
    await copy.close();
  }
}

/** Changes that come only with the next release of a service. */
async function laterChanges(
  copy: StackCopy,
  settings: Pick<Settings, "services">,
  live: Live,
  now: readonly Change[],
  options: PreviewOptions,
): Promise<Change[]> {
  const { before, after } = asIfStopped(live, settings);
  await copy.setLive(before);
  return changesOfNextRelease(now, await copy.preview(after, options), live);
}

function hasInstances({ services }: Live): boolean {
  return Object.values(services).some(({ colours }) => COLOURS.some((colour) => colours[colour].size > 0));
}
