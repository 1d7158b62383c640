import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { type Document, parseDocument } from "yaml";
import { UserError } from "../../components/core/user-error";
import { stackProblems } from "../../components/security/stack-problems";
import { configProblems } from "../../components/settings/config-problems";
import { parseSettings, type Settings, settingsOf } from "../../components/settings/settings";
import { PROJECT_DIRECTORY } from "./project-directory";
import { regionWanted } from "./region";
import { stackNamesIn } from "./stack-files";
import { yamlProblem } from "./yaml-problem";
import { readOtherwise } from "./yaml-versions";

/** The provider's setting for a region that is newer than its list. */
const NEWER_REGION = "aws:skipRegionValidation";

export interface StackSettings {
  settings: Settings;
  region: string;
  /** Path of the file that they were read from. */
  file: string;
}

/**
 * Reads a stack's settings and region, from `Pulumi.<stack>.yaml` or the given file.
 * @throws UserError outside of a project, if there is no such file, or with one line for each problem in it, or in the names of project and stack
 */
export function readStackSettings(stack: string, configFile?: string): StackSettings {
  assertProject();
  if (configFile !== undefined && !existsSync(configFile))
    throw new UserError(`settings file ${configFile} does not exist: give the path of one`);
  const file = configFile ?? settingsFile(stack);
  const config = configOf(file);
  const region = config["aws:region"];
  if (region === undefined)
    throw new UserError(
      `aws:region is missing in ${basename(file)}: wanted a region below config:, such as ap-northeast-1`,
    );
  const mayBeNewer = String(config[NEWER_REGION]) === "true";
  const wanted = regionWanted(region, mayBeNewer);
  if (typeof region !== "string" || wanted !== undefined) {
    const newer = regionWanted(region, true) === undefined ? `; set ${NEWER_REGION}: "true" if AWS has a new one` : "";
    throw new UserError(`aws:region is ${JSON.stringify(region)} in ${basename(file)}: wanted ${wanted}${newer}`);
  }
  const owner = { project: projectSettings().name, stack };
  const settings = parseSettings(settingsOf(config), owner);
  const problems = [...configProblems(config), ...stackProblems(owner, region, settings)];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return { settings, region, file };
}

/**
 * Returns the names of the stacks that have settings in the project.
 * @throws UserError outside of a project
 */
export function stackNames(): string[] {
  assertProject();
  return stackNamesIn(PROJECT_DIRECTORY);
}

/**
 * Returns the path of a stack's settings.
 * @throws UserError outside of a project, or if there is no such file
 */
export function settingsFile(stack: string): string {
  const names = stackNames();
  if (names.includes(stack)) return join(PROJECT_DIRECTORY, `Pulumi.${stack}.yaml`);
  throw new UserError(
    `unknown stack "${stack}": there is no Pulumi.${stack}.yaml; known are ${names.join(", ") || "none"}`,
  );
}

/** Whether there is a Pulumi.yaml here or above. */
export function isProject(): boolean {
  return existsSync(join(PROJECT_DIRECTORY, "Pulumi.yaml"));
}

function assertProject(): void {
  if (isProject()) return;
  throw new UserError(
    `there is no Pulumi.yaml in ${PROJECT_DIRECTORY} or above: go to a project's folder, or begin one with \`npx aoshingo init\``,
  );
}

/**
 * Reads Pulumi.yaml.
 * @throws UserError outside of a project, and if the file names no project
 */
export function projectSettings(): ProjectSettings {
  assertProject();
  const file = join(PROJECT_DIRECTORY, "Pulumi.yaml");
  const project = mappingOf(file);
  if (typeof project.name !== "string" || project.name === "")
    throw new UserError(`${file}: name is ${JSON.stringify(project.name)}: wanted the project's name, such as shop`);
  return project as unknown as ProjectSettings;
}

/**
 * Reads Pulumi.yaml for a program that runs inline. Its `main` is no file that the CLI would run, but the folder from which the engine
 * takes relative paths of files and archives.
 */
export function inlineProjectSettings(): ProjectSettings {
  return { ...projectSettings(), main: PROJECT_DIRECTORY };
}

/**
 * Returns what a stack's settings file has below config:, by key.
 * @throws UserError if the file cannot be read, is not what Pulumi's CLI takes, or has something else than keys there
 */
export function configOf(file: string): Record<string, unknown> {
  return configIn(basename(file), textOf(file));
}

/**
 * Returns what the text of a stack's settings file has below config:, by key.
 * @throws UserError if it is not what Pulumi's CLI takes, or has something else than keys there
 */
export function configIn(name: string, text: string): Record<string, unknown> {
  const { config = {} } = mappingIn(name, text);
  if (config === null) return {};
  if (!isMapping(config)) throw new UserError(`${name}: config is ${typeof config}: wanted keys with values`);
  return config;
}

/**
 * Returns what a file in YAML has at the top, by key.
 * @throws UserError if it cannot be read, is no mapping in YAML, or has what Pulumi's CLI reads as something else
 */
export function mappingOf(file: string): Record<string, unknown> {
  return mappingIn(basename(file), textOf(file));
}

/** @throws UserError if the file cannot be read */
export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${basename(file)} cannot be read (${code}): wanted a file with settings`);
  }
}

/** @throws UserError if the text is no mapping in YAML, or has what Pulumi's CLI reads as something else */
function mappingIn(name: string, text: string): Record<string, unknown> {
  const document = parseDocument(text);
  const problem = yamlProblem(name, text, document);
  if (problem !== undefined) throw new UserError(problem);
  const ambiguous = readOtherwise(document);
  if (ambiguous.length > 0) throw new UserError(ambiguous.map((line) => `${name}: ${line}`).join("\n"));
  const content = contentOf(document, name);
  if (!isMapping(content)) throw new UserError(`${name} has no keys with values: wanted a mapping in YAML`);
  if (refersToItself(content)) throw new UserError(`${name} refers to itself by an alias (*): write the value out`);
  return content;
}

/** @throws UserError for aliases that stand for nothing, or for too much */
function contentOf(document: Document.Parsed, name: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new UserError(`${name} is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refersToItself(content: object): boolean {
  try {
    JSON.stringify(content);
    return false;
  } catch {
    return true;
  }
}
