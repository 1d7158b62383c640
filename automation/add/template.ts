import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../../components/settings/settings";
import { PACKAGE_DIRECTORY } from "../core/package-directory";

/** Stands for the service's name in templates. */
const PLACEHOLDER = /__NAME__/g;

/** Folders that exist in a template after somebody has run it. */
const SKIPPED = /^(?:node_modules|dist)$/;

/** Returns the files of a new service, by path below its folder. */
export function serviceFiles(service: string, kind: Kind): Map<string, string> {
  const folder = join(PACKAGE_DIRECTORY, "templates", kind);
  const files = pathsBelow(folder).map((path): [string, string] => [path, readFileSync(join(folder, path), "utf8")]);
  return new Map(files.map(([path, text]) => [nameInProject(path), text.replace(PLACEHOLDER, service)]));
}

/** npm packs no file that is called .gitignore. */
function nameInProject(path: string): string {
  return path === "gitignore" ? ".gitignore" : path;
}

/** Returns the block of settings for these files. */
export function serviceBlock(service: string, kind: Kind): Record<string, unknown> {
  if (kind === "job") return { kind, schedule: "rate(1 day)" };
  return {
    kind,
    ...(kind === "worker" && { queue: true }),
    size: 1,
    test: `node -r ts-node/register services/${service}/deploy-test/main.ts`,
  };
}

function pathsBelow(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.test(entry.name)) return [];
    const path = join(below, entry.name);
    return entry.isDirectory() ? pathsBelow(folder, path) : [path];
  });
}
