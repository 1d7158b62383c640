import { readOutputs } from "../../components/live/stack-state";
import { AwsAccount } from "../aws/account";
import { AwsObserver } from "../aws/observer";
import { LOOK_LIMITS } from "../core/aws-limits";
import { once } from "../core/once";
import { readStackSettings } from "../core/project";
import { type Examined, Unavailable } from "../doctor/check";
import { CHECKS } from "../doctor/checks";
import { examine, isWell } from "../doctor/examine";
import { findingsText } from "../doctor/findings-text";
import { printResult } from "../output/print-result";
import { presentCli } from "../pulumi-cli/present-cli";
import type { ExportedState } from "../stack/exported-state";
import { pulumiJson } from "../stack/pulumi-command";
import { isLocal, openStore } from "../store/open-store";

export interface DoctorOptions {
  stack: string;
  json: boolean;
  store?: string;
  configFile?: string;
}

/** Runs all checks and prints what they found. Returns true if there is nothing to do. */
export async function runDoctor(options: DoctorOptions): Promise<boolean> {
  const examinations = await examine(CHECKS, examinedBy(options));
  const result = { stack: options.stack, ok: isWell(examinations), checks: examinations };
  printResult(options.json, result, () => findingsText(examinations));
  return isWell(examinations);
}

function examinedBy({ stack, store: directory, configFile }: DoctorOptions): Examined {
  const settings = readStackSettings(stack, configFile);
  const state = once(() => cliJson<ExportedState>(stack, ["stack", "export"]));
  const outputs = once(async () => {
    try {
      return readOutputs(await cliJson<Record<string, unknown>>(stack, ["stack", "output", "--json"]));
    } catch {
      throw new Unavailable("needs the stack (see Pulumi state)");
    }
  });
  return {
    stack,
    settings,
    state,
    outputs,
    store: once(async () => openStore(stack, { directory, outputs: isLocal(directory) ? null : await outputs() })),
    account: new AwsAccount(settings.region),
    observer: new AwsObserver(settings.region, LOOK_LIMITS),
    environment: process.env,
    nowMs: Date.now(),
  };
}

function cliJson<Result>(stack: string, args: string[]): Promise<Result> {
  const cli = presentCli();
  if (!cli) throw new Unavailable("needs the Pulumi CLI");
  return pulumiJson<Result>(cli, stack, args);
}
