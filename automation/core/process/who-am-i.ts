import { hostname, userInfo } from "node:os";

/** Returns who runs this command: CI's user, else `user@host`. */
export function whoAmI(): string {
  return process.env.GITHUB_ACTOR ?? `${userInfo().username}@${hostname()}`;
}
