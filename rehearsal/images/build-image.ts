import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { compile } from "./compile";
import { type RunInstructions, readRunInstructions } from "./run-instructions";
import { hashOf, readServiceFiles, type ServiceFile, writeServiceFiles } from "./service-files";

const IMAGES = join(PROJECT_DIRECTORY, "out", "images");

/** The number of lines that are shown of a failed build. */
const TAIL_LINES = 10;

/** What the rehearsal's registry keeps instead of layers: how to run the image on this machine. */
export interface ImageManifest {
  schemaVersion: 2;
  config: { Cmd: string[]; WorkingDir: string; Env: string[] };
}

/** The folder of a service of this project. */
export function serviceFolder(service: string): string {
  return join(PROJECT_DIRECTORY, "services", service);
}

/**
 * Builds an image, as `docker build` does for production: it copies the service's folder to a new folder for each
 * state of its files, so that what a release runs never changes. `rehearsal.yaml` tells how the service is built and
 * run. Without one, `main.ts` is compiled and run by Node, with the packages of the service's own `node_modules` or of
 * the project's.
 * @param folder the service's folder
 * @param environment `KEY=value`, baked into the image, such as `FAULT=unhealthy` for a bad release
 * @throws UserError if the folder does not tell what to run, or cannot be built
 */
export async function buildImage(folder: string, environment: readonly string[]): Promise<ImageManifest> {
  const instructions = await readRunInstructions(folder);
  const name = relative(PROJECT_DIRECTORY, folder);
  if (!instructions && !existsSync(join(folder, "main.ts")))
    throw new UserError(
      `there is no ${name}/main.ts to make an image of, and no ${name}/rehearsal.yaml that says how it is run`,
    );
  const { command, directory } = instructions?.docker
    ? await dockerImage(folder, instructions)
    : await processImage(folder, instructions);
  return { schemaVersion: 2, config: { Cmd: command, WorkingDir: directory, Env: [...environment] } };
}

interface Runnable {
  command: string[];
  /** The working directory of the command. */
  directory: string;
}

async function processImage(folder: string, instructions: RunInstructions | undefined): Promise<Runnable> {
  const source = await readServiceFiles(folder);
  const name = relative(PROJECT_DIRECTORY, folder);
  if (!instructions) await checkPackages(folder);
  const hasPackages = existsSync(join(folder, "node_modules"));
  const files = instructions ? source : compile(source, name);
  const digest = hashOf(files).update(String(hasPackages));
  const image = join(IMAGES, `${basename(folder)}-${digest.digest("hex").slice(0, 12)}`);
  await makeOnce(image, async (unfinished) => {
    await writeServiceFiles(unfinished, files);
    if (hasPackages) await symlink(join(folder, "node_modules"), join(unfinished, "node_modules"));
    if (instructions?.build)
      await build(instructions.build, join(unfinished, instructions.workingDirectory ?? "."), name);
  });
  if (!instructions) return { command: [process.execPath, join(image, "main.js")], directory: image };
  return { command: instructions.command!, directory: join(image, instructions.workingDirectory ?? ".") };
}

/** Runs a Docker image, by its id, so that later changes of the tag do not matter. */
async function dockerImage(folder: string, instructions: RunInstructions): Promise<Runnable> {
  const { docker = "", command = [], workingDirectory } = instructions;
  const name = relative(PROJECT_DIRECTORY, folder);
  const inspection = await execa("docker", ["image", "inspect", "--format", "{{.Id}}", docker], { reject: false });
  if (inspection.failed) {
    const why = firstLine(inspection.stderr || inspection.shortMessage || "");
    throw new UserError(`${name}/rehearsal.yaml: Docker has no image ${docker}: build or pull it first (${why})`);
  }
  const path = "docker-run.ts";
  const launcher: ServiceFile = { path, kind: "file", content: await readFile(join(__dirname, path)) };
  const files = compile([launcher], relative(PROJECT_DIRECTORY, __dirname));
  const directory = join(IMAGES, `docker-${hashOf(files).digest("hex").slice(0, 12)}`);
  await makeOnce(directory, (unfinished) => writeServiceFiles(unfinished, files));
  const place = workingDirectory === undefined ? [] : ["--workdir", workingDirectory];
  return {
    command: [process.execPath, join(directory, "docker-run.js"), ...place, inspection.stdout.trim(), ...command],
    directory,
  };
}

/** Makes a folder under another name first, so that a folder with the right name is always complete. */
async function makeOnce(directory: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(directory)) return;
  await mkdir(IMAGES, { recursive: true });
  const unfinished = await mkdtemp(`${directory}.`);
  try {
    await make(unfinished);
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(directory)) throw error;
  }
}

async function build(command: string[], directory: string, name: string): Promise<void> {
  const [program = "", ...parameters] = command;
  const { failed, all, shortMessage } = await execa(program, parameters, {
    cwd: directory,
    stdin: "ignore",
    all: true,
    reject: false,
  });
  if (!failed) return;
  const tail = all?.trim().split("\n").slice(-TAIL_LINES).join("\n");
  throw new UserError(`${name}: build failed: ${tail || firstLine(shortMessage ?? "")}`);
}

/** Checks for missing packages, which would otherwise show only when every task of the release has died. */
async function checkPackages(folder: string): Promise<void> {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return;
  const { dependencies = {} } = JSON.parse(await readFile(path, "utf8")) as { dependencies?: Record<string, string> };
  const missing = Object.keys(dependencies).filter((name) =>
    [folder, PROJECT_DIRECTORY].every((above) => !existsSync(join(above, "node_modules", name))),
  );
  if (missing.length === 0) return;
  const name = relative(PROJECT_DIRECTORY, folder);
  throw new UserError(`${name} needs ${missing.join(", ")}: install with \`npm install --prefix ${name}\``);
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
