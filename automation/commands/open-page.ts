import type { StackOutputs } from "../../components/live/outputs";
import type { Settings } from "../../components/settings/settings";
import type { AwsObserver } from "../aws/observer";
import { systemClock } from "../core/clock";
import { pollIntervalMs } from "../observe/analysis/poll-interval";
import type { RunPage } from "../page/deploy/run-page";
import { type PageOptions, pagePort } from "../page/kit/page-options";
import { late } from "./late";

/** Opens the page that follows a run, if the command line asks for one. */
export async function openPage(
  { stack, page, pageFile }: PageOptions & { stack: string },
  settings: Pick<Settings, "deploy">,
  observer: AwsObserver,
  outputs: StackOutputs | null,
): Promise<RunPage | null> {
  if (page === undefined && pageFile === undefined) return null;
  const { RunPage } = late.runPage();
  return RunPage.open({
    stack,
    clock: systemClock,
    observer,
    outputs,
    port: page === undefined ? null : pagePort(page),
    file: pageFile ?? null,
    pollIntervalMs: pollIntervalMs(settings.deploy.metricPeriodSeconds, 1),
    onFailure: (error) => process.stderr.write(`the page could not be drawn or kept: ${error.message}\n`),
  });
}
