import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../automation/core/cache-folder";
import type { Architecture } from "./architecture";

/**
 * Outside the project: in a folder below it, Node would find each package of the project, whether the service declares
 * it or not.
 */
export const IMAGES = join(cacheFolder(), "images");

/** What runs of an image on this machine. */
export interface Runnable {
  command: string[];
  directory: string;
  /** That of the command. */
  workingDirectory: string;
  architecture: Architecture;
  /** The paths that the image names as VOLUME. Default: none. */
  volumes?: string[];
}

/** Makes a folder under another name first, so that a folder with the right name is always complete. */
export async function makeOnce(directory: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(directory)) return;
  await mkdir(IMAGES, { recursive: true });
  const unfinished = await mkdtemp(`${directory}.`);
  try {
    await make(unfinished);
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(directory)) throw error;
  }
}
