import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { digestOf } from "../live/infrastructure";

/*
 * What the code of the functions is made of. It knows nothing of Pulumi, whose SDK a rollback has no time to load.
 */

export const FOLDER = join(__dirname, "function");
/** TypeScript in the repository, JavaScript in the package. */
export const EXTENSION = extname(__filename);
/** The client of PostgreSQL. The AWS SDK is a part of Lambda's runtime. */
const PACKAGES = ["pg"];

/**
 * Returns what the function's code is made of, as a short digest: the files here, and the versions of its packages. It says
 * without a compiler whether another checkout has other code.
 */
export function functionCodeDigest(): string {
  const files = sources().map((name) => readFileSync(join(FOLDER, name), "utf8"));
  const manifests = [...packages().values()].map((folder) => readFileSync(join(folder, "package.json"), "utf8"));
  return digestOf([...files, ...manifests]);
}

/** Names of the source files. */
export function sources(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(EXTENSION));
}

/** Folders of the packages that the code needs, by name. */
export function packages(): Map<string, string> {
  return packageFolders(PACKAGES, __filename);
}

/** Folders of packages and of all that they depend on, by name. Packages that are only for other uses of them are left out. */
function packageFolders(
  names: readonly string[],
  from: string,
  found = new Map<string, string>(),
): Map<string, string> {
  for (const name of names) {
    if (found.has(name)) continue;
    const manifest = manifestOf(name, from);
    const { dependencies = {} } = JSON.parse(readFileSync(manifest, "utf8")) as {
      dependencies?: Record<string, string>;
    };
    // An archive of a folder that is a link would be empty.
    found.set(name, realpathSync(dirname(manifest)));
    packageFolders(Object.keys(dependencies), manifest, found);
  }
  return found;
}

/** The package's package.json, which not every package lets others import. */
function manifestOf(name: string, from: string): string {
  const folders = createRequire(from).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const file = join(folder, name, "package.json");
    try {
      readFileSync(file);
      return file;
    } catch {
      // The next folder above may have it.
    }
  }
  throw new Error(`the package ${name} is not installed: run npm ci`);
}
