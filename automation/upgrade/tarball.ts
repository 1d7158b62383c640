import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { quote } from "shlex";
import { UserError } from "../../components/core/user-error";
import { manifestIn, PACKAGE_NAME } from "../core/package-manifest";

const FILE = "file:";

/**
 * Returns the path of the package's tarball that was asked for.
 * @param from the folder that the path is relative to
 * @throws UserError for anything else, so that nothing comes from a registry
 */
export function tarballWanted(wanted: string | undefined, from: string): string {
  // When the package is published: a version goes, too, and npm gets its name with it.
  if (wanted?.endsWith(".tgz")) return resolve(from, wanted);
  throw new UserError(
    `--to is ${wanted ?? "not given"}: wanted the path of a package's tarball, such as aoshingo-0.2.0.tgz; the name ${PACKAGE_NAME} is not published, and what a registry has under it is somebody else's`,
  );
}

/** Returns the path of the tarball that a project's package.json names; undefined if it names none. */
export function tarballIn(project: string): string | undefined {
  const { dependencies, devDependencies } = manifestIn(project);
  const wanted = { ...devDependencies, ...dependencies }[PACKAGE_NAME];
  return wanted?.startsWith(FILE) ? resolve(project, wanted.slice(FILE.length)) : undefined;
}

/**
 * Asserts that a project which has its tarball in its repository keeps it there: package.json and the lock file name the path, and `npm ci` of
 * another clone, such as in CI, finds nothing outside.
 * @param tarball the path of the new version's
 * @param repository its root, or the folder in which npm installs if the project is in no repository
 * @throws UserError that says where to copy it
 */
export function assertKeptInside(project: string, tarball: string, repository: string): void {
  const present = tarballIn(project);
  if (present === undefined || !isInside(repository, present) || isInside(repository, tarball)) return;
  const given = relative(project, tarball);
  const folder = relative(project, dirname(present));
  throw new UserError(
    `--to is ${given}, outside of ${repository}, where \`npm ci\` of another clone does not find it: \`cp ${quote(given)} ${quote(folder || ".")}\`, then --to ${join(folder, basename(tarball))}`,
  );
}

export interface FilesToCommit {
  /** What an upgrade has changed or brought, as paths from the project's folder. */
  added: string[];
  /** The tarball that nothing needs any more. */
  removed: string[];
  /** The new version's tarball, if another clone of the repository does not have it. */
  outside: string | null;
}

/**
 * Returns what belongs into the commit of an upgrade.
 * @param lock npm's lock file
 * @param before the tarball that package.json named before
 */
export function filesToCommit(upgrade: {
  project: string;
  lock: string;
  repository: string;
  tarball: string;
  before: string | undefined;
}): FilesToCommit {
  const { project, lock, repository, tarball, before } = upgrade;
  const isKept = isInside(repository, tarball);
  const isLeft = before !== undefined && before !== tarball && isInside(repository, before);
  const files = [join(project, "package.json"), lock, ...(isKept ? [tarball] : [])];
  const fromProject = (path: string) => relative(project, path);
  return {
    added: files.map(fromProject),
    removed: isLeft ? [fromProject(before)] : [],
    outside: isKept ? null : fromProject(tarball),
  };
}

/** Whether a path is in a folder or in one below it. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}
