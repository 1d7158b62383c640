import type { Image } from "../../../kernel/ports";
import type { ContainerDefinition } from "./container-definition";
import { type DockerPlace, dockerRun } from "./docker-options";
import type { TaskDefinition } from "./task-definition";
import type { ContainerOverrides } from "./task-request";

/**
 * Returns the program of a container and its arguments, as Docker puts them together (aws-rules C50): a command takes
 * the place of the image's and becomes the arguments of its entry point, and an entry point takes the place of both.
 */
export function containerCommand(
  image: Image,
  definition: TaskDefinition,
  container: ContainerDefinition,
  overrides: ContainerOverrides,
  place: Omit<DockerPlace, "volumes">,
): string[] {
  const { config } = image;
  const { entryPoint } = container;
  const command = overrides.command ?? container.command ?? (entryPoint ? [] : undefined);
  // Docker knows the entry point of its own images.
  if (config.docker)
    return dockerRun(config.command, { entryPoint, command }, definition, container, {
      ...place,
      volumes: config.volumes,
    });
  return [...(entryPoint ?? config.entryPoint), ...(command ?? config.command)];
}
