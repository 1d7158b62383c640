import { readFile } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { withoutCloud } from "../cloud/kernel/client-environment";
import { compile } from "./compile";
import { IMAGES, makeOnce, type Runnable } from "./image-folder";
import type { RunInstructions } from "./run-instructions";
import { errorOf, lastLinesOf } from "./said";
import { hashOf, type ServiceFile, writeServiceFiles } from "./service-files";

/** Beginning of the names of images that a rehearsal builds, so that a person finds them among others. */
const PREFIX = "aoshingo-rehearsal";
const IMAGE_ID = /^sha256:\S+$/m;

/**
 * Checks that this machine's Docker can run a service's image.
 * @throws UserError if it does not answer, runs no Linux, or runs without root
 */
export async function requireDocker(): Promise<void> {
  const version = await docker(["version", "--format", "{{.Server.Os}}"]);
  const what = "--docker builds and runs the services' images by Docker";
  if (version.failed)
    throw new UserError(`${what}, which does not answer (${errorOf(version)}): start it, or rehearse without --docker`);
  const system = version.stdout.trim();
  if (system !== "linux") throw new UserError(`${what}, which runs containers of ${system}: wanted Linux, as on ECS`);
  const info = await docker(["info", "--format", "{{json .SecurityOptions}}"]);
  if (info.stdout.includes("name=rootless"))
    throw new UserError(
      `${what}, which runs here without root: its containers do not share the network of the rehearsal; use Docker's other context, or rehearse without --docker`,
    );
}

/** What `docker image inspect` says of an image; Docker leaves out what is empty. */
const Inspection = z.object({
  /** Later changes of a tag do not matter to it. */
  Id: z.string(),
  /** In Docker's words, whether EC2 has it or not. */
  Architecture: z.string(),
  Config: z
    .object({ StopSignal: z.string().optional(), Volumes: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
});
/** An image of this machine's Docker. */
type DockerImage = z.output<typeof Inspection>;

/** The signal that stops a container whose image names none by STOPSIGNAL (aws-rules C19). */
const STOP_SIGNAL = "SIGTERM";

/** Returns the name that a person finds a folder's image by; sidecars of several services may have the same folder name. */
function imageName(folder: string): string {
  const below = folder.split("/services/").slice(1).at(-1) ?? basename(folder);
  const words = below.toLowerCase().match(/[a-z0-9]+|\//g) ?? [];
  return [PREFIX, ...words.join("-").split("/")].map((part) => part.replace(/^-|-$/g, "")).join("/");
}

/**
 * Builds the Dockerfile of a folder, as `docker build` does for production, but for this machine's processor unless the Dockerfile
 * or DOCKER_DEFAULT_PLATFORM names another one.
 * @throws UserError with the build's last lines if it fails, and for an image that Docker does not keep
 */
export async function buildDockerfile(folder: string, signal?: AbortSignal): Promise<DockerImage> {
  const name = relative(PROJECT_DIRECTORY, folder);
  const built = await docker(["build", "--quiet", "--tag", imageName(folder), folder], signal);
  signal?.throwIfAborted();
  if (built.failed) throw new UserError(`${name}/Dockerfile: docker build failed: ${lastLinesOf(built)}`);
  const [id] = IMAGE_ID.exec(built.stdout) ?? [];
  if (id === undefined)
    throw new UserError(`${name}/Dockerfile: docker build named no image, but said ${built.stdout}`);
  return inspect(
    id,
    () =>
      `${name}: Docker has built ${id} and does not keep it: use a builder that loads images, such as with \`docker buildx use default\``,
  );
}

/**
 * Returns an image that this machine's Docker has.
 * @param name of the service's folder
 * @throws UserError if Docker does not have it
 */
export function namedImage(image: string, name: string): Promise<DockerImage> {
  return inspect(
    image,
    (why) => `${name}/rehearsal.yaml: Docker has no image ${image}: build or pull it first (${why})`,
  );
}

/**
 * Returns how an image of this machine's Docker runs as the process of a task.
 * @param name of the service's folder
 * @throws UserError for an image that no instance of EC2 runs
 */
export async function runnableByDocker(
  { Id: id, Architecture: architecture, Config: config }: DockerImage,
  name: string,
  { command = [], workingDirectory }: RunInstructions = {},
): Promise<Runnable> {
  if (architecture !== "amd64" && architecture !== "arm64")
    throw new UserError(
      `${name}: its image is built for ${architecture}, wanted amd64 or arm64, as the instances of EC2 have`,
    );
  const path = `docker-run${extname(__filename)}`;
  const launcher: ServiceFile = { path, kind: "file", content: await readFile(join(__dirname, path)) };
  const files = compile([launcher], relative(PROJECT_DIRECTORY, __dirname));
  const directory = join(IMAGES, `docker-${hashOf(files).digest("hex").slice(0, 12)}`);
  await makeOnce(directory, (unfinished) => writeServiceFiles(unfinished, files));
  const place = workingDirectory === undefined ? [] : ["--workdir", workingDirectory];
  const launcherWords = [await endpoint(), config?.StopSignal || STOP_SIGNAL];
  return {
    command: [process.execPath, join(directory, "docker-run.js"), ...launcherWords, ...place, id, ...command],
    volumes: Object.keys(config?.Volumes ?? {}),
    ...{ directory, workingDirectory: directory, architecture },
  };
}

/** @param otherwise what to say if Docker does not have the image, for the reason that Docker gives */
async function inspect(image: string, otherwise: (why: string) => string): Promise<DockerImage> {
  const inspection = await docker(["image", "inspect", "--format", "{{json .}}", image]);
  if (inspection.failed) throw new UserError(otherwise(errorOf(inspection)));
  return Inspection.parse(JSON.parse(inspection.stdout));
}

/**
 * Returns where this shell's client finds Docker: by DOCKER_HOST, or by a context, as of Docker Desktop, Colima and Docker
 * without root. A task's environment has neither. "" for a client without contexts.
 */
async function endpoint(): Promise<string> {
  const { failed, stdout } = await docker(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  return failed ? (process.env.DOCKER_HOST ?? "") : stdout.trim();
}

function docker(args: readonly string[], cancelSignal?: AbortSignal) {
  const env = withoutCloud(process.env);
  return execa("docker", args, {
    ...{ reject: false, stdin: "ignore", all: true, env, extendEnv: false },
    cancelSignal,
  });
}
