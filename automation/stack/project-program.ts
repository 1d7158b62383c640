import { extname, join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import { isCompiled, TYPESCRIPT_LOADER } from "../core/package-directory";
import { projectSettings } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";

/**
 * Returns the project's Pulumi program: the function that `main` of Pulumi.yaml exports.
 * @throws UserError if it exports something else
 */
export function projectProgram(): PulumiFn {
  const { main = "index.ts" } = projectSettings();
  const path = join(PROJECT_DIRECTORY, main);
  // A project's program is TypeScript, too, where ours was compiled.
  if (isCompiled() && extname(path) === ".ts") require(TYPESCRIPT_LOADER);
  const exported = require(path) as PulumiFn | { default?: PulumiFn };
  const program = typeof exported === "function" ? exported : exported.default;
  if (typeof program !== "function")
    throw new UserError(`${main} exports no function: wanted the program, such as \`export = program\` of aoshingo`);
  return program;
}
