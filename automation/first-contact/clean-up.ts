import type { ExportedResource } from "../stack/exported-state";
import type { Clients } from "./clients";
import { findOrphan } from "./find-orphan";
import { type ProbeOwner, removeProbes } from "./probes";
import {
  countIn,
  type Looking,
  lookUntilGone,
  type Remaining,
  remainingResources,
  taggedResources,
} from "./remaining-resources";
import { removeTaskDefinitions } from "./task-definitions";
import type { WorkFolder } from "./work-folder";

/** A stack as cleaning up needs it. */
export interface DestroyableStack {
  /** Recovers the stack from a crash and deletes all its resources, with those that `findId` finds (WorkspaceStack). */
  destroy(
    findId: (created: ExportedResource, known: readonly ExportedResource[]) => Promise<string | null>,
  ): Promise<void>;
  /** Removes the stack, which has no resources any more. */
  remove(): Promise<void>;
}

/**
 * Removes all that a run has made, whatever it was doing when it ended, and looks whether anything is left. It may be
 * called again after it was killed itself.
 * @param openStack called if there is a stack
 * @returns what is left; the work folder is emptied if there is nothing
 */
export async function cleanUp(
  folder: Pick<WorkFolder, "hasStack" | "empty">,
  clients: Clients,
  owner: ProbeOwner,
  openStack: () => Promise<DestroyableStack>,
  looking: Looking,
): Promise<Remaining> {
  if (folder.hasStack) {
    const stack = await openStack();
    const taken = new Set<string>();
    await stack.destroy(async (created, known) => {
      const id = findOrphan(created, await taggedResources(clients, owner), known, taken);
      if (id !== null) taken.add(id);
      return id;
    });
    await stack.remove();
  }
  await removeTaskDefinitions(clients, owner);
  await removeProbes(clients, owner);
  const left = await lookUntilGone(() => remainingResources(clients, owner), looking);
  if (countIn(left) === 0) folder.empty();
  return left;
}
