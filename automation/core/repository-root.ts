import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Returns the root of the Git repository that a folder is in: this one or the nearest above; undefined if there is none. */
export function repositoryRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    // A file in a worktree and in a submodule.
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Returns where a project is that is in a folder of a Git repository; undefined for one at a repository's root, and for one in none. */
export function placeInRepository(project: string): { root: string; folder: string } | undefined {
  const root = repositoryRoot(project);
  if (root === undefined || root === project) return undefined;
  return { root, folder: folderFrom(root, project) };
}

/** Returns the path of a folder from one above it, as workflows have it; empty if both are the same. */
export function folderFrom(root: string, folder: string): string {
  return relative(root, folder).replaceAll("\\", "/");
}
