import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIRECTORY } from "../automation/core/project-directory";

/** Gives a folder the project's packages, but a cache of its own: what is compiled for it goes with it. */
export function linkPackages(directory: string): void {
  const packages = join(PROJECT_DIRECTORY, "node_modules");
  mkdirSync(join(directory, "node_modules"));
  for (const name of readdirSync(packages)) {
    if (name !== ".cache") symlinkSync(join(packages, name), join(directory, "node_modules", name));
  }
}
