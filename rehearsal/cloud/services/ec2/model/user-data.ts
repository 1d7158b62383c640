/** AWS's limit for user data before base64 encoding, in bytes (aws-rules A21). */
export const MAX_USER_DATA_BYTES = 16_384;
/** The cluster that an ECS agent creates and joins if its configuration names none (C11). */
export const DEFAULT_CLUSTER = "default";

const AGENT_CONFIG = "/etc/ecs/ecs.config";

/**
 * The cluster that an instance's user data configures for the ECS agent. The user data must be a script (cloud-init
 * runs what begins with `#!`) that writes the agent's configuration file. The last assignment wins, as in that file.
 *
 * @param userData base64, as in a launch template; empty for none
 */
export function ecsClusterOf(userData: string): string {
  const script = Buffer.from(userData, "base64").toString("utf8");
  if (!script.startsWith("#!") || !script.includes(AGENT_CONFIG)) return DEFAULT_CLUSTER;
  const values = script
    .split("\n")
    .filter((line) => !line.trim().startsWith("#"))
    .flatMap((line) => [...line.matchAll(/(?:^|[\s"'])ECS_CLUSTER=["']?([A-Za-z0-9_-]*)/g)].map((match) => match[1]));
  return values.at(-1) || DEFAULT_CLUSTER;
}
