import { createHash, type Hash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Folders of tools, which are never part of a service. */
const NEVER = new Set(["node_modules", ".git", ".venv", "__pycache__", "coverage"]);

export interface ServiceFile {
  /** Path below the service's folder. */
  path: string;
  /** The content of the file, or the target of a link. */
  content: Buffer;
  kind: "file" | "program" | "link";
}

/**
 * Reads the files of a service's folder and its sub-folders, in the order of their paths, without what `.dockerignore`
 * excludes by plain paths. Its patterns are ignored: a file too many does no harm.
 */
export async function readServiceFiles(folder: string): Promise<ServiceFile[]> {
  const ignored = await readIgnored(folder);
  const paths = await pathsBelow(folder, "", ignored);
  return Promise.all(paths.sort().map((path) => readServiceFile(folder, path)));
}

export async function writeServiceFiles(directory: string, files: readonly ServiceFile[]): Promise<void> {
  for (const { path, content, kind } of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    if (kind === "link") await symlink(content.toString(), target);
    else await writeFile(target, content, { mode: kind === "program" ? 0o755 : 0o644 });
  }
}

/** A hash of all paths, kinds and contents. */
export function hashOf(files: readonly ServiceFile[]): Hash {
  const hash = createHash("sha256");
  for (const { path, kind, content } of files)
    hash.update(JSON.stringify([path, kind, content.length])).update(content);
  return hash;
}

async function readIgnored(folder: string): Promise<Set<string>> {
  const path = join(folder, ".dockerignore");
  const lines = existsSync(path) ? (await readFile(path, "utf8")).split("\n") : [];
  const plain = lines.map((line) => line.trim().replace(/^\/|\/$/g, "")).filter((line) => /^[^#!*?[\]]+$/.test(line));
  return new Set(plain);
}

async function pathsBelow(folder: string, below: string, ignored: Set<string>): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const paths = entries
    .filter(({ name }) => !NEVER.has(name) && !ignored.has(join(below, name)))
    .map((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? pathsBelow(folder, path, ignored) : [path];
    });
  return (await Promise.all(paths)).flat();
}

async function readServiceFile(folder: string, path: string): Promise<ServiceFile> {
  const source = join(folder, path);
  const stats = await lstat(source);
  if (stats.isSymbolicLink()) return { path, kind: "link", content: Buffer.from(await readlink(source)) };
  return { path, kind: stats.mode & 0o100 ? "program" : "file", content: await readFile(source) };
}
