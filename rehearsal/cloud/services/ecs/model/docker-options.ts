import type { Image } from "../../../kernel/ports";
import type { ContainerDefinition } from "./container-definition";
import { containerMemory, type TaskDefinition } from "./task-definition";

/** How the launcher names the image; its own options come before. */
const IMAGE_ID = /^sha256:/;

/** Returns the command of an image, with the options of `docker run` for its surroundings if Docker runs it. */
export function withDockerOptions(
  command: string[],
  { config }: Image,
  definition: TaskDefinition,
  container: ContainerDefinition,
): string[] {
  if (!config.docker) return command;
  const { readonlyRootFilesystem, linuxParameters } = container;
  const memory = containerMemory(definition, container);
  const [node = "", launcher = "", ...rest] = config.command;
  // A definition's own command takes the place of the image's.
  const own =
    command === config.command
      ? rest
      : [...rest.slice(0, rest.findIndex((word) => IMAGE_ID.test(word)) + 1), ...command];
  return [
    ...[node, launcher],
    ...(readonlyRootFilesystem ? ["--read-only"] : []),
    ...(linuxParameters?.initProcessEnabled ? ["--init"] : []),
    ...(linuxParameters?.tmpfs ?? []).flatMap(({ containerPath, size }) => [
      "--tmpfs",
      `${containerPath}:size=${size}m`,
    ]),
    ...container.mountPoints.flatMap(({ containerPath }) => ["--volume", containerPath]),
    // Instances have no swap.
    ...(memory === undefined ? [] : ["--memory", `${memory}m`, "--memory-swap", `${memory}m`]),
    ...own,
  ];
}
