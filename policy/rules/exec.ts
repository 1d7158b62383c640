import { at } from "../declared";
import { type Linked, ofType, type StackRule } from "../linked";

/**
 * The agent of ECS Exec writes to the root file system (aws-rules C46), so a service that has it gives up a read-only one. The
 * program names families of task definitions after their clusters, and a cluster's configuration says that it has ECS Exec.
 */
export const rootFileSystemsAreReadOnly: StackRule = {
  name: "root-file-systems-are-read-only",
  description:
    "The root file system of a container is read-only, except where ECS Exec needs to write to it and its sessions are logged.",
  check(resources) {
    const exempt = new Set(
      ofType(resources, "cluster")
        .filter(logsSessions)
        .map(({ inputs }) => inputs.name),
    );
    return ofType(resources, "taskDefinition")
      .filter(({ inputs }) => !exempt.has(inputs.family))
      .flatMap((resource) =>
        containersOf(resource)
          .filter(({ readonlyRootFilesystem }) => readonlyRootFilesystem !== true)
          .map(({ name }) => ({
            resource,
            message: `container ${String(name)} has no readonlyRootFilesystem: set it to true`,
          })),
      );
  },
};

/** A shell in production that leaves no record is one that nobody can ask about afterwards. */
export const sessionsAreLogged: StackRule = {
  name: "sessions-are-logged",
  description: "Tasks with ECS Exec run in clusters that log what is typed and printed to a log group of its own.",
  check(resources) {
    const started = [
      ...ofType(resources, "service").filter(({ inputs }) => inputs.enableExecuteCommand === true),
      ...ofType(resources, "schedule").filter(
        ({ inputs }) => at(inputs, "target", "ecsParameters", "enableExecuteCommand") === true,
      ),
    ];
    return started
      .filter(({ links }) => !clustersIn(links).some(logsSessions))
      .map((resource) => ({
        resource,
        message:
          "enableExecuteCommand is true, but its cluster logs no sessions: set executeCommandConfiguration with logging OVERRIDE and a log group",
      }));
  },
};

function clustersIn(links: Linked["links"]): Linked[] {
  return ofType([...(links.cluster ?? []), ...(links.target ?? [])], "cluster");
}

function logsSessions({ inputs }: Linked): boolean {
  const configured = at(inputs, "configuration", "executeCommandConfiguration");
  return (
    at(configured, "logging") === "OVERRIDE" &&
    at(configured, "logConfiguration", "cloudWatchLogGroupName") !== undefined
  );
}

function containersOf({ inputs }: Linked): Record<string, unknown>[] {
  return typeof inputs.containerDefinitions === "string" ? JSON.parse(inputs.containerDefinitions) : [];
}
