import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SIGNATURE } from "../../components/core/pulumi-wire";
import { type ExportedState, outputsIn } from "./exported-state";
import { folderOf } from "./recovery/backend-url";

/** The form of the file that is read here (sdk/go/common/apitype/core.go, VersionedCheckpoint). */
const VERSION = 3;

interface StateFile {
  version?: number;
  checkpoint?: { latest?: NonNullable<ExportedState["deployment"]> | null };
}

/**
 * Reads a stack's state from the file in which a self-managed backend keeps it, which the CLI replaces as a whole.
 * `pulumi stack export` says the same, and takes 0.2 s to start.
 * @returns undefined where only the CLI can say it: in another backend, and of a stack or a form of state that is not there
 */
export async function stateInBackend(
  backendUrl: string,
  project: string,
  stack: string,
): Promise<ExportedState | undefined> {
  const text = await textIn(backendUrl, `.pulumi/stacks/${project}/${stack}.json`);
  if (text === undefined) return undefined;
  try {
    const { version, checkpoint } = JSON.parse(text) as StateFile;
    if (version !== VERSION || !checkpoint) return undefined;
    return { version, ...(checkpoint.latest ? { deployment: checkpoint.latest } : {}) };
  } catch (error) {
    // The CLI says what is wrong with it.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Reads a stack's outputs there.
 * @returns empty before the first `up`; undefined where only the CLI can say it, as of encrypted outputs
 */
export async function outputsInBackend(
  backendUrl: string,
  project: string,
  stack: string,
): Promise<Record<string, unknown> | undefined> {
  const state = await stateInBackend(backendUrl, project, stack);
  if (state === undefined) return undefined;
  const outputs = outputsIn(state);
  return JSON.stringify(outputs).includes(SIGNATURE) ? undefined : outputs;
}

async function textIn(backendUrl: string, file: string): Promise<string | undefined> {
  const folder = folderOf(backendUrl);
  if (folder !== null) return readFile(join(folder, file), "utf8").catch(() => undefined);
  if (!backendUrl.startsWith("s3://")) return undefined;
  // The SDK takes a while to load, so only a backend in a bucket loads it.
  const { objectAt } = require("./recovery/backend-bucket") as typeof import("./recovery/backend-bucket");
  return objectAt(new URL(backendUrl), file).catch(() => undefined);
}
