import { extname, join } from "node:path";

/** The folder of our own code: the repository's, or the compiled one in the installed package. */
export const PACKAGE_DIRECTORY = join(__dirname, "../..");

/** What runs TypeScript: `node -r`. */
export const TYPESCRIPT_LOADER = join(PACKAGE_DIRECTORY, "automation/register.cjs");

/** Our modules are TypeScript in the repository, and JavaScript in the package. */
const EXTENSION = extname(__filename);

/** What Node gets before the path of one of our modules: in the repository, what runs TypeScript. */
export const NODE_ARGUMENTS: readonly string[] = isCompiled() ? [] : ["--require", TYPESCRIPT_LOADER];

/** Whether this code runs in the installed package. */
export function isCompiled(): boolean {
  return EXTENSION === ".js";
}

/** Returns the path of one of our modules, such as `rehearsal/traffic/main`. */
export function modulePath(module: string): string {
  return join(PACKAGE_DIRECTORY, module + EXTENSION);
}

/** Returns the arguments with which Node runs one of our modules. */
export function runModule(module: string, ...args: readonly string[]): string[] {
  return [...NODE_ARGUMENTS, modulePath(module), ...args];
}

/** The folder of the documents, which the package has beside the compiled code. */
export const DOCS_DIRECTORY = join(PACKAGE_DIRECTORY, EXTENSION === ".ts" ? "docs" : "../docs");
