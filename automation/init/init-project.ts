import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../components/core/user-error";
import { PACKAGE_DIRECTORY } from "../core/package-directory";
import { filesOf } from "../core/template-files";

/** What a new project is about. */
export interface ProjectAnswers {
  /** The project's name, which is a part of the names of its resources. */
  name: string;
  /** The domain, of which Route 53 has a public hosted zone. */
  domain: string;
  region: string;
  /** Name of the first service. */
  service: string;
  /** The version of aoshingo that package.json asks for. */
  version: string;
}

export interface ProjectFile {
  /** Below the project's folder. */
  path: string;
  /** What it is for, in a line. */
  purpose: string;
  /** False for one that was there already and stays as it is. */
  isNew: boolean;
}

const SETTINGS = "Pulumi.prod.yaml";
/** In the order in which they are shown. */
const PURPOSES: Record<string, string> = {
  "package.json": "which version of aoshingo",
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

/**
 * Writes a new project's files; a file that is there already stays as it is. A second call writes nothing.
 * @returns all files of a project
 * @throws UserError before anything is written if a file is in the place of a folder, or the settings that are there cannot be read
 */
export function initProject(directory: string, answers: ProjectAnswers): ProjectFile[] {
  const templates = filesOf(join(PACKAGE_DIRECTORY, "templates/project"));
  const needsService = !existsSync(join(directory, SETTINGS)) || hasService(directory, answers.service);
  const files: (ProjectFile & { template: string })[] = [];
  for (const [template, purpose] of Object.entries(PURPOSES)) {
    const path = template.replace("services/hello", `services/${answers.service}`);
    if (path.startsWith("services/") && !needsService) continue;
    assertFolders(directory, path);
    // A link that leads nowhere is there, too.
    const isNew = lstatSync(join(directory, path), { throwIfNoEntry: false }) === undefined;
    files.push({ path, purpose, isNew, template });
  }
  for (const { path, isNew, template } of files) {
    if (!isNew) continue;
    const target = join(directory, path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, filled(templates.get(template)!, answers));
    } catch (error) {
      throw new UserError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`, { exitCode: 1 });
    }
  }
  return files.map(({ path, purpose, isNew }) => ({ path, purpose, isNew }));
}

/** @throws UserError if something on the way to the file is no folder */
function assertFolders(directory: string, path: string): void {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder))
    if (existsSync(join(directory, folder)) && !statSync(join(directory, folder)).isDirectory())
      throw new UserError(`${folder} is a file: wanted a folder for ${path}; move it away, then try again`);
}

/** Whether the project's settings have a service of this name. */
function hasService(directory: string, service: string): boolean {
  let content: { config?: { "aoshingo:services"?: object } } | null;
  try {
    content = parse(readFileSync(join(directory, SETTINGS), "utf8")) as typeof content;
  } catch (error) {
    throw new UserError(`${SETTINGS} cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
  return Object.hasOwn(content?.config?.["aoshingo:services"] ?? {}, service);
}

function filled(text: string, { name, domain, region, service, version }: ProjectAnswers): string {
  const values: Record<string, string> = {
    __PROJECT__: name,
    __DOMAIN__: domain,
    __REGION__: region,
    __SERVICE__: service,
    __VERSION__: version,
  };
  return text.replace(/__[A-Z]+__/g, (placeholder) => values[placeholder] ?? placeholder);
}
