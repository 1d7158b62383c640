import { hostname, userInfo } from "node:os";

/** Returns who runs this command: CI's user, else `user@host`. A job that is run again keeps the actor of the first time. */
export function whoAmI(): string {
  const { GITHUB_TRIGGERING_ACTOR, GITHUB_ACTOR } = process.env;
  return GITHUB_TRIGGERING_ACTOR ?? GITHUB_ACTOR ?? `${userInfo().username}@${hostname()}`;
}
