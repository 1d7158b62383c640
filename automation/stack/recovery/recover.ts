import type { Clock } from "../../core/clock";
import type { UpOptions } from "../../ports/stack";
import {
  type ExportedResource,
  type ExportedState,
  labelOf,
  type PendingOperation,
  STACK_TYPE,
} from "../exported-state";
import { type Lock, StackLocked } from "./lock";
import { type WaitForLockOptions, waitForLock } from "./wait-for-lock";

/** Resources that an interrupted create has made and that the state does not know. */
export interface Orphans {
  /**
   * Removes such a resource, so that the next `up` creates it as if nothing had happened.
   * @param created the resource as it was to become
   * @param known the state's resources
   * @returns one line for people; null if there was nothing
   */
  remove(created: ExportedResource, known: readonly ExportedResource[]): Promise<string | null>;
}

/** A stack as recovery uses it. */
export interface Recoverable {
  name: string;
  clock: Clock;
  /** Returns null when the stack is free; undefined where only an operation of the CLI can tell. */
  readLocks(): Promise<readonly Lock[] | null | undefined>;
  /** Removes all locks. */
  cancel(): Promise<void>;
  exportState(): Promise<ExportedState>;
  /**
   * Reads resources again and drops pending operations; pending creates only with `clearCreates`.
   * @throws StackLocked, StepFailed
   */
  refresh(targets: readonly string[], clearCreates: boolean, options: UpOptions): Promise<void>;
  orphans: Orphans;
  /** @throws if this process may not change anything any more */
  mayChange(): Promise<void>;
}

/**
 * Removes what a crash left behind, in an order that allows recovery itself to be killed at any instant: a pending
 * operation is dropped last.
 * @param metLock true when an operation was refused: then the stack is examined even if the state shows no pending
 * operation
 * @returns one line for people for each thing that was done
 */
export async function recover(stack: Recoverable, options: UpOptions, metLock: boolean): Promise<string[]> {
  const done = await waitForLock(async () => (await stack.readLocks()) ?? null, waitOptions(stack, options));
  let state = await stateOf(stack);
  const before = state.pending;
  if (before.length === 0 && !metLock) return done;
  // An update that is still running must not be disturbed. Where locks cannot be read, an operation that changes
  // nothing asks for the lock.
  if ((await stack.readLocks()) === undefined) {
    done.push(...(await refresh(stack, options, targetsIn(state, []), false)));
    state = await stateOf(stack);
  }
  // Pending operations that this refresh has dropped count, too.
  const pending = new Map([...before, ...state.pending].map((operation) => [operation.resource.urn, operation]));
  if (pending.size === 0) return done;
  await stack.mayChange();
  for (const { type, resource } of state.pending) {
    if (type !== "creating") continue;
    options.onProgress(`looking for ${labelOf(resource)}, which a crash left half created`);
    const line = await stack.orphans.remove(resource, state.resources);
    if (line !== null) done.push(line);
  }
  done.push(...(await refresh(stack, options, targetsIn(state, [...pending.values()]), true)));
  return [...done, ...[...pending.values()].map(lineOf)];
}

interface State {
  resources: ExportedResource[];
  pending: PendingOperation[];
}

async function stateOf(stack: Recoverable): Promise<State> {
  const { resources = [], pending_operations: pending = [] } = (await stack.exportState()).deployment ?? {};
  return { resources, pending };
}

/** Refreshes as soon as the stack is free. */
async function refresh(
  stack: Recoverable,
  options: UpOptions,
  targets: readonly string[],
  clearCreates: boolean,
): Promise<string[]> {
  return waitForLock(
    async () => {
      try {
        await stack.refresh(targets, clearCreates, options);
        return null;
      } catch (error) {
        if (error instanceof StackLocked) return error.locks;
        throw error;
      }
    },
    waitOptions(stack, options),
  );
}

/**
 * Returns the URNs to read again. The engine refuses URNs that the state does not have. Without any, the stack's own
 * resource is read, which asks no provider.
 */
function targetsIn({ resources }: State, operations: readonly PendingOperation[]): string[] {
  const wanted = new Set(operations.filter(({ type }) => type !== "creating").map(({ resource }) => resource.urn));
  const targets = new Set(resources.map(({ urn }) => urn).filter((urn) => wanted.has(urn)));
  if (targets.size > 0) return [...targets];
  return resources.filter(({ type }) => type === STACK_TYPE).map(({ urn }) => urn);
}

function waitOptions(stack: Recoverable, { signal, onProgress }: UpOptions): WaitForLockOptions {
  const cancel = async () => {
    await stack.mayChange();
    await stack.cancel();
  };
  return { stack: stack.name, clock: stack.clock, signal, onProgress, cancel };
}

function lineOf({ type, resource }: PendingOperation): string {
  return type === "creating"
    ? `${labelOf(resource)} was interrupted while creating: the next update creates it`
    : `${labelOf(resource)} was interrupted while ${type}: read again what there is`;
}
