import type { Stack } from "@pulumi/pulumi/automation";
import type { ExportedResource, ExportedState } from "./exported-state";
import type { Recoverable } from "./recovery/recover";

/**
 * Returns the ID of a resource that a create may have made, by how it was to become; null if there is none. An ID that does not exist does
 * no harm.
 */
export type FindId = (created: ExportedResource, known: readonly ExportedResource[]) => Promise<string | null>;

/** Returns tools for a recovery that takes what interrupted creates have made into the state, where it would leave that to a next `up`. */
export function recoverableByAdopting(tools: Recoverable, findId: FindId, stack: () => Promise<Stack>): Recoverable {
  const found = new Map<string, string>();
  return {
    ...tools,
    orphans: {
      remove: async (created, known) => {
        const id = await findId(created, known);
        if (id === null) return tools.orphans.remove(created, known);
        found.set(created.urn, id);
        return null;
      },
    },
    refresh: async (targets, clearPendingCreates, refreshOptions) => {
      if (found.size > 0) await adopt(await stack(), found);
      await tools.refresh([...targets, ...found.keys()], clearPendingCreates, refreshOptions);
    },
  };
}

/**
 * Takes resources that interrupted creates have made into the stack's state. A refresh has to follow: it reads what
 * they became, and forgets those that do not exist.
 * @param ids ID by URN of the pending create
 */
async function adopt(stack: Stack, ids: ReadonlyMap<string, string>): Promise<void> {
  const exported = await stack.exportStack();
  await stack.importStack({ ...exported, deployment: withAdopted(exported.deployment, ids) });
}

/** Returns a state in which pending creates with an ID are resources. */
export function withAdopted(
  deployment: NonNullable<ExportedState["deployment"]>,
  ids: ReadonlyMap<string, string>,
): NonNullable<ExportedState["deployment"]> {
  const { resources = [], pending_operations: pending = [] } = deployment;
  const adopted = pending.filter(({ type, resource }) => type === "creating" && ids.has(resource.urn));
  return {
    ...deployment,
    // Everything that they depend on was created before, so they come last.
    resources: [
      ...resources,
      ...adopted.map(({ resource }) => ({ ...resource, id: ids.get(resource.urn)!, outputs: resource.inputs ?? {} })),
    ],
    pending_operations: pending.filter((operation) => !adopted.includes(operation)),
  };
}
