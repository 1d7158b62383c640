import type { Stack } from "@pulumi/pulumi/automation";
import type { ExportedState } from "./exported-state";

/**
 * Takes resources that interrupted creates have made into the stack's state. A refresh has to follow: it reads what
 * they became, and forgets those that do not exist.
 * @param ids ID by URN of the pending create
 */
export async function adopt(stack: Stack, ids: ReadonlyMap<string, string>): Promise<void> {
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
