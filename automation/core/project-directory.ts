import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The project's folder: the one with Pulumi.yaml, this or the nearest above; this one if there is none. */
export const PROJECT_DIRECTORY = findProject(process.cwd());

function findProject(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) return start;
  }
}
