import { UserError } from "../../components/core/user-error";
import { AwsObserver } from "../aws/observer";
import { AwsTaskRunner } from "../aws/run-task";
import { systemClock } from "../core/clock";
import { askedByName, parseImageRequests } from "../core/desired-releases";
import { StepFailed } from "../core/errors";
import { freezeWindowAt, freezeWindowText } from "../core/freeze-windows";
import { noInfrastructure } from "../core/no-infrastructure";
import { stoppable } from "../core/process/stoppable";
import { readStackSettings, type StackSettings } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { checkServices } from "../deploy/check-services";
import type { RunState, StepContext } from "../deploy/context";
import { initialState, unpinned } from "../deploy/deploy";
import { approvalOf, keepWarmOf } from "../deploy/effective-options";
import { releasesToRollBackTo } from "../deploy/rollback";
import { credentialsEndMs } from "../deploy/time-left";
import { httpsClient } from "../observe/https-client";
import { HttpsProbeClient } from "../observe/probes/probe-client";
import { planText } from "../output/plan-text";
import { printResult } from "../output/print-result";
import { progressLine } from "../output/progress-line";
import type { DeployStore } from "../ports/store";
import { deployPlan } from "../preview/deploy-plan";
import { assertMayPlan } from "../preview/may-plan";
import { StackCopy } from "../preview/stack-copy";
import { projectProgram } from "../stack/project-program";
import { openStore } from "../store/open-store";
import { lastRun } from "../store/recorded-run";
import { assertKnownServices } from "./run-deploy";
import { ensureCli } from "./stack-outputs";

export interface PlanCommandOptions {
  stack: string;
  rollback: boolean;
  to?: string;
  keepWarm?: string;
  despiteAlarms: boolean;
  despiteUnhealthy: boolean;
  store?: string;
  configFile?: string;
  json: boolean;
}

export function runPlan(args: string[], options: PlanCommandOptions): Promise<void> {
  return stoppable((signal) => showPlan(args, options, signal));
}

async function showPlan(args: string[], options: PlanCommandOptions, signal: AbortSignal): Promise<void> {
  const stackSettings = readStackSettings(options.stack, options.configFile);
  checkUse(args, options, stackSettings);
  const line = progressLine(process.stderr);
  const pulumi = await ensureCli(signal);
  const copy = await StackCopy.of(options.stack, projectProgram(), pulumi, { settingsFile: stackSettings.file });
  try {
    const { outputs } = copy;
    if (!outputs) throw noInfrastructure(options.stack);
    const store = openStore(options.stack, { directory: options.store, outputs });
    const context = contextOf(options, stackSettings, store, signal, (text) => line.show(text));
    await checkServices({ context, store, outputs }, options.rollback ? "rollback" : "deploy");
    const start = await initialPlanState(args, options, stackSettings, { store, outputs });
    const plan = await deployPlan(context, store, start, copy, await notesOn(store, stackSettings));
    line.clear();
    printResult(options.json, plan, () => planText(plan, process.stdout));
  } catch (error) {
    line.clear();
    throw error instanceof StepFailed
      ? new UserError([error.message, error.detail].filter(Boolean).join("\n"), { exitCode: 1, cause: error })
      : error;
  } finally {
    await copy.close();
  }
}

function checkUse(
  args: readonly string[],
  { rollback, to, keepWarm }: PlanCommandOptions,
  stackSettings: StackSettings,
): void {
  if (rollback) {
    if (keepWarm !== undefined) throw new UserError(`--keep-warm ${keepWarm} is for a deploy: take away --rollback`);
    assertKnownServices(args, stackSettings);
  } else {
    keepWarmOf({ keepWarm, settings: stackSettings.settings });
    if (to !== undefined) throw new UserError(`--to ${to} is for a rollback: add --rollback, or name SERVICE=IMAGE`);
    parseImageRequests(args, Object.keys(stackSettings.settings.services));
  }
}

async function initialPlanState(
  args: string[],
  { rollback, to, keepWarm }: PlanCommandOptions,
  { settings }: StackSettings,
  { store, outputs }: { store: DeployStore; outputs: NonNullable<StackCopy["outputs"]> },
): Promise<RunState> {
  await assertMayPlan(store, rollback ? "rollback" : "deploy", outputs.live);
  if (!rollback) {
    const requests = parseImageRequests(args, Object.keys(settings.services));
    return initialState(
      "deploy",
      {
        deploy: "",
        requests,
        desired: unpinned(requests),
        approval: approvalOf({ settings }),
        keepWarmMs: keepWarmOf({ keepWarm, settings }),
      },
      outputs,
    );
  }
  const last = await lastRun(store);
  const desired = await releasesToRollBackTo({ store, outputs }, { services: args, to: to ?? null }, last);
  const { requests } = askedByName(desired);
  return initialState("rollback", { deploy: "", requests, desired, approval: null }, outputs);
}

/** What may keep the run from beginning, or change the production that it finds; one line each. */
async function notesOn(store: DeployStore, { settings }: StackSettings): Promise<string[]> {
  const [lease, frozen] = await Promise.all([store.lease(), store.frozen()]);
  const window = freezeWindowAt(settings.freeze, systemClock.now());
  return [
    ...(lease ? [`${lease.holder.what} by ${lease.holder.who} runs now: what it changes is not in this plan`] : []),
    ...(frozen ? [`deploys are frozen by ${frozen.who}: ${frozen.reason}`] : []),
    ...(window ? [`the settings freeze deploys ${freezeWindowText(window)}`] : []),
  ];
}

function contextOf(
  { stack, despiteAlarms, despiteUnhealthy }: PlanCommandOptions,
  { settings, region }: StackSettings,
  store: DeployStore,
  signal: AbortSignal,
  onProgress: (text: string) => void,
): StepContext {
  const refused = () => Promise.reject(new Error("a plan changes nothing"));
  return {
    settings,
    stack: { name: stack, outputs: refused, isBusy: refused, recover: refused, up: refused },
    observer: new AwsObserver(region),
    httpClient: httpsClient,
    probeClient: new HttpsProbeClient(),
    taskRunner: new AwsTaskRunner(region),
    migrationObserver: { observe: refused },
    trafficSwitch: { route: refused },
    scheduledEnds: { cancel: refused },
    secretReader: { value: refused },
    taskDrain: { begin: refused },
    migrations: store,
    decisions: store,
    freezes: store,
    fencing: 0,
    assertHeld: refused,
    clock: systemClock,
    signal,
    halt: signal,
    keep: false,
    despiteAlarms,
    despiteUnhealthy,
    despiteFreeze: true,
    credentialsEndMs: credentialsEndMs(process.env),
    projectDirectory: PROJECT_DIRECTORY,
    emit: (event) => {
      if (event.type === "progress") onProgress(`${event.step}: ${event.message}`);
    },
    onLease: () => {},
    onReached: () => {},
  };
}
