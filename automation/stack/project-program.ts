import { realpathSync } from "node:fs";
import { extname, isAbsolute, join, relative, sep } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import { isCompiled, PACKAGE_DIRECTORY, TYPESCRIPT_LOADER } from "../core/package-directory";
import { projectSettings } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";

/**
 * Returns the project's Pulumi program, which is what `main` of Pulumi.yaml exports. Each run loads the project's files anew, because a
 * file may declare resources when it is loaded, and a deploy runs the program several times in one process: a resource that only the first
 * run declared would be deleted by the second one.
 */
export function projectProgram(): PulumiFn {
  return async () => {
    const file = programFile();
    forgetProjectModules(file);
    const exported = require(file) as { default?: unknown };
    const program = typeof exported.default === "function" ? exported.default : exported;
    const outputs: unknown = await (typeof program === "function" ? program() : program);
    return outputs as Record<string, unknown>;
  };
}

/** The file that `main` of Pulumi.yaml names, or else package.json, as the CLI looks for it. */
function programFile(): string {
  const { main = "." } = projectSettings();
  const path = isAbsolute(main) ? main : join(PROJECT_DIRECTORY, main);
  // A project's program is TypeScript, too, where ours was compiled.
  if (isCompiled() && extname(path) !== ".js") require(TYPESCRIPT_LOADER);
  try {
    return require.resolve(path);
  } catch {
    throw new UserError(
      `there is no program at ${path}: wanted a file such as index.ts there, or another path in \`main\` of Pulumi.yaml`,
    );
  }
}

/** The modules of packages and of our own code stay: they keep nothing from one run to the next. */
function forgetProjectModules(file: string): void {
  const project = realpathSync(PROJECT_DIRECTORY);
  const isOurs = project === realpathSync(PACKAGE_DIRECTORY);
  for (const path of Object.keys(require.cache)) {
    const inProject = relative(project, path);
    const isOfProject =
      !inProject.startsWith("..") && !isAbsolute(inProject) && !inProject.split(sep).includes("node_modules");
    if (path === file || (isOfProject && !isOurs)) delete require.cache[path];
  }
}
