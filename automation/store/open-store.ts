import { statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../../components/core/user-error";
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
 * @throws UserError if the directory or the stack's name cannot be one
 */
export function openStore(stack: string, { directory, outputs }: StorePlace): StackStore {
  const local = localDirectory(directory);
  const bucket = outputs?.deployStore?.bucket;
  if (local === undefined && outputs && bucket !== undefined) {
    const { openS3Store } = require("./s3/backend") as typeof import("./s3/backend");
    return openS3Store(bucket, outputs.region);
  }
  const base = local ?? join(stateFolder(), "aoshingo");
  const { openDirectoryStore } = require("./directory/backend") as typeof import("./directory/backend");
  return openDirectoryStore(storeFolder(base, stack));
}

/** The user's state folder. A relative one does not count (XDG Base Directory Specification): each working folder would have another. */
function stateFolder(): string {
  const { XDG_STATE_HOME: set = "" } = process.env;
  return isAbsolute(set) ? set : join(homedir(), ".local", "state");
}

/** True if the store can be opened without the stack's outputs. */
export function isLocal(directory: string | undefined): boolean {
  return localDirectory(directory) !== undefined;
}

/**
 * Returns the folder of a stack's store below the folder of all stores.
 * @throws UserError if the name is no stack's, or the folder of all stores is a file
 */
function storeFolder(base: string, stack: string): string {
  if (!/^[\w.-]+$/.test(stack) || /^\.+$/.test(stack))
    throw new UserError(`stack is "${stack}": wanted a name of letters, digits, ., _ and -, such as prod`);
  if (statSync(base, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new UserError(`the store ${base} is a file: wanted a folder`);
  return join(base, stack);
}

/** A variable that is empty is not set. */
function localDirectory(directory: string | undefined): string | undefined {
  if (directory === "")
    throw new UserError("--store is empty: wanted a folder, or no --store for the stack's own bucket");
  return directory ?? (process.env.AOSHINGO_STORE || undefined);
}
