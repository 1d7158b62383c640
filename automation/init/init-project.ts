import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { UserError } from "../../components/core/user-error";
import { CONFIG_NAMESPACE } from "../../components/settings/settings";
import { PACKAGE_DIRECTORY } from "../core/package-directory";
import { manifestIn } from "../core/package-manifest";
import { assertFolders, isThere, notWritten } from "../core/paths-there";
import { configOf, mappingOf } from "../core/project";
import { placeInRepository } from "../core/repository-root";
import { filesOf } from "../core/template-files";
import { defaultsLine } from "../core/workflow-in-folder";

/** What a new project is about. */
export interface ProjectAnswers {
  /** The project's name, which is a part of the names of its resources. */
  name: string;
  /** The domain, of which Route 53 has a public hosted zone. */
  domain: string;
  region: string;
  /** Name of the first service. */
  service: string;
}

export interface ProjectFile {
  /** Below the project's folder. A service's folder that has files already is one path. */
  path: string;
  /** What it is for, in a line. */
  purpose: string;
  /** False for one that was there already and stays as it is. */
  isNew: boolean;
}

/** The settings of a new project's stack. */
export const SETTINGS = "Pulumi.prod.yaml";
const KEY_PREFIX = `${CONFIG_NAMESPACE}:`;
/** Files that a project does not work with if they are another program's, and whether one that is there is aoshingo's. */
const IS_OURS: Record<string, (file: string) => boolean> = {
  "index.ts": (file) => /["']aoshingo(?:\/components)?["']/.test(textIfReadable(file)),
  "tsconfig.json": (file) => /["']aoshingo\/dist\/tsconfig\.json["']/.test(textIfReadable(file)),
  "Pulumi.yaml": runsIndexTs,
  // Asked where it has no key of aoshingo.
  [SETTINGS]: () => false,
};
const OWN_FOLDER = "wanted a folder of its own for the project; `mkdir deploy && cd deploy`, then try again";
/** In the order in which they are shown. */
const PURPOSES: Record<string, string> = {
  "package.json": "the packages that the project needs",
  "tsconfig.json": "how TypeScript is compiled",
  "Pulumi.yaml": "makes this folder a Pulumi project",
  [SETTINGS]: "the stack `prod`: its domain and its services",
  "index.ts": "the program: what aoshingo declares",
  ".gitignore": "what git leaves out",
  ".github/workflows/preview.yml": "what a pull request changes, as a comment",
  ".github/workflows/deploy.yml": "deploy and rollback on GitHub Actions",
  "services/hello/Dockerfile": "the image of the first service",
  "services/hello/main.ts": "its code",
};
/** The `test` of the service that `init` writes. A service that was there before gets none, because nobody knows what it answers to `/`. */
const TEST_OF_SAMPLE = `      # Runs before each cutover, against the new release.
      test: curl --fail --silent --show-error "$TEST_URL/"
`;

/** @throws UserError if the settings that are there cannot be read, or the folder has the program of something else */
export function assertMayBegin(directory: string): void {
  const config = configIn(directory) ?? {};
  if (!Object.keys(config).some((key) => key.startsWith(KEY_PREFIX))) assertNoOtherProgram(directory);
}

/**
 * Writes a new project's files; a file that is there already stays as it is, and so does a service's folder with its files: what is in it is one
 * program. A second call writes nothing.
 * @returns all files of a project
 * @throws UserError before anything is written if a file is in the place of a folder, or as `assertMayBegin` does
 */
export function initProject(directory: string, answers: ProjectAnswers): ProjectFile[] {
  assertMayBegin(directory);
  const templates = filesOf(join(PACKAGE_DIRECTORY, "templates/project"));
  const config = configIn(directory);
  const needsService =
    config === null || Object.hasOwn((config[`${KEY_PREFIX}services`] ?? {}) as object, answers.service);
  const folder = `services/${answers.service}`;
  const leavesService = needsService && hasFiles(join(directory, folder));
  const files: (ProjectFile & { template: string })[] = [];
  for (const [template, purpose] of Object.entries(PURPOSES)) {
    const path = template.replace("services/hello", folder);
    const isService = path.startsWith("services/");
    if (isService && !needsService) continue;
    assertFolders(directory, path);
    if (isService && leavesService) continue;
    const isNew = !isThere(join(directory, path)) && !isMoved(directory, path);
    files.push({ path, purpose, isNew, template });
  }
  for (const { path, isNew, template } of files) {
    if (!isNew) continue;
    const target = join(directory, path);
    const text = templates.get(template)! + (path === SETTINGS && !leavesService ? TEST_OF_SAMPLE : "");
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, filled(text, answers));
    } catch (error) {
      throw notWritten(path, error);
    }
  }
  const written = files.map(({ path, purpose, isNew }) => ({ path, purpose, isNew }));
  return leavesService ? [...written, { path: folder, purpose: "the first service", isNew: false }] : written;
}

/** Whether a workflow is at the root of the repository that the project is in a folder of, for this project. */
function isMoved(directory: string, path: string): boolean {
  const place = path.startsWith(".github/") ? placeInRepository(directory) : undefined;
  return place !== undefined && textIfReadable(join(place.root, path)).includes(defaultsLine(place.folder));
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).length > 0;
}

/**
 * @throws UserError if a file is there that Pulumi would take for the project's program, its settings or how to compile it, and is not; or if
 * the program would not compile
 */
function assertNoOtherProgram(directory: string): void {
  for (const [path, isOurs] of Object.entries(IS_OURS)) {
    const file = join(directory, path);
    if (!isThere(file) || isOurs(file)) continue;
    throw new UserError(`${path} is there and is not aoshingo's: ${OWN_FOLDER}`);
  }
  // Then Node takes the .js and .ts files beside it for ES modules.
  if (manifestIn(directory).type === "module")
    throw new UserError(`package.json has "type": "module", and the program is CommonJS: ${OWN_FOLDER}`);
}

/** Whether a Pulumi.yaml has index.ts as its program, in TypeScript. */
function runsIndexTs(file: string): boolean {
  const { runtime, main } = mappingOf(file);
  const { name } = (typeof runtime === "string" ? { name: runtime } : (runtime ?? {})) as { name?: unknown };
  return name === "nodejs" && typeof main === "string" && normalize(main) === "index.ts";
}

/** Empty for what is no file that can be read. */
function textIfReadable(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Returns the settings of the project, by key; null if there is no file of them. */
function configIn(directory: string): Record<string, unknown> | null {
  const file = join(directory, SETTINGS);
  return existsSync(file) ? configOf(file) : null;
}

function filled(text: string, { name, domain, region, service }: ProjectAnswers): string {
  const values: Record<string, string> = {
    __PROJECT__: name,
    __DOMAIN__: domain,
    __REGION__: region,
    __SERVICE__: service,
  };
  return text.replace(/__[A-Z]+__/g, (placeholder) => values[placeholder] ?? placeholder);
}
