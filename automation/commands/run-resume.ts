import { readStackSettings } from "../core/project";
import { abort, resume } from "../deploy/resume";
import { rollback } from "../deploy/rollback";
import { checkServices, type RunOptions, runCommand } from "./run-command";

/**
 * `resume`, once its command line was read.
 * @public loaded by require, which the search for unused exports does not see
 */
export function runResume(options: RunOptions): Promise<void> {
  return runCommand(options, readStackSettings(options.stack, options.configFile), ({ tools, store, waitMs }) =>
    resume(tools, store, { waitMs }),
  );
}

/**
 * `abort`, once its command line was read.
 * @public loaded by require, which the search for unused exports does not see
 */
export function runAbort(options: AbortOptions): Promise<void> {
  return runCommand(options, readStackSettings(options.stack, options.configFile), ({ tools, store, waitMs }) =>
    abort(tools, store, { waitMs, stopRunning: options.stopRunning }),
  );
}

export interface AbortOptions extends RunOptions {
  stopRunning: boolean;
}

export interface RollbackOptions extends AbortOptions {
  to?: string;
  reason?: string;
}

/**
 * `rollback`, once its command line was read.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function runRollback(services: string[], options: RollbackOptions): Promise<void> {
  const stackSettings = readStackSettings(options.stack, options.configFile);
  checkServices(services, stackSettings);
  await runCommand(options, stackSettings, ({ tools, store, waitMs }) =>
    rollback(tools, store, {
      services,
      to: options.to ?? null,
      reason: options.reason ?? "",
      waitMs,
      stopRunning: options.stopRunning,
    }),
  );
}
