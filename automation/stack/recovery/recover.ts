import type { Clock } from "../../core/clock";
import type { UpOptions } from "../../ports/stack";
import { type ExportedResource, type ExportedState, labelOf, type PendingOperation } from "../exported-state";
import { type Lock, StackLocked } from "./lock";
import type { Orphans } from "./orphans";
import { waitForLock } from "./wait-for-lock";

const STACK_TYPE = "pulumi:pulumi:Stack";

/** What recovery needs of a stack. */
export interface Recoverable {
  name: string;
  clock: Clock;
  /** Null when the stack is free; undefined where only an operation of the CLI can tell. */
  readLocks(): Promise<readonly Lock[] | null | undefined>;
  /** Takes all locks away. */
  cancel(): Promise<void>;
  exportState(): Promise<ExportedState>;
  /**
   * Reads resources again; drops half-done operations, creates only if asked to.
   * @throws StackLocked, StepFailed
   */
  refresh(targets: readonly string[], clearCreates: boolean, options: UpOptions): Promise<void>;
  orphans: Orphans;
  /** @throws if this process must not change anything any more */
  mayChange(): Promise<void>;
}

/**
 * Takes a crash's leftovers away, in an order that allows it to be killed itself at any instant: a half-done operation is forgotten last.
 * @param metLock an operation was refused: look closely, even where the state shows nothing
 * @returns one line for people for each thing that was done
 */
export async function recover(stack: Recoverable, options: UpOptions, metLock: boolean): Promise<string[]> {
  const done = await waitForLock(async () => (await stack.readLocks()) ?? null, freeing(stack, options));
  let state = await stateOf(stack);
  const before = state.pending;
  if (before.length === 0 && !metLock) return done;
  // Nothing of an update that still runs may be touched. Where locks cannot be read, an operation that changes nothing asks for the lock.
  if ((await stack.readLocks()) === undefined) {
    done.push(...(await refreshed(stack, options, targetsIn(state, []), false)));
    state = await stateOf(stack);
  }
  // Those that the operation has dropped count, too.
  const pending = new Map([...before, ...state.pending].map((operation) => [operation.resource.urn, operation]));
  if (pending.size === 0) return done;
  await stack.mayChange();
  for (const { type, resource } of state.pending) {
    if (type !== "creating") continue;
    options.onProgress(`looking for ${labelOf(resource)}, which a crash left half created`);
    const line = await stack.orphans.remove(resource, state.resources);
    if (line !== null) done.push(line);
  }
  done.push(...(await refreshed(stack, options, targetsIn(state, [...pending.values()]), true)));
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

async function refreshed(
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
    freeing(stack, options),
  );
}

/** The engine refuses targets that the state does not have. Without one, the stack itself is read, which asks no provider. */
function targetsIn({ resources }: State, operations: readonly PendingOperation[]): string[] {
  const wanted = new Set(operations.filter(({ type }) => type !== "creating").map(({ resource }) => resource.urn));
  const targets = new Set(resources.map(({ urn }) => urn).filter((urn) => wanted.has(urn)));
  if (targets.size > 0) return [...targets];
  return resources.filter(({ type }) => type === STACK_TYPE).map(({ urn }) => urn);
}

function freeing(stack: Recoverable, { signal, onProgress }: UpOptions) {
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
