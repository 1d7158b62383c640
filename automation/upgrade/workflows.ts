import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { folderFrom } from "../core/repository-root";
import { inFolder, outOfFolder } from "../core/workflow-in-folder";

/** A file that `init` wrote and that a newer version would write differently. */
export interface TemplateChange {
  /** From the project's folder. */
  path: string;
  /** The new version's, once it is installed: in a workspace that is in the root's `node_modules`. From the project's folder. */
  template: string;
  /** One that the project has changed stays as it is; one that is not there is not written. */
  state: "ours" | "changed" | "missing";
  /** What it becomes. */
  text: string;
}

/** These files of a project are the same whatever `init` was told, so two versions of them can be compared. */
const FILES = [".github/workflows/preview.yml", ".github/workflows/deploy.yml"];
/** Its templates, in the folder of an installed package. */
const TEMPLATES = "dist/templates/project";

/**
 * Compares the workflows of two versions, and the project's with those of the old one, whatever their line ends. A project in a folder of a
 * repository has them at the repository's root, where GitHub looks.
 * @param old folder of the package of the old version, in which the project gets the new one
 * @param next folder of the package of the new one
 * @param repository its root, or that of the project's packages
 */
export function templateChanges(directory: string, old: string, next: string, repository: string): TemplateChange[] {
  return FILES.flatMap((file): TemplateChange[] => {
    const [before, after] = [old, next].map((folder) => textOf(join(folder, TEMPLATES, file)));
    if (after === undefined || after === before) return [];
    // Where it was copied instead of moved, it is in both.
    const places = [...new Set([directory, repository])].filter((place) => isFile(join(place, file)));
    const template = relative(directory, join(old, TEMPLATES, file));
    if (places.length === 0) return [{ path: file, template, state: "missing", text: after }];
    return places.flatMap((place): TemplateChange[] => {
      const folder = folderFrom(place, directory);
      const own = readFileSync(join(place, file), "utf8");
      const plain = outOfFolder(withLf(own), folder);
      if (plain === after) return [];
      const text = inFolder(after, folder);
      return [
        {
          path: join(relative(directory, place), file),
          template,
          state: plain === before ? "ours" : "changed",
          text: own.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text,
        },
      ];
    });
  });
}

/** Writes those that the project has not changed. */
export function applyTemplates(directory: string, changes: readonly TemplateChange[]): void {
  for (const { path, state, text } of changes) if (state === "ours") writeFileSync(join(directory, path), text);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Returns a template's text; undefined if the version has none of that name. */
function textOf(file: string): string | undefined {
  return existsSync(file) ? withLf(readFileSync(file, "utf8")) : undefined;
}

/** Git writes CRLF into a work tree where `core.autocrlf` says so, as its installer for Windows does. */
function withLf(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
