/**
 * Prints the folder of a `node` that has support: the installed one, or Node 24 from npm's packages of Node's own builds
 * (docs/decisions/supported-node.md). JavaScript, because it comes before packages are installed.
 */
const { execFileSync } = require("node:child_process");
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require("node:fs");
const { homedir } = require("node:os");
const { dirname, join } = require("node:path");

/** Node's oldest version that has support (since April 2026). */
const OLDEST = 22;
const FETCHED = "24";
const CACHE = join(homedir(), ".cache", "aoshingo");

/**
 * Fetches a version of Node for this user, once.
 * @param {string} version such as "24"
 * @returns {string} the folder that has its `node`
 * @throws Error when npm has no such package for this machine, or cannot fetch it
 */
function fetchNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(CACHE, `node-${version}`);
  const binOf = (prefix) => join(prefix, "node_modules", name, "bin");
  if (existsSync(join(binOf(folder), "node"))) return binOf(folder);
  console.error(`Fetching Node ${version}, once`);
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const args = ["install", "--prefix", partial, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    execFileSync("npm", [...args, `${name}@${version}`], { stdio: ["ignore", "ignore", "inherit"] });
    // Of two that fetch at the same time, the first one's is kept.
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return binOf(folder);
}

/** @returns {string} the folder of the `node` to use; it says on the error output what it fetches, or could not fetch */
function supportedNode() {
  const installed = dirname(process.execPath);
  if (Number.parseInt(process.versions.node, 10) >= OLDEST) return installed;
  try {
    return fetchNode(FETCHED);
  } catch {
    console.error(`Node ${FETCHED} could not be fetched: going on with ${process.versions.node}, which has no support`);
    return installed;
  }
}

module.exports = { fetchNode, supportedNode };
if (require.main === module) console.log(supportedNode());
