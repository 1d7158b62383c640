import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { execa } from "execa";
import { UserError } from "../../components/core/user-error";
import { PACKAGE_NAME } from "../core/package-manifest";

/** What says which versions of its packages a project has. The first is the same under the name that a package publishes, and counts where both are. */
const LOCKS = ["npm-shrinkwrap.json", "package-lock.json"];
/** npm itself waits for five minutes for one answer of a registry (`fetch-timeout`). Without a limit one that hangs is never noticed. */
const INSTALL_LIMIT_MS = 10 * 60_000;
/** What a copy goes without, in any folder of it. */
const NOT_COPIED = new Set(["node_modules", ".git"]);

/** A copy of a project in a temporary folder, with another version of aoshingo. */
export class ScratchProject {
  /** The folder of the other version's package. */
  readonly package: string;

  private constructor(
    private readonly copy: string,
    /** The project's folder in the copy. */
    readonly directory: string,
    readonly version: string,
  ) {
    this.package = packageIn(directory);
  }

  /**
   * Copies all that npm looks at when it installs in the project, and installs the version in the copy. Of the project's folder alone, a
   * workspace's others would be asked of the registry by their names, which there are anybody's.
   * @param root the folder in which npm installs: see `npmRoot`
   * @param spec what npm installs
   * @throws UserError if there is no lock file, or npm cannot install it
   */
  static async of(project: string, root: string, spec: string): Promise<ScratchProject> {
    if (lockIn(root) === undefined)
      throw new UserError(
        `${root} has no package-lock.json: wanted one, so that a copy gets the packages that the project has; run \`npm install\` there, then try again`,
      );
    const copy = await mkdtemp(join(tmpdir(), "aoshingo-upgrade-"));
    try {
      const out = join(project, "out");
      await cp(root, copy, {
        recursive: true,
        filter: (path) => path !== out && (path === root || !NOT_COPIED.has(basename(path))),
      });
      const directory = join(copy, relative(root, project));
      await install(directory, spec);
      const { version } = JSON.parse(await readFile(join(packageIn(directory), "package.json"), "utf8"));
      return new ScratchProject(copy, directory, version as string);
    } catch (error) {
      await rm(copy, { recursive: true, force: true });
      throw error;
    }
  }

  async remove(): Promise<void> {
    await rm(this.copy, { recursive: true, force: true });
  }
}

/** Returns the path of the file that says which versions npm installs in a folder; undefined if it has none. */
export function lockIn(root: string): string | undefined {
  return LOCKS.map((lock) => join(root, lock)).find((path) => existsSync(path));
}

/**
 * Returns the folder in which npm installs a project's packages, and has their lock file: the project's, or the root's of the workspaces that
 * it is one of.
 * @throws UserError if npm does not say it
 */
export async function npmRoot(project: string): Promise<string> {
  const { failed, stdout, stderr, shortMessage } = await execa("npm", ["prefix"], {
    ...{ cwd: project, stdin: "ignore", reject: false },
  });
  if (failed) throw new UserError(`npm does not say where it installs: ${reasonOf(stderr) || shortMessage}`);
  return stdout.trim();
}

/**
 * Returns the folder of the package that a project has installed: its own `node_modules`, or those of a workspace's root.
 * @throws UserError if it has none
 */
export function packageIn(project: string): string {
  try {
    return dirname(createRequire(join(project, "package.json")).resolve(`${PACKAGE_NAME}/package.json`));
  } catch {
    throw new UserError(`${project} has no package ${PACKAGE_NAME}: run \`npm install\` there, then try again`);
  }
}

/**
 * Installs a version in a project.
 * @param spec what npm installs
 * @param limitMs milliseconds after which npm is ended
 * @throws UserError with npm's own reason, or that it did not end in time
 */
export async function install(project: string, spec: string, limitMs = INSTALL_LIMIT_MS): Promise<void> {
  const options = ["--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { failed, timedOut, stderr } = await execa("npm", ["install", ...options, spec], {
    ...{ cwd: project, stdin: "ignore", reject: false, timeout: limitMs },
  });
  if (!failed) return;
  const reason = timedOut ? `npm did not end within ${limitMs / 1000} s; try again` : reasonOf(stderr);
  throw new UserError(`${spec} could not be installed: ${reason}`, { exitCode: 1 });
}

/** The first of npm's lines that is a sentence: codes and system calls come before it. */
function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^npm (?:error|ERR!) ?/, "").trim());
  return lines.find((line) => line.includes(" ") && !/^(?:code|syscall|errno|path) /.test(line)) ?? stderr.trim();
}
