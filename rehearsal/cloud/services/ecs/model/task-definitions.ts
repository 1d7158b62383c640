import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { ecsArn } from "./arns";
import type { ContainerDefinition } from "./container-definition";
import { checkContainers } from "./container-order";
import { checkFargate } from "./fargate";
import { containersOf, type TaskDefinition } from "./task-definition";

/** Bytes of a task definition. EDG service quotas */
const MAX_BYTES = 64 * 1024;
/** Limits of a task's CPU units on EC2 (aws-rules C2). */
const CPU_UNITS = { min: 128, max: 196_608 };

export type TaskDefinitionRequest = Omit<TaskDefinition, "arn" | "revision" | "status">;

/** All revisions of all families. A revision number is never used twice, not even after a deregistration. */
export class TaskDefinitions {
  readonly #context: CloudContext;
  readonly #byArn = new Map<string, TaskDefinition>();
  readonly #lastRevision = new Map<string, number>();

  constructor(context: CloudContext) {
    this.#context = context;
  }

  register(request: TaskDefinitionRequest): TaskDefinition {
    checkRequest(request);
    const revision = (this.#lastRevision.get(request.family) ?? 0) + 1;
    this.#lastRevision.set(request.family, revision);
    const arn = ecsArn(this.#context, `task-definition/${request.family}:${revision}`);
    const definition: TaskDefinition = { ...request, arn, revision, status: "ACTIVE" };
    this.#byArn.set(arn, definition);
    return definition;
  }

  /** All revisions of any status, oldest first. */
  get all(): TaskDefinition[] {
    return [...this.#byArn.values()];
  }

  /** Running tasks are not affected; new services and updates cannot use the revision any more (C1). */
  deregister(arn: string): void {
    this.get(arn).status = "INACTIVE";
  }

  /**
   * Deletes a revision for good. What was started with it goes on.
   * @throws AwsError `ClientException` if it was not deregistered before (C51)
   */
  delete(arn: string): void {
    const definition = this.get(arn);
    if (definition.status === "ACTIVE")
      throw new AwsError(
        "ClientException",
        "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      );
    definition.status = "DELETE_IN_PROGRESS";
  }

  /**
   * @param reference ARN, `family:revision`, or `family` for its last active revision
   * @throws AwsError `ClientException` if there is none
   */
  get(reference: string): TaskDefinition {
    const found = this.find(reference);
    if (found) return found;
    throw new AwsError("ClientException", "Unable to describe task definition.");
  }

  find(reference: string): TaskDefinition | undefined {
    const name = reference.slice(reference.lastIndexOf("/") + 1);
    if (name.includes(":")) return this.#byArn.get(ecsArn(this.#context, `task-definition/${name}`));
    return [...this.#byArn.values()]
      .filter((definition) => definition.family === name && definition.status === "ACTIVE")
      .at(-1);
  }

  /**
   * Returns the revision for a service or a new task.
   * @throws AwsError `ClientException` if there is none or it is inactive
   */
  usable(reference: string): TaskDefinition {
    const definition = this.find(reference);
    if (!definition) throw new AwsError("ClientException", "TaskDefinition not found.");
    if (definition.status !== "ACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
    return definition;
  }
}

function checkRequest(request: TaskDefinitionRequest): void {
  const { cpu, networkMode, requiresCompatibilities, volumes } = request;
  const containers = containersOf(request);
  if (requiresCompatibilities.includes("FARGATE")) checkFargate(request);
  const mounts = containers.flatMap(({ mountPoints }) => mountPoints);
  const unknown = mounts.find(({ sourceVolume }) => !volumes.includes(sourceVolume));
  if (unknown) throw new AwsError("ClientException", `Unknown volume '${unknown.sourceVolume}'.`);
  if (cpu !== undefined && (cpu < CPU_UNITS.min || cpu > CPU_UNITS.max)) {
    throw new AwsError(
      "ClientException",
      `Invalid 'cpu' setting for task: ${cpu}; wanted ${CPU_UNITS.min} to ${CPU_UNITS.max}`,
    );
  }
  const bytes = Buffer.byteLength(request.containerDefinitions);
  if (bytes > MAX_BYTES) {
    throw new AwsError("ClientException", `Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`);
  }
  for (const container of containers) {
    checkMemory(request, container);
    checkWithinTask(request, container);
    checkSecrets(request, container);
  }
  checkSums(request);
  checkContainers(containers, networkMode);
  const mappings = containers.flatMap(({ portMappings }) => portMappings);
  const different = mappings.find((mapping) => mapping.hostPort !== mapping.containerPort);
  if (networkMode === "host" && different) {
    throw new AwsError(
      "ClientException",
      "When networkMode=host, the host ports and container ports in port mappings must match.",
    );
  }
}

function checkMemory({ memory }: TaskDefinitionRequest, container: ContainerDefinition): void {
  if (memory === undefined && container.memory === undefined && container.memoryReservation === undefined) {
    throw new AwsError(
      "ClientException",
      `Invalid setting for container '${container.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if (container.memory !== undefined && (container.memoryReservation ?? 0) >= container.memory) {
    throw new AwsError(
      "ClientException",
      `Invalid setting for container '${container.name}'. 'memory' must be greater than 'memoryReservation'.`,
    );
  }
}

/** What all containers take together is a part of what the task takes, too (C45). */
function checkSums(request: TaskDefinitionRequest): void {
  const containers = containersOf(request);
  for (const setting of ["cpu", "memory"] as const) {
    const whole = request[setting];
    const sum = containers.reduce((all, container) => all + (container[setting] ?? 0), 0);
    if (whole === undefined || sum <= whole) continue;
    throw new AwsError(
      "ClientException",
      `The sum of all container '${setting}' values cannot be greater than the value of the task '${setting}'.`,
    );
  }
}

/** What a container takes is a part of what its task takes, where the task says it (V11). */
function checkWithinTask({ cpu, memory }: TaskDefinitionRequest, container: ContainerDefinition): void {
  const limits = [
    ["memory", container.memory, memory],
    ["memoryReservation", container.memoryReservation, memory],
    ["cpu", container.cpu, cpu],
  ] as const;
  for (const [setting, own, whole] of limits) {
    if (own === undefined || whole === undefined || own <= whole) continue;
    throw new AwsError(
      "ClientException",
      `The '${setting}' setting for container '${container.name}' is greater than for the task.`,
    );
  }
}

/** Secrets need names that differ from those of variables, and an execution role that may read them (C16). */
function checkSecrets({ executionRoleArn }: TaskDefinitionRequest, container: ContainerDefinition): void {
  if (container.secrets.length === 0) return;
  if (executionRoleArn === undefined) {
    throw new AwsError(
      "ClientException",
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  }
  const names = [...container.environment, ...container.secrets].map(({ name }) => name);
  const shared = container.secrets.find(({ name }) => names.filter((other) => other === name).length > 1);
  if (shared) {
    throw new AwsError(
      "ClientException",
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${shared.name}'.`,
    );
  }
}
