import { UserError } from "../../components/core/user-error";
import { parseImageRequests } from "../core/desired-releases";
import { readStackSettings, type StackSettings } from "../core/project";
import { deploy } from "../deploy/deploy";
import { keepWarmOf } from "../deploy/effective-options";
import { abort, resume } from "../deploy/resume";
import { retireKept } from "../deploy/retire-kept";
import { rollback } from "../deploy/rollback";
import type { RunOptions } from "./run-options";
import { withRunTools } from "./with-run-tools";

export interface DeployOptions extends RunOptions {
  reason?: string;
  migrateAgain?: boolean;
}

export interface RetireOptions extends RunOptions {
  reason?: string;
}

export interface AbortOptions extends RunOptions {
  stopRunning: boolean;
  despiteRollback?: string;
}

export interface RollbackOptions extends Omit<AbortOptions, "despiteRollback"> {
  to?: string;
  reason?: string;
}

export function runDeploy(args: string[], options: DeployOptions): Promise<void> {
  return runNewReleases("deploy", args, options);
}

export function runRestart(services: string[], options: DeployOptions): Promise<void> {
  return runNewReleases("restart", services, options);
}

async function runNewReleases(command: "deploy" | "restart", args: string[], options: DeployOptions): Promise<void> {
  const stackSettings = readStackSettings(options.stack, options.configFile);
  if (command === "restart") assertKnownServices(args, stackSettings);
  const requests = parseImageRequests(args, Object.keys(stackSettings.settings.services));
  keepWarmOf({ keepWarm: options.keepWarm, settings: stackSettings.settings });
  await withRunTools(options, stackSettings, ({ tools, store, waitMs }) =>
    deploy(tools, store, {
      ...{ command, requests, reason: reasonOf(options), waitMs },
      migrateAgain: options.migrateAgain,
    }),
  );
}

export function runResume(options: RunOptions): Promise<void> {
  return withRunTools(options, readStackSettings(options.stack, options.configFile), ({ tools, store, waitMs }) =>
    resume(tools, store, { waitMs }),
  );
}

export function runAbort(options: AbortOptions): Promise<void> {
  return withRunTools(options, readStackSettings(options.stack, options.configFile), ({ tools, store, waitMs }) =>
    abort(tools, store, { waitMs, stopRunning: options.stopRunning, despiteRollback: options.despiteRollback }),
  );
}

export async function runRollback(services: string[], options: RollbackOptions): Promise<void> {
  const stackSettings = readStackSettings(options.stack, options.configFile);
  assertKnownServices(services, stackSettings);
  await withRunTools(options, stackSettings, ({ tools, store, waitMs }) =>
    rollback(tools, store, {
      services,
      to: options.to ?? null,
      reason: reasonOf(options),
      waitMs,
      stopRunning: options.stopRunning,
    }),
  );
}

export async function runRetire(services: string[], options: RetireOptions): Promise<void> {
  const stackSettings = readStackSettings(options.stack, options.configFile);
  assertKnownServices(services, stackSettings);
  await withRunTools(options, stackSettings, ({ tools, store, waitMs }) =>
    retireKept(tools, store, { services, reason: options.reason ?? "", waitMs }),
  );
}

/** The reason that the history keeps: why the run was started, and why it goes on despite what would refuse it. */
function reasonOf({
  reason,
  despiteFreeze,
  despiteAlarms,
  despiteUnhealthy,
}: Pick<DeployOptions, "reason" | "despiteFreeze" | "despiteAlarms" | "despiteUnhealthy">): string {
  return [
    reason,
    despiteFreeze && `despite the freeze: ${despiteFreeze}`,
    despiteAlarms && `despite alarms: ${despiteAlarms}`,
    despiteUnhealthy && `despite unhealthy production: ${despiteUnhealthy}`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** @throws UserError that names the services which the settings do not have */
export function assertKnownServices(services: readonly string[], { settings }: StackSettings): void {
  const known = Object.keys(settings.services);
  const unknown = services.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UserError(`unknown service ${unknown.join(", ")}: the settings have ${known.join(", ") || "none"}`);
}
