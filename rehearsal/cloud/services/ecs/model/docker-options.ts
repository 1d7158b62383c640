import type { ContainerDefinition } from "./container-definition";
import { containerMemory, type TaskDefinition } from "./task-definition";

/** How the launcher names the image; its own options come before. */
const IMAGE_ID = /^sha256:/;

/**
 * Returns the command of an image that Docker runs, with the options of `docker run` for its surroundings.
 * @param launch the launcher, where Docker is, its options, the image's id and, where there is one, a command
 * @param own takes the place of the image's entry point and of the command
 */
export function dockerRun(
  launch: readonly string[],
  own: { entryPoint: readonly string[] | undefined; command: readonly string[] | undefined },
  definition: TaskDefinition,
  container: ContainerDefinition,
): string[] {
  const { readonlyRootFilesystem, linuxParameters } = container;
  const memory = containerMemory(definition, container);
  const [node = "", launcher = "", endpoint = "", ...rest] = launch;
  const behindImage = rest.findIndex((word) => IMAGE_ID.test(word)) + 1;
  // The option takes one word; the others are arguments.
  const [program, ...parameters] = own.entryPoint ?? [];
  return [
    ...[node, launcher, endpoint],
    ...(readonlyRootFilesystem ? ["--read-only"] : []),
    ...(linuxParameters?.initProcessEnabled ? ["--init"] : []),
    ...(linuxParameters?.tmpfs ?? []).flatMap(({ containerPath, size }) => [
      "--tmpfs",
      `${containerPath}:size=${size}m`,
    ]),
    ...container.mountPoints.flatMap(({ containerPath }) => ["--volume", containerPath]),
    // Instances have no swap.
    ...(memory === undefined ? [] : ["--memory", `${memory}m`, "--memory-swap", `${memory}m`]),
    ...(program === undefined ? [] : ["--entrypoint", program]),
    ...rest.slice(0, behindImage),
    ...parameters,
    ...(own.command ?? rest.slice(behindImage)),
  ];
}
