import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "./core/cache-folder";
import { fetchOnce } from "./core/npm-fetch";

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
  const bin = join(folder, "node_modules", name, "bin");
  if (existsSync(join(bin, "node"))) return bin;
  console.error(`Fetching Node ${version}, once`);
  fetchOnce(folder, ["install", "--no-save", `${name}@${version}`]);
  return bin;
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
