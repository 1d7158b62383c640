import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isCompiled, PACKAGE_DIRECTORY } from "./package-directory";

/** Returns the version of aoshingo that runs. */
export function ownVersion(): string {
  const file = join(PACKAGE_DIRECTORY, isCompiled() ? "../package.json" : "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
