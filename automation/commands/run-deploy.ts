import program = require("../../index");

import { systemClock } from "../clock";
import { deploy } from "../deploy";
import { Stopped } from "../deploy-failed";
import { AwsObserver } from "../observe/aws-observer";
import { httpsAnswers } from "../observe/https-answers";
import { AwsOneOffTasks } from "../one-off/aws-one-off-tasks";
import { jsonOutput, terminalOutput } from "../output/terminal-output";
import { readStackSettings } from "../project";
import { PROJECT_DIRECTORY } from "../project-directory";
import { ensurePulumiCli } from "../pulumi-cli/ensure-pulumi-cli";
import { openStore } from "../store/open-store";
import { parseImageRequests } from "../wish";
import { WorkspaceStack } from "../workspace-stack";

export interface DeployOptions {
  stack: string;
  json: boolean;
  store?: string;
  configFile?: string;
}

/**
 * `deploy`, once its command line was read.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function runDeploy(args: string[], options: DeployOptions): Promise<void> {
  const { settings, region, file } = readStackSettings(options.stack, options.configFile);
  const requests = parseImageRequests(args, Object.keys(settings.services));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const pulumi = await ensurePulumiCli({ onProgress: say });
  const stack = await WorkspaceStack.open(options.stack, file, program, pulumi);
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => abort.abort(new Stopped(signal));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    await deploy(
      {
        settings,
        stack,
        observer: new AwsObserver(region),
        answers: httpsAnswers,
        oneOffTasks: new AwsOneOffTasks(region),
        clock: systemClock,
        signal: abort.signal,
        projectDirectory: PROJECT_DIRECTORY,
        emit: options.json ? jsonOutput(process.stdout) : terminalOutput(process.stdout),
      },
      openStore(options.stack, options.store),
      requests,
    );
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await stack.close();
  }
}
