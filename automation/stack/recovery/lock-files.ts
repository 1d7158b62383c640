import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { folderOf } from "./backend-url";
import type { Lock } from "./lock";
import { readObjects } from "./s3-objects";

/** The file's content (pkg/backend/diy/lock.go). */
interface LockFile {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * The locks of one stack in a self-managed backend, without the CLI, which has no command that tells them.
 * @returns null if there are none; undefined where they cannot be listed: then the next operation of the CLI says so
 */
export async function readLocks(
  backendUrl: string,
  project: string,
  stack: string,
): Promise<Lock[] | null | undefined> {
  const folder = `.pulumi/locks/organization/${project}/${stack}/`;
  const files = await textsIn(backendUrl, folder);
  if (files === undefined) return undefined;
  const locks = files.map((text) => lockOf(JSON.parse(text) as LockFile));
  return locks.length === 0 ? null : locks;
}

async function textsIn(backendUrl: string, folder: string): Promise<string[] | undefined> {
  const local = folderOf(backendUrl);
  if (local !== null) return filesIn(join(local, folder));
  if (backendUrl.startsWith("s3://")) return readObjects(new URL(backendUrl), folder);
  return undefined;
}

async function filesIn(folder: string): Promise<string[]> {
  const names = (await orNone(readdir(folder), [])).filter((name) => name.endsWith(".json"));
  // One that is gone was given back in between.
  const texts = await Promise.all(names.map((name) => orNone(readFile(join(folder, name), "utf8"), "")));
  return texts.filter((text) => text !== "");
}

async function orNone<Value>(value: Promise<Value>, none: Value): Promise<Value> {
  return value.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return none;
    throw error;
  });
}

function lockOf({ pid, username, hostname, timestamp }: LockFile): Lock {
  return { user: username, host: hostname, pid, sinceMs: Date.parse(timestamp) };
}
