import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectSettings } from "../../automation/core/project";
import type { ExportedState } from "../../automation/stack/exported-state";
import { STACK_TYPE } from "../../components/core/pulumi-wire";
import { stateFolder } from "../cloud/environment";
import { STACK } from "../cloud/settings-source";

export type Deployment = Required<ExportedState>["deployment"];

/** The file that the CLI keeps the stack's state in. @param directory the cloud's directory */
export function stateFile(directory: string): string {
  return join(stateFolder(directory), ".pulumi", "stacks", projectSettings().name, `${STACK}.json`);
}

/**
 * The stack's state from its file, which the CLI replaces as a whole. The CLI itself takes half a second to say the
 * same.
 * @returns an empty state before the stack's first `up`
 */
export async function readStateFile(directory: string): Promise<Deployment> {
  const text = await readFile(stateFile(directory), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return '{ "checkpoint": {} }';
    throw error;
  });
  const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: Deployment } };
  return checkpoint.latest ?? {};
}

/** The stack's outputs as its state has them; empty before the first `up`. */
export async function rawOutputs(directory: string): Promise<Record<string, unknown>> {
  const { resources = [] } = await readStateFile(directory);
  return resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
}
