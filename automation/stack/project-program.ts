import { realpathSync } from "node:fs";
import { extname, isAbsolute, join, relative, sep } from "node:path";
import { isModuleNamespaceObject } from "node:util/types";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { presentableError } from "../../components/core/presentable-error";
import { UserError } from "../../components/core/user-error";
import type { ProgramOutputs } from "../../components/live/outputs";
import { isCompiled, PACKAGE_DIRECTORY, TYPESCRIPT_LOADER } from "../core/package-directory";
import { projectSettings } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";

/** The outputs that each aoshingo program has. */
const OUTPUTS: readonly (keyof ProgramOutputs)[] = ["live", "services", "state"];

/**
 * Returns the project's Pulumi program, which is what `main` of Pulumi.yaml exports. Each run loads the project's files anew, because a
 * file may declare resources when it is loaded, and a deploy runs the program several times in one process: a resource that only the first
 * run declared would be deleted by the second one.
 */
export function projectProgram(): PulumiFn {
  return async () => {
    try {
      return await run(programFile());
    } catch (error) {
      // The engine prints what is wrong with the main file as it is, without a stack trace.
      throw presentableError(error);
    }
  };
}

async function run(file: string): Promise<Record<string, unknown>> {
  forgetProjectModules(file);
  const exported = exportOf(file);
  const outputs: unknown = await (typeof exported === "function" ? exported() : exported);
  assertOurs(outputs, file);
  return outputs;
}

/** @throws UserError for the outputs of another program: a deploy would find nothing of what it reads */
function assertOurs(outputs: unknown, file: string): asserts outputs is Record<string, unknown> {
  if (typeof outputs === "object" && outputs !== null && OUTPUTS.every((name) => name in outputs)) return;
  throw new UserError(
    `${file} is no aoshingo program: wanted \`export = program(...)\` there, or another path in \`main\` of Pulumi.yaml`,
  );
}

/** What the CLI takes for the program: of an ECMAScript module its default export, of any other file all that it exports. */
function exportOf(file: string): unknown {
  const exported = require(file) as { default?: unknown };
  if (isModuleNamespaceObject(exported)) return exported.default ?? exported;
  if (typeof exported.default !== "function") return exported;
  throw new UserError(
    `${file} has a default export, which the Pulumi CLI does not call: wanted \`export = program(...)\` there`,
  );
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

/**
 * Forgets the project's modules wherever they are: beside its folder, or in a package of the same workspace, whose real path is outside of
 * `node_modules`. The modules of packages and of our own code stay: they keep nothing from one run to the next.
 */
function forgetProjectModules(file: string): void {
  const [project, ours] = [PROJECT_DIRECTORY, PACKAGE_DIRECTORY].map((folder) => realpathSync(folder)) as [
    string,
    string,
  ];
  // A project that is a folder of our own repository, such as an example.
  const isWithinOurs = project !== ours && isBelow(ours, project);
  for (const path of Object.keys(require.cache)) {
    const isOurs = isBelow(ours, path) && !(isWithinOurs && isBelow(project, path));
    const isOfPackage = path.split(sep).includes("node_modules");
    if (path === file || !(isOurs || isOfPackage)) delete require.cache[path];
  }
}

function isBelow(folder: string, path: string): boolean {
  const inFolder = relative(folder, path);
  return inFolder.split(sep)[0] !== ".." && !isAbsolute(inFolder);
}
