import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { execa } from "execa";
import { cacheFolder } from "../../automation/core/cache-folder";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { type Architecture, architectureOf } from "./architecture";
import { compile } from "./compile";
import { copyPackages, declaredPackages, digestOfPackages, type ImagePackage } from "./packages";
import { type RunInstructions, readRunInstructions } from "./run-instructions";
import { hashOf, readServiceFiles, type ServiceFile, writeServiceFiles } from "./service-files";

/**
 * Outside the project: in a folder below it, Node would find each package of the project, whether the service declares
 * it or not.
 */
export const IMAGES = join(cacheFolder(), "images");

/** The number of lines that are shown of a failed build. */
const TAIL_LINES = 10;

/** What the rehearsal's registry keeps instead of layers: how to run the image on this machine. */
export interface ImageManifest {
  schemaVersion: 2;
  /** The processor for which `docker build` would build it here. */
  architecture: Architecture;
  /** Whether the command is `docker-run.js` and takes options of `docker run`. */
  docker: boolean;
  /** The folder with everything that is in the image. */
  directory: string;
  config: { Cmd: string[]; WorkingDir: string; Env: string[] };
}

/** The folder of a service of this project. */
export function serviceFolder(service: string): string {
  return join(PROJECT_DIRECTORY, "services", service);
}

/**
 * Builds an image, as `docker build` does for production: it copies the service's folder to a new folder for each
 * state of its files, so that what a release runs never changes. `rehearsal.yaml` tells how the service is built and
 * run. Without one, `main.ts` is compiled and run by Node. The image has the packages that `package.json` declares, from
 * the service's own `node_modules` or the project's, and no others.
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
  const { command, directory, workingDirectory, architecture } = instructions?.docker
    ? await dockerImage(folder, instructions)
    : await processImage(folder, instructions);
  const config = { Cmd: command, WorkingDir: workingDirectory, Env: [...environment] };
  return { schemaVersion: 2, architecture, docker: instructions?.docker !== undefined, directory, config };
}

interface Runnable {
  command: string[];
  directory: string;
  /** That of the command. */
  workingDirectory: string;
  architecture: Architecture;
}

async function processImage(folder: string, instructions: RunInstructions | undefined): Promise<Runnable> {
  const source = await readServiceFiles(folder);
  const name = relative(PROJECT_DIRECTORY, folder);
  const architecture = await architectureOf(folder);
  const packages = await declaredPackages(folder, instructions !== undefined);
  const digestOfAll = await digestOfPackages(packages);
  const files = instructions ? source : compile(source, name);
  const digest = hashOf(files).update(digestOfAll);
  const image = join(IMAGES, `${basename(folder)}-${digest.digest("hex").slice(0, 12)}`);
  await makeOnce(image, async (unfinished) => {
    await writeServiceFiles(unfinished, files);
    const modules = join(unfinished, "node_modules");
    if (instructions?.build) {
      // A build may use packages that the image does not get.
      const own = join(folder, "node_modules");
      if (existsSync(own)) await symlink(own, modules);
      await build(instructions.build, join(unfinished, instructions.workingDirectory ?? "."), name);
      if ((await lstat(modules).catch(() => undefined))?.isSymbolicLink()) await rm(modules);
    }
    if (packages.length > 0 && !existsSync(modules)) await symlink(await packageFolder(packages, digestOfAll), modules);
  });
  const directory = image;
  if (!instructions) {
    return { command: [process.execPath, join(image, "main.js")], directory, workingDirectory: image, architecture };
  }
  const workingDirectory = join(image, instructions.workingDirectory ?? ".");
  return { command: instructions.command!, directory, workingDirectory, architecture };
}

/** Returns the `node_modules` of images with these packages; they share it. */
async function packageFolder(packages: readonly ImagePackage[], digest: string): Promise<string> {
  const directory = join(IMAGES, `packages-${digest}`);
  await makeOnce(directory, (unfinished) => copyPackages(packages, unfinished));
  return join(directory, "node_modules");
}

/** Runs a Docker image, by its id, so that later changes of the tag do not matter. */
async function dockerImage(folder: string, instructions: RunInstructions): Promise<Runnable> {
  const { docker = "", command = [], workingDirectory } = instructions;
  const name = relative(PROJECT_DIRECTORY, folder);
  const format = "{{.Id}} {{.Architecture}}";
  const inspection = await execa("docker", ["image", "inspect", "--format", format, docker], { reject: false });
  if (inspection.failed) {
    const why = firstLine(inspection.stderr || inspection.shortMessage || "");
    throw new UserError(`${name}/rehearsal.yaml: Docker has no image ${docker}: build or pull it first (${why})`);
  }
  const path = `docker-run${extname(__filename)}`;
  const launcher: ServiceFile = { path, kind: "file", content: await readFile(join(__dirname, path)) };
  const files = compile([launcher], relative(PROJECT_DIRECTORY, __dirname));
  const directory = join(IMAGES, `docker-${hashOf(files).digest("hex").slice(0, 12)}`);
  await makeOnce(directory, (unfinished) => writeServiceFiles(unfinished, files));
  const [id = "", architecture = ""] = inspection.stdout.trim().split(" ");
  if (architecture !== "amd64" && architecture !== "arm64") {
    const wanted = "wanted amd64 or arm64, as the instances of EC2 have";
    throw new UserError(`${name}/rehearsal.yaml: ${docker} is built for ${architecture}, ${wanted}`);
  }
  const place = workingDirectory === undefined ? [] : ["--workdir", workingDirectory];
  return {
    command: [process.execPath, join(directory, "docker-run.js"), ...place, id, ...command],
    directory,
    workingDirectory: directory,
    architecture,
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

/** Returns the first line of what a command said; "" if it said nothing. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
