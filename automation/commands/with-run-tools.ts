import type { PulumiFn } from "@pulumi/pulumi/automation";
import { AwsMigrationObserver } from "../aws/migration-observer";
import { AwsObserver } from "../aws/observer";
import { AwsTaskRunner } from "../aws/run-task";
import { AwsScheduledEnds } from "../aws/scheduled-ends";
import { SecretValues } from "../aws/secret-values";
import { AwsTaskDrain } from "../aws/task-drain";
import { AwsTrafficSwitch } from "../aws/traffic-switch";
import { systemClock } from "../core/clock";
import { parseDuration } from "../core/duration";
import { Stopped } from "../core/errors";
import { assertMetricPeriod } from "../core/metric-period";
import { onStopSignal } from "../core/process/stop-signals";
import type { StackSettings } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import type { RunTools } from "../deploy/context";
import { credentialsEndMs } from "../deploy/time-left";
import { linkOf, notifying } from "../notify/notifying";
import { httpsClient } from "../observe/https-client";
import { HttpsProbeClient } from "../observe/probes/probe-client";
import { lastLine } from "../output/last-line";
import { jsonOutput, terminalOutput } from "../output/terminal-output";
import { askYesOrNo, hasTerminal } from "../output/terminal-prompt";
import type { RunPage } from "../page/deploy/run-page";
import type { DeployEvent } from "../ports/events";
import type { DeployStore, Lease } from "../ports/store";
import { WorkspaceStack } from "../stack/workspace-stack";
import { openStore } from "../store/open-store";
import { late } from "./late";
import { openPage } from "./open-page";
import type { RunOptions } from "./run-options";
import { queryStack } from "./stack-outputs";

/** Loaded when the engine first runs it: before that, a rollback changes listener rules. */
const projectProgram: PulumiFn = () => late.projectProgram().projectProgram()();

interface CommandTools {
  tools: RunTools;
  store: DeployStore;
  /** How long to wait for the lease, in milliseconds. */
  waitMs: number;
}

/**
 * Opens everything that a run works with, calls `act`, and closes everything again. The first signal stops the run at its
 * next safe point, a second one stops it at once.
 */
export async function withRunTools(
  options: RunOptions,
  stackSettings: StackSettings,
  act: (tools: CommandTools) => Promise<void>,
): Promise<void> {
  const { settings, region, file } = stackSettings;
  assertMetricPeriod(settings, process.env);
  const waitMs = options.wait === undefined ? 0 : parseDuration(options.wait);
  const queries = queryStack(options.stack);
  const outputs = await queries.outputs;
  let held: Lease | null = null;
  const [stop, halt] = [new AbortController(), new AbortController()];
  const { json } = options;
  const print = json ? jsonOutput(process.stdout) : terminalOutput(process.stdout);
  const last = json ? null : lastLine(print);
  let page: RunPage | null = null;
  const output = (event: DeployEvent) => {
    (last?.output ?? print)(event);
    page?.apply(event);
  };
  const isInteractive = !json && hasTerminal();
  const secretReader = new SecretValues(region);
  const notices = notifying(settings.notify, { link: linkOf(options.link, process.env), secretReader, output });
  const observer = new AwsObserver(region);
  const stack = await WorkspaceStack.open(options.stack, file, options.program ?? projectProgram, queries.pulumi, {
    // Another run may have taken the lease over since the runner last checked it.
    beforeProgram: async () => held?.assertHeld(),
  });
  const stopListening = onStopSignal(
    (signal) => stop.abort(new Stopped(signal)),
    (signal) => halt.abort(new Stopped(signal)),
  );
  let reason = "";
  try {
    page = await openPage(options, settings, observer, outputs);
    if (page?.url) print({ type: "notice", atMs: systemClock.now(), message: `Page: ${page.url}` });
    await act({
      waitMs,
      store: openStore(options.stack, { directory: options.store, outputs }),
      tools: {
        settings,
        stack,
        observer,
        httpClient: httpsClient,
        probeClient: new HttpsProbeClient(),
        taskRunner: new AwsTaskRunner(region),
        migrationObserver: new AwsMigrationObserver(region),
        trafficSwitch: new AwsTrafficSwitch(region),
        scheduledEnds: new AwsScheduledEnds(region),
        secretReader,
        taskDrain: new AwsTaskDrain(region),
        clock: systemClock,
        signal: stop.signal,
        halt: halt.signal,
        keep: options.keep ?? false,
        despiteAlarms: options.despiteAlarms !== undefined,
        despiteUnhealthy: options.despiteUnhealthy !== undefined,
        despiteFreeze: options.despiteFreeze !== undefined,
        approve: options.approve,
        keepWarm: options.keepWarm,
        ask: isInteractive
          ? (question, signal) => askYesOrNo(question, signal, { input: process.stdin, output: process.stdout })
          : undefined,
        credentialsEndMs: credentialsEndMs(process.env),
        projectDirectory: PROJECT_DIRECTORY,
        onLease: (lease) => {
          held = lease;
        },
        emit: notices.emit,
      },
    });
  } catch (error) {
    reason = (error as Error).message;
    throw last ? last.ending(error) : error;
  } finally {
    await notices.settled();
    stopListening();
    await Promise.resolve(page?.close(reason)).finally(() => stack.close());
  }
}
