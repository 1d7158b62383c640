import { lastPart } from "../../components/core/arn";
import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import { digestsOf } from "../core/desired-releases";
import { imageProblems, ownDigest } from "../observe/check-colour";
import { table } from "../output/table";
import type { Observer } from "../ports/observer";

/** A task of a service. `tasks --json` prints it. */
export interface ServiceTask {
  colour: Colour;
  isActive: boolean;
  /** Name of the colour's release. */
  release: string | null;
  task: string;
  instance: string;
  /** ECS's status; STOPPING from the moment at which the task is to stop. */
  status: string;
  /** Whether it runs the release's own images; null until the image was pulled. */
  hasReleaseImage: boolean | null;
  /** Target groups that call its instance healthy, of all that send it requests. */
  healthyIn: number;
  targetGroups: number;
  /** Status of the agent of ECS Exec in the service's own container; absent for a task without ECS Exec. */
  exec?: string;
}

/** Asks AWS for the tasks of both colours, the active one's first. */
export async function observedTasks(
  observer: Pick<Observer, "colour">,
  { live, services }: Pick<StackOutputs, "live" | "services">,
  service: string,
): Promise<ServiceTask[]> {
  const { active, colours } = live.services[service]!;
  const inOrder = [...COLOURS].sort((one) => (one === active ? -1 : 1));
  const found = await Promise.all(
    inOrder.map(async (colour) => {
      const { release } = colours[colour];
      const outputs = services[service]!.colours[colour];
      const { tasks, targets } = await observer.colour(outputs);
      const wanted = release && digestsOf(release);
      return tasks.map((task): ServiceTask => {
        const { id, instanceId, status } = task;
        const seen = ownDigest(task, wanted?.sidecars ?? {});
        const healthy = targets.filter((target) => target.instanceId === instanceId && target.state === "healthy");
        return {
          colour,
          isActive: colour === active,
          release: release?.name ?? null,
          task: lastPart(id),
          instance: instanceId,
          status,
          hasReleaseImage: seen === "" || !wanted ? null : imageProblems(task, wanted).length === 0,
          healthyIn: healthy.length,
          targetGroups: outputs.targetGroups.length,
          ...(task.exec ? { exec: task.exec[service] ?? "none" } : {}),
        };
      });
    }),
  );
  return found.flat();
}

export function tasksText(tasks: readonly ServiceTask[]): string {
  if (tasks.length === 0) return "No task runs.";
  const hasExec = tasks.some(({ exec }) => exec !== undefined);
  const rows = tasks.map((task) => [
    `${task.colour}${task.isActive ? "" : " (idle)"}`,
    task.release ?? "-",
    task.task,
    task.instance || "Fargate",
    task.status,
    task.hasReleaseImage === null ? "-" : task.hasReleaseImage ? "as deployed" : "another one",
    task.targetGroups === 0 ? "-" : `${task.healthyIn} of ${task.targetGroups}`,
    ...(hasExec ? [task.exec ?? "-"] : []),
  ]);
  const head = ["COLOUR", "RELEASE", "TASK", "INSTANCE", "STATUS", "IMAGE", "HEALTHY IN"];
  return table([[...head, ...(hasExec ? ["EXEC"] : [])], ...rows]).join("\n");
}
