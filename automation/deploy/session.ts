import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";
import { commandLine } from "../core/desired-releases";
import { type FreezeWindow, freezeWindowAt, freezeWindowText } from "../core/freeze-windows";
import { noInfrastructure } from "../core/no-infrastructure";
import { whoAmI } from "../core/process/who-am-i";
import { type DeployStore, type Holder, type Lease, LeaseHeldError } from "../ports/store";
import { acquireLease } from "../store/acquire-lease";
import { isUnfinished, lastRun } from "../store/recorded-run";
import type { RunTools, StepContext } from "./context";
import { listenForRemoteStop } from "./remote-stop";

/** What a command has while it holds the lease. */
export interface Session {
  context: StepContext;
  store: DeployStore;
  lease: Lease;
  /** The stack's outputs, after recovery from a crash. */
  outputs: StackOutputs;
  /** True if a run that went on elsewhere was stopped for this command. */
  hasStopped: boolean;
}

/** Title of the recovery before the steps. Events call it the step `recover`. */
const RECOVER_TITLE = "Clear what an earlier update left";
/** Limit for a run that was stopped remotely: it takes one `up` at most, in which instances end. */
const STOPPING_MS = 10 * 60_000;
/** Short, because production waits. */
const STOPPING_POLL_MS = 500;

export interface SessionOptions {
  /** The command line, such as `deploy users=v2`: shown to other commands that want the lease. */
  what: string;
  /** How long to wait for a lease that another command holds. */
  waitMs: number;
  /** Stop the run of that command, and wait for its end. */
  stopRunning?: boolean;
}

/**
 * Takes the lease, recovers the stack from a crash, calls `act`, and releases the lease, whatever happens.
 * @throws UserError for wrong use; LeaseHeldError; LeaseLostError; whatever `act` throws
 */
export async function inSession(
  tools: RunTools,
  store: DeployStore,
  options: SessionOptions,
  act: (session: Session) => Promise<void>,
): Promise<void> {
  const { clock, stack } = tools;
  const { lease, hasStopped } = await takeLease(tools, store, options);
  const stopListener = listenForRemoteStop(store, lease.fencing);
  try {
    const context: StepContext = {
      ...tools,
      migrations: store,
      decisions: store,
      fencing: lease.fencing,
      onReached: () => {},
      signal: AbortSignal.any([tools.signal, lease.lost, stopListener.signal]),
      halt: AbortSignal.any([tools.halt, lease.lost]),
    };
    tools.onLease(lease);
    const outputs = await recover(context);
    if (!outputs) throw noInfrastructure(stack.name);
    checkServices(context, outputs);
    await act({ context, store, lease, outputs, hasStopped });
  } finally {
    stopListener.end();
    // The error that ended the run says more than this one.
    await lease.release().catch((error: Error) => {
      tools.emit({
        type: "notice",
        atMs: clock.now(),
        message: `the lease could not be given back, and expires by itself in a minute: ${error.message}`,
      });
    });
  }
}

async function takeLease(
  { clock, signal, emit }: RunTools,
  store: DeployStore,
  { what, waitMs, stopRunning = false }: SessionOptions,
): Promise<{ lease: Lease; hasStopped: boolean }> {
  const notice = (message: string) => emit({ type: "notice", atMs: clock.now(), message });
  const acquire = (limitMs: number, pollMs?: number) =>
    acquireLease(store, holder(what), { waitMs: limitMs, pollMs, clock, signal, onWait: notice });
  if (!stopRunning) return { lease: await acquire(waitMs), hasStopped: false };
  try {
    return { lease: await acquire(0), hasStopped: false };
  } catch (error) {
    if (!(error instanceof LeaseHeldError)) throw error;
    const { fencing, holder: other } = error.record;
    await store.requestStop({ fencing, who: whoAmI(), atMs: clock.now() });
    notice(`told ${other.what} by ${other.who} (pid ${other.pid} on ${other.host}) to stop at its next safe point`);
  }
  return { lease: await acquire(Math.max(waitMs, STOPPING_MS), STOPPING_POLL_MS), hasStopped: true };
}

