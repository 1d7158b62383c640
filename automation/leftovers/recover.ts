import type { Clock } from "../clock";
import type { UpOptions } from "../stack";
import { type ExportedResource, type ExportedState, labelOf, type PendingOperation } from "./exported-state";
import { type Lock, StackLocked } from "./lock";
import type { Orphans } from "./orphans";
import { untilFree } from "./until-free";

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
  const done = await untilFree(async () => (await stack.readLocks()) ?? null, freeing(stack, options));
  const before = await pendingOf(stack);
  if (before.length === 0 && !metLock) return done;
  // Nothing of an update that still runs may be touched. Where locks cannot be read, an operation that changes nothing asks for the lock.
  if ((await stack.readLocks()) === undefined) done.push(...(await refreshed(stack, options, [], false)));
  const { resources = [], pending_operations: now = [] } = (await stack.exportState()).deployment ?? {};
  if (now.length === 0 && before.length === 0) return done;
  await stack.mayChange();
  const created = now.filter(({ type }) => type === "creating").map(({ resource }) => resource);
  for (const resource of created) {
    options.onProgress(`looking for ${labelOf(resource)}, which a crash left half created`);
    const line = await stack.orphans.remove(resource, resources);
    if (line !== null) done.push(line);
  }
  const others = [...before, ...now].filter(({ type }) => type !== "creating").map(({ resource }) => resource.urn);
  done.push(...(await refreshed(stack, options, known(others, resources), true)));
  const told = new Map([...before, ...now].map((operation) => [operation.resource.urn, lineOf(operation)]));
  return [...done, ...told.values()];
}

async function pendingOf(stack: Recoverable): Promise<PendingOperation[]> {
  return (await stack.exportState()).deployment?.pending_operations ?? [];
}

/** Without a target of its own it reads only the stack itself, which asks no provider. */
async function refreshed(
  stack: Recoverable,
  options: UpOptions,
  targets: readonly string[],
  clearCreates: boolean,
): Promise<string[]> {
  const root = (await stack.exportState()).deployment?.resources?.find(({ type }) => type === STACK_TYPE);
  const urns = targets.length > 0 || !root ? targets : [root.urn];
  return untilFree(
    async () => {
      try {
        await stack.refresh(urns, clearCreates, options);
        return null;
      } catch (error) {
        if (error instanceof StackLocked) return error.locks;
        throw error;
      }
    },
    freeing(stack, options),
  );
}

function freeing(stack: Recoverable, { signal, onProgress }: UpOptions) {
  const cancel = async () => {
    await stack.mayChange();
    await stack.cancel();
  };
  return { stack: stack.name, clock: stack.clock, signal, onProgress, cancel };
}

/** The engine refuses targets that the state does not have. */
function known(urns: readonly string[], resources: readonly ExportedResource[]): string[] {
  const there = new Set(resources.map(({ urn }) => urn));
  return [...new Set(urns)].filter((urn) => there.has(urn));
}

function lineOf({ type, resource }: PendingOperation): string {
  return type === "creating"
    ? `${labelOf(resource)} was interrupted while creating: the next update creates it`
    : `${labelOf(resource)} was interrupted while ${type}: read again what there is`;
}
