import { lastPart } from "../../components/core/arn";
import type { Colour } from "../../components/core/colour-name";
import type { JobOutputs } from "../../components/live/outputs";
import { digestOf } from "../core/desired-releases";
import type { Observer } from "../ports/observer";
import type { ActiveState } from "./active-state";

type JobObserver = Pick<Observer, "schedule" | "taskImage" | "image">;

/**
 * Returns what keeps a colour of a job from running its release at the next time, one line each. To the active one the job's
 * schedule has to lead as well.
 */
export async function checkJob(
  { observer }: { observer: JobObserver },
  { live, outputs }: ActiveState,
  service: string,
  colour: Colour,
): Promise<string[]> {
  const { active, colours } = live.services[service]!;
  const { job, colours: outputsOf, repository } = outputs.services[service]!;
  const { taskDefinition } = outputsOf[colour];
  const { release } = colours[colour];
  // Each run pulls it.
  const [image, schedule, found] = await Promise.all([
    taskDefinition === null ? null : observer.taskImage(taskDefinition),
    colour === active ? observer.schedule(job!) : null,
    release && observer.image(repository.name, { digest: digestOf(release.image) }),
  ]);
  return [
    ...imageProblems(colour, taskDefinition, image, release?.image),
    ...(release && !found ? [`the image of ${service} ${release.name} is not in ${repository.url} any more`] : []),
    ...(colour === active ? scheduleProblems(job!, schedule, taskDefinition) : []),
  ];
}

function imageProblems(
  colour: Colour,
  taskDefinition: string | null,
  image: string | null,
  wanted: string | undefined,
): string[] {
  if (taskDefinition === null) return [`${colour} has no task definition`];
  if (image === null) return [`the task definition ${lastPart(taskDefinition)} is not active`];
  return image === wanted ? [] : [`${lastPart(taskDefinition)} has the image ${image}, wanted ${wanted}`];
}

function scheduleProblems(
  { scheduleGroup, schedule: name }: JobOutputs,
  schedule: Awaited<ReturnType<Observer["schedule"]>>,
  wanted: string | null,
): string[] {
  const called = `the schedule ${scheduleGroup}/${name}`;
  if (schedule === null) return [`${called} does not exist`];
  if (!schedule.isEnabled) return [`${called} is disabled, so that nothing starts the job`];
  if (schedule.taskDefinition === wanted) return [];
  return [`${called} starts ${lastPart(schedule.taskDefinition)}, wanted ${lastPart(wanted ?? "no task definition")}`];
}