/** @throws UserError with exit code 1 while the newest run is not finished */
export async function assertFinished(store: DeployStore): Promise<void> {
  const last = await lastRun(store);
  if (!last || !isUnfinished(last.run)) return;
  const { opened } = last.run;
  throw new UserError(
    `${last.deploy} (${commandLine(opened.command, opened.asked)} by ${opened.who}) is not finished: \`resume\` goes on with it, \`abort\` takes it back`,
    { exitCode: 1 },
  );
}

/**
 * @throws UserError with exit code 1 while the stack is frozen, by somebody or by a window of the settings, unless the
 * command line says to go on all the same
 */
export async function assertNotFrozen(tools: RunTools, store: DeployStore): Promise<void> {
  if (tools.despiteFreeze) return;
  const freeze = await store.frozen();
  if (freeze)
    throw new UserError(
      `deploys are frozen by ${freeze.who} since ${new Date(freeze.sinceMs).toISOString()}: ${freeze.reason}; \`unfreeze\` ends it`,
      { exitCode: 1 },
    );
  const window = freezeWindowAt(tools.settings.freeze, tools.clock.now());
  if (window) throw frozenByWindow(window);
}

/** @throws UserError with exit code 1 in a window of the settings that has no exception for a rollback */
export function assertMayRollBack({ settings, clock, despiteFreeze }: RunTools): void {
  const windows = settings.freeze.filter(({ except }) => except !== "rollback");
  const window = despiteFreeze ? null : freezeWindowAt(windows, clock.now());
  if (window) throw frozenByWindow(window);
}

function frozenByWindow(window: FreezeWindow): UserError {
  return new UserError(
    `the settings freeze deploys ${freezeWindowText(window)}: wait, or go on with --despite-freeze "REASON"`,
    { exitCode: 1 },
  );
}

/** Id of a run, such as `20261125T093000Z-7`. Ids sort by time; the lease's fencing number makes them unique. */
export function deployId(nowMs: number, { fencing }: Lease): string {
  return `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "")}-${fencing}`;
}

/** @returns the stack's outputs after that; null before its first successful `up` */
async function recover(context: StepContext): Promise<StackOutputs | null> {
  const { stack, clock, emit, signal } = context;
  let begun = false;
  const begin = () => {
    if (!begun) emit({ type: "stepStarted", atMs: clock.now(), step: "recover", title: RECOVER_TITLE });
    begun = true;
  };
  const { done, outputs } = await stack.recover({
    message: "clear what an earlier update left",
    signal,
    onProgress: (message) => {
      begin();
      emit({ type: "progress", atMs: clock.now(), step: "recover", message });
    },
  });
  if (done.length > 0) begin();
  if (begun)
    emit({
      type: "stepEnded",
      atMs: clock.now(),
      step: "recover",
      ok: true,
      detail: done.join("\n") || "nothing left",
    });
  return outputs;
}

/** @throws UserError unless the stack has exactly the services of the settings */
export function checkServices(
  { stack, settings }: Pick<RunTools, "settings"> & { stack: Pick<RunTools["stack"], "name"> },
  outputs: Pick<StackOutputs, "services">,
): void {
  const known = Object.keys(settings.services).sort();
  const there = Object.keys(outputs.services).sort();
  const missing = known.filter((name) => !there.includes(name));
  if (missing.length > 0)
    throw new UserError(
      `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} in the settings but not in the stack yet: run \`pulumi up --stack ${stack.name}\` first`,
    );
  if (!isDeepStrictEqual(known, there))
    throw new UserError(
      `the settings have ${known.join(", ")}, the stack has ${there.join(", ")}: run \`pulumi up --stack ${stack.name}\` first, so that a deploy changes nothing else`,
    );
}

function holder(what: string): Holder {
  return { who: whoAmI(), host: hostname(), pid: process.pid, what };
}
