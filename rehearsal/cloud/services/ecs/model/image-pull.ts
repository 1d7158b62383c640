import { type FaultyTask, failPull } from "../../../faults/task-faults";
import type { Image } from "../../../kernel/ports";
import type { ContainerInstance } from "./container-instance";
import { type ContainerStartPorts, findImage } from "./container-start";
import { containersOf, type TaskDefinition } from "./task-definition";
import { faultyTask, type TaskRequest } from "./task-request";

/** Duration of a pull when the instance has the layers, in AWS seconds. */
const CACHED_PULL_SECONDS = { min: 0.5, max: 1.5 };
/** The agent's setting in the user data. */
const BEHAVIOUR = /^\s*ECS_IMAGE_PULL_BEHAVIOR=(\S+)\s*$/m;
/** With these the agent does not ask the registry for an image that the instance has. */
const PREFERS_CACHED = ["once", "prefer-cached"];

interface Pull {
  definition: TaskDefinition;
  /** The image as its container names it. */
  reference: string;
  host: ContainerInstance;
  task: FaultyTask;
  signal: AbortSignal;
}

/**
 * Pulls the images of all containers of a task, at the same time.
 * @param onPulled called with each image as soon as it is there
 * @returns them by container
 * @throws ContainerStartError when one of them cannot be pulled
 */
export async function pullImages(
  ports: ContainerStartPorts,
  request: TaskRequest,
  signal: AbortSignal,
  onPulled: (container: string, image: Image) => void,
): Promise<ReadonlyMap<string, Image>> {
  const { definition, host } = request;
  const pulls = containersOf(definition).map(async ({ name, image: reference }) => {
    const image = await pullImage(ports, { definition, reference, host, task: faultyTask(request), signal });
    onPulled(name, image);
    return [name, image] as const;
  });
  return new Map(await Promise.all(pulls));
}

/**
 * Pulls one image of a task, which takes its time. When that fails, the agent runs the copy that an earlier task has
 * left on the instance under the same reference, unless it is told otherwise: the tag may mean another image by now
 * (aws-rules C15).
 * @throws ContainerStartError when there is no copy
 */
export async function pullImage(ports: ContainerStartPorts, pull: Pull): Promise<Image> {
  const { reference, host, task, signal } = pull;
  const copy = host.pulledImages.get(reference);
  const behaviour = pullBehaviour(host.instance.userData);
  if (copy && PREFERS_CACHED.includes(behaviour)) return copy;
  try {
    const image = await pullFresh(ports, pull);
    host.pulledImages.set(reference, image);
    return image;
  } catch (error) {
    if (!copy || behaviour === "always" || signal.aborted) throw error;
    ports.context.log(
      `task ${task.id} runs the copy of ${reference} that instance ${host.instance.instanceId} has from an earlier task, because its pull failed: ${(error as Error).message}`,
    );
    return copy;
  }
}

async function pullFresh(
  ports: ContainerStartPorts,
  { definition, reference, host, task, signal }: Pull,
): Promise<Image> {
  const { clock, random, assumptions } = ports.context;
  const image = findImage(ports, definition, reference, host.instance);
  const hasLayers = [...host.pulledImages.values()].some(({ digest }) => digest === image.digest);
  await clock.sleep(random.within(hasLayers ? CACHED_PULL_SECONDS : assumptions.pull), signal);
  if (!hasLayers) failPull(ports.context, task, reference);
  return image;
}

function pullBehaviour(userData: string): string {
  return BEHAVIOUR.exec(Buffer.from(userData, "base64").toString("utf8"))?.[1] ?? "default";
}
