import { homedir } from "node:os";
import { join } from "node:path";
import type { StackOutputs } from "../../components/live/outputs";
import type { StackStore } from "./store";

export interface StorePlace {
  /** As given on the command line. */
  directory?: string | undefined;
  /** The outputs that name the stack's own bucket and its region; null while the stack has none. */
  outputs: Pick<StackOutputs, "deployStore" | "region"> | null;
}

/**
 * Opens the stack's store: in the given directory, else in AOSHINGO_STORE, else in the stack's own bucket, else in the
 * user's state folder (XDG). A store takes a while to load, so it is loaded when it is opened.
 */
export function openStore(stack: string, { directory, outputs }: StorePlace): StackStore {
  const local = localDirectory(directory);
  const bucket = outputs?.deployStore?.bucket;
  if (local === undefined && outputs && bucket !== undefined) {
    const { openS3Store } = require("./s3/backend") as typeof import("./s3/backend");
    return openS3Store(bucket, outputs.region);
  }
  const base = local ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "aoshingo");
  const { openDirectoryStore } = require("./directory/backend") as typeof import("./directory/backend");
  return openDirectoryStore(join(base, stack));
}

/** True if the store can be opened without the stack's outputs. */
export function isLocal(directory: string | undefined): boolean {
  return localDirectory(directory) !== undefined;
}

function localDirectory(directory: string | undefined): string | undefined {
  return directory ?? process.env.AOSHINGO_STORE;
}
