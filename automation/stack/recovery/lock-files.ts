import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { folderOf } from "./backend-url";
import type { Lock } from "./lock";

/** Content of a lock's file (pkg/backend/diy/lock.go). */
interface LockFile {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * Reads the locks of one stack in a self-managed backend, without the CLI, which has no command for it.
 * @returns null if there are none; undefined where they cannot be listed: there only the next operation of the CLI can
 * tell
 */
export async function readLocks(
  backendUrl: string,
  project: string,
  stack: string,
): Promise<Lock[] | null | undefined> {
  const folder = `.pulumi/locks/organization/${project}/${stack}/`;
  const texts = await textsIn(backendUrl, folder);
  if (texts === undefined) return undefined;
  // A lock that was given back after it was listed has no text.
  const locks = texts.flatMap((text) => (text ? [lockOf(JSON.parse(text) as LockFile)] : []));
  return locks.length === 0 ? null : locks;
}

async function textsIn(backendUrl: string, folder: string): Promise<(string | null)[] | undefined> {
  const local = folderOf(backendUrl);
  if (local !== null) return filesIn(join(local, folder));
  if (!backendUrl.startsWith("s3://")) return undefined;
  // The SDK takes a while to load, so only a backend in a bucket loads it.
  const { objectsIn } = require("./backend-bucket") as typeof import("./backend-bucket");
  return objectsIn(new URL(backendUrl), folder);
}

async function filesIn(folder: string): Promise<(string | null)[]> {
  const names = (await ifExists(readdir(folder))) ?? [];
  const files = names.filter((name) => name.endsWith(".json"));
  return Promise.all(files.map((name) => ifExists(readFile(join(folder, name), "utf8"))));
}

async function ifExists<Value>(value: Promise<Value>): Promise<Value | null> {
  return value.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

function lockOf({ pid, username, hostname, timestamp }: LockFile): Lock {
  return { user: username, host: hostname, pid, sinceMs: Date.parse(timestamp) };
}
