import { lastPart } from "../../components/core/arn";
import { COLOURS, type Colour } from "../../components/core/colour-name";
import { UserError } from "../../components/core/user-error";
import type { ColourOutputs, StackOutputs } from "../../components/live/outputs";
import { configurationOfRelease } from "../../components/live/release";
import type { ObservedTask, Observer } from "../ports/observer";

/** What the person asked for; undefined where any will do. */
export interface WantedTask {
  stack: string;
  service: string;
  colour?: Colour | undefined;
  /** Name of a release. */
  release?: string | undefined;
  /** A task's id, or its beginning. */
  task?: string | undefined;
  container?: string | undefined;
}

export interface ExecTarget {
  cluster: string;
  colour: Colour;
  release: string;
  /** The task's id. */
  task: string;
  container: string;
}

interface Candidate {
  colour: Colour;
  id: string;
  observed: ObservedTask;
  isHealthy: boolean;
}

/**
 * Returns the container to open a session in: by default the service's own, in the newest healthy task of the
 * active colour, or in a job's newest run.
 * @throws UserError in one line: no such release, task or container; no task; no ECS Exec
 */
export async function chooseTarget(
  observer: Pick<Observer, "colour">,
  { live, services }: Pick<StackOutputs, "live" | "services">,
  wanted: WantedTask,
): Promise<ExecTarget> {
  const { service, task } = wanted;
  const outputs = services[service]!;
  const { colours } = live.services[service]!;
  const isJob = outputs.job !== undefined;
  const searched = searchedColours(live.services[service]!, wanted, isJob);
  const found = (
    await Promise.all(searched.map((colour) => candidates(observer, outputs.colours[colour], colour)))
  ).flat();
  const [best] = found.filter(({ id }) => task === undefined || id.startsWith(task)).sort(byHealthAndAge);
  if (!best)
    throw refusal(
      noTask(
        wanted,
        searched.map((colour) => `${colour} (${colours[colour].release?.name ?? "no release"})`),
        isJob,
      ),
    );
  const { colour, id, observed } = best;
  const release = colours[colour].release!;
  const container = wanted.container ?? service;
  const isEnabled = configurationOfRelease(release)?.exec === true && observed.exec !== undefined;
  if (!isEnabled)
    throw refusal(
      `${service} ${release.name} was deployed without ECS Exec: set \`exec: true\` in its block of Pulumi.${wanted.stack}.yaml, then run \`pulumi up --stack ${wanted.stack}\` and \`npx aoshingo deploy --stack ${wanted.stack} ${service}\``,
    );
  const containers = Object.keys(observed.digests);
  if (!containers.includes(container))
    throw refusal(`task ${id} has no container ${container}: it has ${containers.join(", ")}`);
  const agent = observed.exec?.[container];
  if (agent !== "RUNNING")
    throw refusal(
      `the agent of ECS Exec in container ${container} of task ${id} is ${agent ?? "not there yet"}: ${agent === "STOPPED" ? "it did not start or has ended; `restart` brings new tasks" : "it starts some seconds after the task; try again"}`,
    );
  return { cluster: outputs.colours[colour].cluster, colour, release: release.name, task: id, container };
}

/** The colours to look in, of those that have a release. */
function searchedColours(
  { active, colours }: StackOutputs["live"]["services"][string],
  wanted: WantedTask,
  isJob: boolean,
): Colour[] {
  const { service, colour, release, task } = wanted;
  const released = COLOURS.filter((one) => colours[one].release !== null);
  if (released.length === 0) throw refusal(`${service} has no release yet: deploy one first, such as ${service}=v1`);
  const fitting = released.filter(
    (one) =>
      (colour === undefined || one === colour) && (release === undefined || colours[one].release?.name === release),
  );
  if (fitting.length === 0) {
    const known = released.map((one) => `${colours[one].release!.name} on ${one}`).join(" and ");
    const asked = [release === undefined ? "release" : `release ${release}`, ...(colour ? [`on ${colour}`] : [])];
    throw refusal(`${service} has no ${asked.join(" ")}: it has ${known}`);
  }
  const isAny = colour === undefined && release === undefined && task === undefined;
  // A run of a job goes on to its end when another colour becomes active.
  return isAny && !isJob ? fitting.filter((one) => one === active) : fitting;
}

async function candidates(
  observer: Pick<Observer, "colour">,
  outputs: ColourOutputs,
  colour: Colour,
): Promise<Candidate[]> {
  const { tasks, targets } = await observer.colour(outputs);
  const isOk = (instanceId: string) => {
    const own = targets.filter((target) => target.instanceId === instanceId);
    return own.every(({ state }) => state === "healthy") && own.length === outputs.targetGroups.length;
  };
  return tasks
    .filter(({ status }) => status === "RUNNING")
    .map((observed) => ({
      colour,
      id: lastPart(observed.id),
      observed,
      isHealthy: isOk(observed.instanceId),
    }));
}

function byHealthAndAge(one: Candidate, other: Candidate): number {
  return (
    Number(other.isHealthy) - Number(one.isHealthy) || (other.observed.startedMs ?? 0) - (one.observed.startedMs ?? 0)
  );
}

function noTask({ stack, service, task }: WantedTask, places: readonly string[], isJob: boolean): string {
  if (task !== undefined)
    return `${service} has no running task ${task}: \`npx aoshingo tasks --stack ${stack} ${service}\` lists them`;
  const where = `no task of ${service} runs on ${places.join(" or ")}`;
  return isJob
    ? `${where}: a job has a task only while it runs; \`npx aoshingo run --stack ${stack} ${service}\` starts one`
    : where;
}

function refusal(why: string): UserError {
  return new UserError(why, { exitCode: 1 });
}
