import { UserError } from "../../components/core/user-error";
import { AwsLogReader } from "../aws/log-reader";
import { systemClock } from "../core/clock";
import { jobRunsText, lastJobRuns } from "../logs/job-runs";
import { printResult } from "../output/print-result";
import { history } from "../store/history";
import { openStore } from "../store/open-store";
import type { HistoryOptions } from "./run-history";
import { stackOutputs } from "./stack-outputs";

/** Number of deploys that are read to know the names of releases. */
const DEPLOYS_READ = 200;

/**
 * Prints the last runs of a job.
 * @throws UserError if it is no job, or the stack keeps no runs yet
 */
export async function runJobHistory(name: string, { stack, json, last, store }: HistoryOptions): Promise<void> {
  const outputs = await stackOutputs(stack);
  const { region, services } = outputs;
  const service = services[name];
  const jobs = Object.keys(services).filter((one) => services[one]!.job);
  if (!service?.job)
    throw new UserError(
      `${name} is no job: wanted one of ${jobs.join(", ") || "none, the stack has no job"}; without a name \`history\` lists the deploys`,
    );
  const { runsLog: logGroup } = service.job;
  if (logGroup === undefined)
    throw new UserError(`the runs of ${name} are kept from the next \`pulumi up\` of this program on: run that first`);
  const { runs: deploys } = await history(openStore(stack, { directory: store, outputs }), DEPLOYS_READ);
  const { colours } = service;
  const options = { last, nowMs: systemClock.now() };
  const runs = await lastJobRuns(new AwsLogReader(region), { name, logGroup, colours }, deploys, options);
  printResult(json, runs, () => jobRunsText(runs));
}
