import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { UserError } from "../../components/core/user-error";

const NAME = "aoshingo";
/** npm itself waits for five minutes for one answer of a registry (`fetch-timeout`). Without a limit one that hangs is never noticed. */
const INSTALL_LIMIT_MS = 10 * 60_000;
/** What a copy of a project goes without. */
const NOT_COPIED = new Set(["node_modules", "out", ".git"]);

/** A copy of a project in a temporary folder, with another version of aoshingo. */
export class ScratchProject {
  /** The folder of the other version's package. */
  readonly package: string;

  private constructor(
    readonly directory: string,
    readonly version: string,
  ) {
    this.package = packageIn(directory);
  }

  /**
   * Copies the project and installs the version in the copy.
   * @param spec what npm installs
   * @throws UserError if npm cannot install it
   */
  static async of(project: string, spec: string): Promise<ScratchProject> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-upgrade-"));
    try {
      await cp(project, directory, {
        recursive: true,
        filter: (path) => path === project || !NOT_COPIED.has(basename(path)),
      });
      await install(directory, spec);
      const { version } = JSON.parse(await readFile(join(packageIn(directory), "package.json"), "utf8"));
      return new ScratchProject(directory, version as string);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/**
 * Returns the folder of the package that a project has installed: its own `node_modules`, or those of a workspace's root.
 * @throws UserError if it has none
 */
export function packageIn(project: string): string {
  try {
    return dirname(createRequire(join(project, "package.json")).resolve(`${NAME}/package.json`));
  } catch {
    throw new UserError(`${project} has no package ${NAME}: run \`npm install\` there, then try again`);
  }
}

/**
 * Returns what npm installs for the path of a package's tarball.
 * @param from the folder that the path is relative to
 * @throws UserError for anything else, so that nothing comes from a registry
 */
export function packageSpec(wanted: string | undefined, from: string): string {
  if (wanted?.endsWith(".tgz")) return `file:${resolve(from, wanted)}`;
  // When the package is published: return `${NAME}@${wanted ?? "latest"}`;
  throw new UserError(
    `--to is ${wanted ?? "not given"}: wanted the path of a package's tarball, such as ../aoshingo-0.2.0.tgz; the name ${NAME} is not published, and what a registry has under it is somebody else's`,
  );
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
