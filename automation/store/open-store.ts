import { homedir } from "node:os";
import { join } from "node:path";
import type { DeployStore } from "./deploy-store";
import { DirectoryStore } from "./directory-store";

/** The stack's store: in `directory`, else AOSHINGO_STORE, else the user's state folder (XDG). */
export function openStore(stack: string, directory = process.env.AOSHINGO_STORE): DeployStore {
  const base = directory ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "aoshingo");
  return new DirectoryStore(join(base, stack));
}
