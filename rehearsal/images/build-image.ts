import { existsSync } from "node:fs";
import { lstat, rm, symlink } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { type Architecture, architectureOf } from "./architecture";
import { compile } from "./compile";
import { buildDockerfile, namedImage, runnableByDocker } from "./docker-image";
import { IMAGES, makeOnce, type Runnable } from "./image-folder";
import { copyPackages, declaredPackages, digestOfPackages, type ImagePackage } from "./packages";
import { type RunInstructions, readRunInstructions } from "./run-instructions";
import { lastLinesOf } from "./said";
import { hashOf, readServiceFiles, writeServiceFiles } from "./service-files";

/** What the rehearsal's registry keeps instead of layers: how to run the image on this machine. */
export interface ImageManifest {
  schemaVersion: 2;
  /** The processor for which `docker build` would build it here. */
  architecture: Architecture;
  /** Whether the command is `docker-run.js` and takes options of `docker run`. */
  docker: boolean;
  /** The folder with everything that is in the image. */
  directory: string;
  config: {
    Cmd: string[];
    WorkingDir: string;
    Env: string[];
    Volumes?: Record<string, object> | undefined;
  };
}

export interface BuildOptions {
  /** Whether this machine's Docker builds and runs what has a Dockerfile. Default: false. */
  byDocker?: boolean;
  /** Called before Docker builds: a first build fetches the images that it begins with, and takes minutes. */
  onDockerBuild?: () => void;
  /** Ends a build by Docker. */
  signal?: AbortSignal;
}

/** The folder of a service of this project. */
export function serviceFolder(service: string): string {
  return join(PROJECT_DIRECTORY, "services", service);
}

/**
 * Builds an image, as `docker build` does for production: it copies the service's folder to a new folder for each
 * state of its files, so that what a release runs never changes. `rehearsal.yaml` tells how the service is built and
 * run. Without one, `main.ts` is compiled and run by Node. The image has the packages that `package.json` declares, from
 * the service's own `node_modules` or the project's, and no others. An image of Docker has what its Dockerfile puts into it.
 * @param folder the service's folder
 * @param environment `KEY=value`, baked into the image, such as `FAULT=unhealthy` for a bad release
 * @throws UserError if the folder does not tell what to run, or cannot be built
 */
export async function buildImage(
  folder: string,
  environment: readonly string[],
  options: BuildOptions = {},
): Promise<ImageManifest> {
  const instructions = await readRunInstructions(folder);
  const name = relative(PROJECT_DIRECTORY, folder);
  const image = await dockerImage(folder, instructions, options);
  if (!image && !instructions && !existsSync(join(folder, "main.ts")))
    throw new UserError(
      `there is no ${name}/main.ts to make an image of, and no ${name}/rehearsal.yaml that says how it is run`,
    );
  const runnable = image ?? (await processImage(folder, instructions));
  const { command, directory, workingDirectory, architecture, volumes } = runnable;
  const config = {
    ...{ Cmd: command, WorkingDir: workingDirectory, Env: [...environment] },
    Volumes: volumes && Object.fromEntries(volumes.map((path) => [path, {}])),
  };
  return { schemaVersion: 2, architecture, docker: image !== undefined, directory, config };
}

/** Returns what runs of an image of this machine's Docker; undefined for a process. */
async function dockerImage(
  folder: string,
  instructions: RunInstructions | undefined,
  { byDocker = false, onDockerBuild, signal }: BuildOptions,
): Promise<Runnable | undefined> {
  const name = relative(PROJECT_DIRECTORY, folder);
  if (instructions?.docker !== undefined)
    return runnableByDocker(await namedImage(instructions.docker, name), name, instructions);
  if (!byDocker || !existsSync(join(folder, "Dockerfile"))) return undefined;
  onDockerBuild?.();
  // The other instructions are for a process.
  return runnableByDocker(await buildDockerfile(folder, signal), name);
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

async function build(command: string[], directory: string, name: string): Promise<void> {
  const [program = "", ...parameters] = command;
  const built = await execa(program, parameters, {
    cwd: directory,
    stdin: "ignore",
    all: true,
    reject: false,
  });
  if (built.failed) throw new UserError(`${name}: build failed: ${lastLinesOf(built)}`);
}
