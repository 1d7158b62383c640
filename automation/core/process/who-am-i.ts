import { hostname, userInfo } from "node:os";

/** Returns who runs this command: CI's user, else `user@host`. A job that is run again keeps the actor of the first time. */
export function whoAmI(): string {
  const { GITHUB_TRIGGERING_ACTOR, GITHUB_ACTOR } = process.env;
  return GITHUB_TRIGGERING_ACTOR ?? GITHUB_ACTOR ?? `${userName()}@${hostname()}`;
}

/** Returns the name of the user on this machine; in a container that has none for its number, what USER says. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? "unknown";
  }
}
