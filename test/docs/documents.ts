import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";

/** A page for people. */
export interface Document {
  /** Below the project's folder. */
  path: string;
  text: string;
}

export interface Fence {
  /** What stands behind the opening marks, such as `sh`; "" for nothing. */
  language: string;
  lines: string[];
}

/** README.md and all pages of docs. */
export function documents(): Document[] {
  const pages = filesBelow("docs", /\.md$/);
  return ["README.md", ...pages].map((path) => ({ path, text: read(path) }));
}

/** Paths below the project's folder of all files there whose name matches. */
export function filesBelow(folder: string, name: RegExp): string[] {
  return readdirSync(join(PROJECT_DIRECTORY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(PROJECT_DIRECTORY, join(entry.parentPath, entry.name)));
}

export function read(path: string): string {
  return readFileSync(join(PROJECT_DIRECTORY, path), "utf8");
}

/** The fenced blocks of a page, in their order; also those that are indented in a list. */
export function fencesOf(text: string): Fence[] {
  const fences: Fence[] = [];
  let open: Fence | null = null;
  for (const line of text.split("\n")) {
    const mark = /^\s*```(.*)$/.exec(line);
    if (!mark) open?.lines.push(line);
    else if (open) open = null;
    else {
      open = { language: mark[1]!.trim(), lines: [] };
      fences.push(open);
    }
  }
  return fences;
}
