import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIRECTORY } from "../core/project-directory";

/** What templates say where the service's name belongs. */
const PLACEHOLDER = /__NAME__/g;

export type Kind = "api" | "worker";
export const KINDS: readonly Kind[] = ["api", "worker"];

/** Not `node_modules` and `dist`, which are there when somebody has tried a template. */
const SKIPPED = /^(?:node_modules|dist)$/;

/** The files of a new service by their paths below its folder. */
export function serviceFiles(service: string, kind: Kind): Map<string, string> {
  const folder = join(PROJECT_DIRECTORY, "templates", kind);
  const files = pathsBelow(folder).map((path): [string, string] => [path, readFileSync(join(folder, path), "utf8")]);
  return new Map(files.map(([path, text]) => [path, text.replace(PLACEHOLDER, service)]));
}

/** The block of settings that goes with the files. */
export function serviceBlock(service: string, kind: Kind): Record<string, unknown> {
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
