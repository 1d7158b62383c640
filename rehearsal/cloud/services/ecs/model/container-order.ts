import { AwsError } from "../../../kernel/aws-error";
import type { ContainerDefinition } from "./container-definition";
import type { TaskDefinition } from "./task-definition";

/**
 * Checks what containers of one task say of each other (aws-rules C41, C42, C43).
 * @throws AwsError `ClientException`
 */
export function checkContainers(
  containers: readonly ContainerDefinition[],
  networkMode: TaskDefinition["networkMode"],
): void {
  const names = containers.map(({ name }) => name);
  const refuse = (message: string) => new AwsError("ClientException", message);
  const twice = names.find((name, place) => names.indexOf(name) < place);
  if (twice !== undefined) throw refuse(`Container name '${twice}' is used by more than one container definition.`);
  if (!containers.some(({ essential }) => essential)) {
    throw refuse("A task definition must have at least one essential container.");
  }
  for (const { dependsOn, links } of containers) {
    const unknown = dependsOn.find(({ containerName }) => !names.includes(containerName));
    if (unknown) throw refuse(`Cannot depend on container + '${unknown.containerName}' because it does not exist`);
    const unlinked = links.find((link) => !names.includes(link));
    if (unlinked !== undefined) throw refuse(`Cannot link to container '${unlinked}' because it does not exist`);
    if (links.length > 0 && networkMode !== "bridge") {
      throw refuse(`Links are not supported when networkMode=${networkMode}.`);
    }
  }
  if (ordered(containers, ({ links }) => links) === null) throw refuse("Container links should not have a cycle");
  if (ordered(containers, dependencies) === null) throw refuse("Container dependencies should not have a cycle");
}

/** Each container after those that it depends on or has links to. */
export function startOrder(containers: readonly ContainerDefinition[]): readonly ContainerDefinition[] {
  return ordered(containers, (one) => [...dependencies(one), ...one.links]) ?? containers;
}

function dependencies({ dependsOn }: ContainerDefinition): string[] {
  return dependsOn.map(({ containerName }) => containerName);
}

/** Null if there is a circle. */
function ordered(
  containers: readonly ContainerDefinition[],
  needs: (one: ContainerDefinition) => readonly string[],
): ContainerDefinition[] | null {
  const done: ContainerDefinition[] = [];
  const isDone = (name: string) => done.some((one) => one.name === name);
  while (done.length < containers.length) {
    const next = containers.find((one) => !isDone(one.name) && needs(one).every(isDone));
    if (!next) return null;
    done.push(next);
  }
  return done;
}
