import { homedir } from "node:os";
import { join } from "node:path";
import type { StackOutputs } from "../../components/live/outputs";
import type { DeployStore } from "../ports/store";
import { DirectoryStore } from "./directory/store";

export interface StorePlace {
  /** As given on the command line. */
  directory?: string | undefined;
  /** What the stack says of itself: its own bucket, and where that is. */
  outputs: Pick<StackOutputs, "deployStore" | "region"> | null;
}

/** The stack's store: in the given directory, else in AOSHINGO_STORE, else in the stack's own bucket, else in the user's state folder (XDG). */
export function openStore(stack: string, { directory, outputs }: StorePlace): DeployStore {
  const local = localDirectory(directory);
  const bucket = outputs?.deployStore?.bucket;
  if (local === undefined && outputs && bucket !== undefined) {
    // The SDK takes a while to load: only for who needs it.
    const { openS3Store } = require("./s3/open") as typeof import("./s3/open");
    return openS3Store(bucket, outputs.region);
  }
  const base = local ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "aoshingo");
  return new DirectoryStore(join(base, stack));
}

/** True if the store can be opened without knowing anything of the stack. */
export function isLocal(directory: string | undefined): boolean {
  return localDirectory(directory) !== undefined;
}

function localDirectory(directory: string | undefined): string | undefined {
  return directory ?? process.env.AOSHINGO_STORE;
}
