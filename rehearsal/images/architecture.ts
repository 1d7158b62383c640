import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../components/core/user-error";

export type Architecture = "amd64" | "arm64";

/** Docker's variable for builds without `--platform`. */
const VARIABLE = "DOCKER_DEFAULT_PLATFORM";
/** Processors, as Node and Docker name them. */
const OF_NODE: Record<string, Architecture> = { x64: "amd64", arm64: "arm64" };
const FINAL_STAGE = /^\s*FROM\s+--platform=(\S+)/i;

/**
 * Returns the processor for which `docker build` would build the image of a folder here: the one that is asked for, or that
 * of this machine.
 * @throws UserError for a platform that no instance of EC2 has
 */
export async function architectureOf(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Architecture> {
  return (await askedArchitecture(folder, environment)) ?? architectureOfMachine();
}

/**
 * Returns the processor that the last stage of a folder's Dockerfile asks for, or DOCKER_DEFAULT_PLATFORM; undefined if nothing
 * asks for one.
 * @throws UserError for a platform that no instance of EC2 has
 */
export async function askedArchitecture(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Architecture | undefined> {
  const file = join(folder, "Dockerfile");
  const lines = existsSync(file) ? (await readFile(file, "utf8")).split("\n") : [];
  const stage = lines.findLast((line) => /^\s*FROM\s/i.test(line)) ?? "";
  const [, fixed] = FINAL_STAGE.exec(stage) ?? [];
  // $BUILDPLATFORM and $TARGETPLATFORM are those of the build.
  if (fixed !== undefined && !fixed.includes("$")) return parsePlatform(fixed, file);
  const wanted = environment[VARIABLE];
  return wanted ? parsePlatform(wanted, VARIABLE) : undefined;
}

/** Returns the processor of this machine. */
export function architectureOfMachine(): Architecture {
  return OF_NODE[process.arch] ?? "amd64";
}

function parsePlatform(platform: string, where: string): Architecture {
  const [, architecture] = /^linux\/(amd64|arm64)(?:\/v8)?$/.exec(platform) ?? [];
  if (architecture === "amd64" || architecture === "arm64") return architecture;
  throw new UserError(`${where}: given the platform ${platform}, wanted linux/amd64 or linux/arm64`);
}
