import { existsSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { UserError } from "../../components/core/user-error";
import { stackProblems } from "../../components/security/stack-problems";
import { parseSettings } from "../../components/settings/settings";
import { manifestIn, PACKAGE_NAME, packagesOf } from "../core/package-manifest";
import { regionWanted } from "../core/region";
import { placeInRepository } from "../core/repository-root";
import { defaultsLine } from "../core/workflow-in-folder";
import { assertMayBegin, initProject, type ProjectAnswers, type ProjectFile, SETTINGS } from "../init/init-project";
import { table } from "../output/table";
import { hasTerminal } from "../output/terminal-prompt";

export interface InitOptions {
  name?: string;
  domain?: string;
  region?: string;
  service?: string;
  yes: boolean;
}

/** What Pulumi takes for a project's name. */
const PROJECT_NAME = /^[A-Za-z][\w.-]{0,99}$/;
const WORKFLOWS = ".github/workflows";
const EXAMPLES = { name: "shop", domain: "example.jp", region: "eu-west-1", service: "hello" } as const;

interface Question {
  key: keyof InitOptions & keyof ProjectAnswers;
  text: string;
  /** Undefined where only the person knows. */
  usual: string | undefined;
}

/** `aoshingo init`: in the working directory. */
export async function runInit(options: InitOptions): Promise<void> {
  const directory = process.cwd();
  assertMayBegin(directory);
  const answers = await answersOf(options, directory);
  assertValid(answers);
  const files = initProject(directory, answers);
  const width = Math.max(...files.map(({ path }) => path.length));
  for (const { path, purpose, isNew } of files)
    console.log(
      `  ${isNew ? "+" : "="} ${path.padEnd(width)}  ${isNew ? purpose : "is there already, and stays as it is"}`,
    );
  for (const line of ownCode(files, answers)) console.log(`\n${line}`);
  console.log(nextSteps(files, answers, directory));
}

/** Returns what there is to say if the block of settings is new, and the service's folder was there. */
function ownCode(files: readonly ProjectFile[], { service }: ProjectAnswers): string[] {
  const folder = `services/${service}`;
  const isOwn = files.some(({ path }) => path === folder);
  if (!isOwn || !files.some(({ path, isNew }) => path === SETTINGS && isNew)) return [];
  return [
    `${folder} has code of its own: nothing was put into it, and its block in ${SETTINGS} has no \`test\`. What a service has to do: node_modules/aoshingo/docs/own-service.md`,
  ];
}

async function answersOf(options: InitOptions, directory: string): Promise<ProjectAnswers> {
  const questions: Question[] = [
    { key: "name", text: "Name of the project", usual: nameOf(directory) },
    { key: "domain", text: "Domain, with a public hosted zone in Route 53", usual: undefined },
    {
      key: "region",
      text: "AWS region",
      usual: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1",
    },
    { key: "service", text: "Name of the first service", usual: "hello" },
  ];
  const mayAsk = !options.yes && hasTerminal();
  const lines = mayAsk ? createInterface({ input: process.stdin, output: process.stdout }) : null;
  try {
    const answers: Record<string, string> = {};
    for (const { key, text, usual } of questions) {
      let answer = options[key] ?? (mayAsk ? "" : usual);
      while (lines && !answer)
        answer = (await lines.question(`${text}${usual ? ` (${usual})` : ""}: `)).trim() || usual;
      if (!answer) throw new UserError(`the ${key} is not given: wanted --${key}, such as --${key} ${EXAMPLES[key]}`);
      answers[key] = answer;
    }
    return answers as unknown as ProjectAnswers;
  } catch (error) {
    // Ctrl-C, or the end of the input.
    if ((error as NodeJS.ErrnoException).code !== "ABORT_ERR") throw error;
    throw new UserError("\nstopped: nothing was written", { exitCode: 1 });
  } finally {
    lines?.close();
  }
}

/** The folder's name, in characters that AWS takes. */
function nameOf(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return name || "shop";
}

/** @throws UserError with one line for each answer that the program would refuse */
function assertValid({ name, domain, region, service }: ProjectAnswers): void {
  if (!PROJECT_NAME.test(name))
    throw new UserError(
      `name is "${name}": wanted a letter, then at most 99 letters, digits, ., _ and -, such as ${EXAMPLES.name}`,
    );
  const wanted = regionWanted(region);
  if (wanted !== undefined) throw new UserError(`region is "${region}": wanted ${wanted}`);
  const owner = { project: name, stack: "prod" };
  const settings = parseSettings({ domain, services: { [service]: { kind: "api" } } }, owner);
  const problems = stackProblems(owner, region, settings);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

function nextSteps(files: readonly ProjectFile[], { service }: ProjectAnswers, directory: string): string {
  if (files.every(({ isNew }) => !isNew)) return "\nEverything is there already: nothing was written.";
  const steps = [
    ...installSteps(directory),
    ["npx aoshingo rehearse", `deploys ${service} blue/green under load, on this machine`],
    ["npx aoshingo add NAME", "adds another service"],
    ["npx aoshingo doctor --stack prod", "what there is to do before the first `pulumi up` on AWS"],
  ];
  return ["\nNext", ...table(steps).map((line) => `  ${line}`), ...moveOfWorkflows(files, directory)].join("\n");
}

/** Returns what is to be done with new workflows where GitHub does not look for them. */
function moveOfWorkflows(files: readonly ProjectFile[], directory: string): string[] {
  const place = placeInRepository(directory);
  if (place === undefined || !files.some(({ path, isNew }) => isNew && path.startsWith(WORKFLOWS))) return [];
  const { root, folder } = place;
  const target = join(relative(directory, root), WORKFLOWS);
  return [
    `\nGitHub looks for workflows in the repository's root only, and this project is in its folder ${folder}:`,
    `  mkdir -p ${target} && mv -i ${WORKFLOWS}/*.yml ${target} && rmdir -p ${WORKFLOWS}`,
    "Then write",
    `  in both files, above \`jobs:\`       ${defaultsLine(folder)}`,
    `  in preview.yml, in \`hashFiles\`     ${folder}/preview.md`,
  ];
}

function installSteps(directory: string): [command: string, what: string][] {
  if (!packagesOf(manifestIn(directory)).includes(PACKAGE_NAME))
    return [
      ["npm install TARBALL", "this project needs aoshingo: the tarball that `npm pack` makes in its repository"],
    ];
  return existsSync(join(directory, "node_modules")) ? [] : [["npm install", "its packages"]];
}
