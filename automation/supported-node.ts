import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "./core/cache-folder";

/** Node's oldest version that has support (since April 2026). */
const OLDEST = 22;
const FETCHED = "24";

/**
 * Fetches a version of Node for this user, once.
 * @param version such as "24"
 * @returns the folder that has its `node`
 * @throws Error when npm has no such package for this machine, or cannot fetch it
 */
export function fetchNode(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cacheFolder(), `node-${version}`);
  const binOf = (prefix: string) => join(prefix, "node_modules", name, "bin");
  if (existsSync(join(binOf(folder), "node"))) return binOf(folder);
  console.error(`Fetching Node ${version}, once`);
  mkdirSync(cacheFolder(), { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const args = ["install", "--prefix", partial, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    execFileSync("npm", [...args, `${name}@${version}`], { stdio: ["ignore", "ignore", "inherit"] });
    // When two processes fetch at the same time, the folder of the first one is kept.
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return binOf(folder);
}

/**
 * Returns the folder of a `node` that has support: the installed one, or Node 24 from npm's packages of Node's own
 * builds (docs/decisions/supported-node.md). It says on the error output what it fetches, or could not fetch.
 * @public loaded by require in its test, which the search for unused exports does not see
 */
export function supportedNode(): string {
  const installed = dirname(process.execPath);
  if (Number.parseInt(process.versions.node, 10) >= OLDEST) return installed;
  try {
    return fetchNode(FETCHED);
  } catch {
    console.error(`Node ${FETCHED} could not be fetched: going on with ${process.versions.node}, which has no support`);
    return installed;
  }
}

if (require.main === module) console.log(supportedNode());
