import { parseImageRequests } from "../core/desired-releases";
import { readStackSettings } from "../core/project";
import { deploy } from "../deploy/deploy";
import { type RunOptions, runCommand } from "./run-command";

export interface DeployOptions extends RunOptions {
  reason?: string;
  despiteAlarms?: string;
  despiteUnhealthy?: string;
  approve?: "before-cutover";
}

/**
 * `deploy`, once its command line was read.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function runDeploy(args: string[], options: DeployOptions): Promise<void> {
  const stackSettings = readStackSettings(options.stack, options.configFile);
  const requests = parseImageRequests(args, Object.keys(stackSettings.settings.services));
  const { despiteAlarms, despiteUnhealthy } = options;
  const reason = [
    options.reason,
    despiteAlarms && `despite alarms: ${despiteAlarms}`,
    despiteUnhealthy && `despite unhealthy production: ${despiteUnhealthy}`,
  ]
    .filter(Boolean)
    .join("; ");
  await runCommand(options, stackSettings, ({ tools, store, waitMs }) =>
    deploy(tools, store, { requests, reason, waitMs }),
  );
}
