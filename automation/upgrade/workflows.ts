import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file that `init` wrote and that a newer version would write differently. */
export interface TemplateChange {
  /** Below the project's folder. */
  path: string;
  /** False for one that the project has changed, or deleted: it stays as it is. */
  isOurs: boolean;
  /** The new version's text. */
  text: string;
}

/** These files of a project are the same whatever `init` was told, so two versions of them can be compared. */
const FILES = [".github/workflows/preview.yml", ".github/workflows/deploy.yml"];
/** Its templates, in the folder of an installed package. */
const TEMPLATES = "dist/templates/project";

/**
 * Compares the workflows of two versions, and the project's with those of the old one.
 * @param old folder of the package of the old version
 * @param next folder of the package of the new one
 */
export function templateChanges(directory: string, old: string, next: string): TemplateChange[] {
  return FILES.flatMap((path) => {
    const [before, after] = [textOf(join(old, TEMPLATES, path)), textOf(join(next, TEMPLATES, path))];
    const own = textOf(join(directory, path));
    if (after === undefined || after === before || own === after) return [];
    return [{ path, isOurs: own === before, text: after }];
  });
}

/** Writes those that the project has not changed. */
export function applyTemplates(directory: string, changes: readonly TemplateChange[]): void {
  for (const { path, isOurs, text } of changes) if (isOurs) writeFileSync(join(directory, path), text);
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
