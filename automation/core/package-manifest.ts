import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Our name at npm. */
export const PACKAGE_NAME = "aoshingo";

/** What is used of a package.json. */
export interface PackageManifest {
  type?: unknown;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Returns the package.json of a folder. It is empty for one that is not there or cannot be read: npm says what is wrong with it. */
export function manifestIn(directory: string): PackageManifest {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) ?? {};
  } catch {
    return {};
  }
}

/** Returns the names of the packages that a manifest asks for. */
export function packagesOf({ dependencies, devDependencies }: PackageManifest): string[] {
  return Object.keys({ ...dependencies, ...devDependencies });
}
