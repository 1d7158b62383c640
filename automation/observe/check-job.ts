import type { Colour } from "../../components/core/colour-name";
import type { JobOutputs } from "../../components/live/outputs";
import type { Observer } from "../ports/observer";
import type { ActiveState } from "./active-state";

type JobObserver = Pick<Observer, "schedule" | "taskImage">;

/** Returns what keeps a colour of a job from running its release at the next time, one line each. */
export async function checkJobColour(
  { observer }: { observer: JobObserver },
  { live, outputs }: ActiveState,
  service: string,
  colour: Colour,
): Promise<string[]> {
  const { release } = live.services[service]!.colours[colour];
  const { taskDefinition } = outputs.services[service]!.colours[colour];
  if (taskDefinition === null) return [`${colour} has no task definition`];
  const image = await observer.taskImage(taskDefinition);
  if (image === null) return [`the task definition ${shortArn(taskDefinition)} is not active`];
  return image === release!.image
    ? []
    : [`${shortArn(taskDefinition)} has the image ${image}, wanted ${release!.image}`];
}

/** The same for the active colour, to which the job's schedule has to lead as well. */
export async function checkActiveJob(
  tools: { observer: JobObserver },
  state: ActiveState,
  service: string,
): Promise<string[]> {
  const { active } = state.live.services[service]!;
  const { job, colours } = state.outputs.services[service]!;
  const [problems, schedule] = await Promise.all([
    checkJobColour(tools, state, service, active),
    tools.observer.schedule(job!),
  ]);
  return [...problems, ...scheduleProblems(job!, schedule, colours[active].taskDefinition)];
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
  return [`${called} starts ${shortArn(schedule.taskDefinition)}, wanted ${shortArn(wanted ?? "no task definition")}`];
}

/** `task-definition/aoshingo-prod-report-blue:3` */
function shortArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
