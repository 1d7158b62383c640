import type { ContainerDefinition } from "./container-definition";
import { containerMemory, type TaskDefinition } from "./task-definition";

/** How the launcher names the image; its own options come before. */
const IMAGE_ID = /^sha256:/;

/** Words of the command before the options: Node, the launcher, where Docker is, and the signal that stops the container. */
const LAUNCHER_WORDS = 4;

/**
 * Variables by which a task would change what the launcher, its shell and Docker's client do. They stand on the command line:
 * each is one that no secret is kept in.
 */
const OF_PROGRAMS = new Set([
  ...["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH"],
  ...["NODE_COMPILE_CACHE", "NODE_DEBUG", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "NODE_PATH", "NODE_V8_COVERAGE"],
  ...["DOCKER_API_VERSION", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTENT_TRUST", "DOCKER_CONTEXT"],
  ...["DOCKER_DEFAULT_PLATFORM", "DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "OPENSSL_CONF"],
]);

/** Returns the variables of a task that its container gets by options of the command, and the others. */
export function splitVariables(variables: Readonly<Record<string, string>>) {
  const [byOption = [], byName = []] = [true, false].map((isOption) =>
    Object.entries(variables).filter(([name]) => OF_PROGRAMS.has(name) === isOption),
  );
  return { byOption: Object.fromEntries(byOption), byName: Object.fromEntries(byName) };
}

/** What a container gets of the cloud and of its task. */
export interface DockerPlace {
  /** The variables that it gets by options of the command. */
  variables: Readonly<Record<string, string>>;
  /** The file with the certificates that it has to trust, at the same path in the container; undefined for none. */
  authorityFile: string | undefined;
  /** The network that it joins, in Docker's words; undefined for this machine's. */
  network?: string | undefined;
  /** The file that is its /etc/hosts; undefined for Docker's. */
  hosts?: string | undefined;
  /** The paths that the image names as VOLUME. */
  volumes: readonly string[];
}

/** Returns where the Docker is that has the image of a launcher's command. */
export function dockerEndpoint(launch: readonly string[]): string {
  const [, , endpoint = ""] = launch;
  return endpoint;
}

/**
 * Returns the command of an image that Docker runs, with the options of `docker run` for its surroundings.
 * @param launch the launcher and its words, the image's id and, where there is one, a command
 * @param own takes the place of the image's entry point and of the command
 */
export function dockerRun(
  launch: readonly string[],
  own: { entryPoint: readonly string[] | undefined; command: readonly string[] | undefined },
  definition: TaskDefinition,
  container: ContainerDefinition,
  { variables, authorityFile, network, hosts, volumes }: DockerPlace,
): string[] {
  const { readonlyRootFilesystem, linuxParameters } = container;
  const memory = containerMemory(definition, container);
  const rest = launch.slice(LAUNCHER_WORDS);
  const behindImage = rest.findIndex((word) => IMAGE_ID.test(word)) + 1;
  // The option takes one word; the others are arguments.
  const [program, ...parameters] = own.entryPoint ?? [];
  return [
    ...launch.slice(0, LAUNCHER_WORDS),
    ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(authorityFile === undefined ? [] : ["--volume", `${authorityFile}:${authorityFile}:ro`]),
    ...(network === undefined ? [] : ["--network", network]),
    ...(hosts === undefined ? [] : ["--volume", `${hosts}:/etc/hosts:ro`]),
    ...(readonlyRootFilesystem ? ["--read-only"] : []),
    ...(linuxParameters?.initProcessEnabled ? ["--init"] : []),
    ...(linuxParameters?.tmpfs ?? []).flatMap(({ containerPath, size }) => [
      "--tmpfs",
      `${containerPath}:size=${size}m`,
    ]),
    // A volume has what the image has there only where the image names it (aws-rules C37).
    ...container.mountPoints.flatMap(({ containerPath }) => [
      "--mount",
      `type=volume,dst=${containerPath}${volumes.includes(containerPath) ? "" : ",volume-nocopy"}`,
    ]),
    // Instances have no swap.
    ...(memory === undefined ? [] : ["--memory", `${memory}m`, "--memory-swap", `${memory}m`]),
    ...(program === undefined ? [] : ["--entrypoint", program]),
    ...rest.slice(0, behindImage),
    ...parameters,
    ...(own.command ?? rest.slice(behindImage)),
  ];
}
