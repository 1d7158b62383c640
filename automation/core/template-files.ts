import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders that exist in a template after somebody has run it. */
const SKIPPED = /^(?:node_modules|dist)$/;

/** Returns the text of each file below a template's folder, by the path that it has in a project. */
export function filesOf(folder: string): Map<string, string> {
  return new Map(pathsBelow(folder).map((path) => [nameInProject(path), readFileSync(join(folder, path), "utf8")]));
}

/** npm packs no file that is called .gitignore. */
function nameInProject(path: string): string {
  return path === "gitignore" ? ".gitignore" : path.replaceAll("\\", "/");
}

function pathsBelow(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.test(entry.name)) return [];
    const path = join(below, entry.name);
    return entry.isDirectory() ? pathsBelow(folder, path) : [path];
  });
}
