import type { CloudContext } from "../../../kernel/context";
import type { Image, Images, Logs, Permissions, Reachability, Secrets } from "../../../kernel/ports";
import type { Instance } from "../../ec2/model/instance";
import type { ContainerDefinition } from "./container-definition";
import type { TaskDefinition } from "./task-definition";

/** With this configuration, the agent writes logs with the task's execution role instead of the instance's role. */
const LOGS_WITH_EXECUTION_ROLE = /^\s*ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true\s*$/m;
/** Account, region and repository of an image in ECR. */
const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+?)(?:@sha256:[0-9a-f]+|:[^:/]+)?$/;
const PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];

/** A task stopped before its container ran. The message is the task's `stoppedReason`, in ECS's words. */
export class ContainerStartError extends Error {
  override readonly name = "ContainerStartError";
}

export interface ContainerStartPorts {
  context: CloudContext;
  permissions: Permissions;
  reachability: Reachability;
  images: Images;
  logs: Logs;
  /** Undefined means that no secret exists. */
  secrets?: Secrets;
}

/**
 * Checks that the roles exist and trust ECS (aws-rules I5).
 * @throws ContainerStartError
 */
export function checkRoles(ports: ContainerStartPorts, definition: TaskDefinition): void {
  for (const arn of [definition.taskRoleArn, definition.executionRoleArn]) {
    if (arn === undefined) continue;
    const role = ports.permissions.roleNameOfArn(arn);
    if (role === undefined || !ports.permissions.trusts(role, "ecs-tasks.amazonaws.com")) {
      throw new ContainerStartError(
        `ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`,
      );
    }
  }
}

/**
 * Finds the image that the agent pulls; checks the permissions and the route (aws-rules C13, C14, C16).
 * @throws ContainerStartError
 */
export function findImage(
  ports: ContainerStartPorts,
  definition: TaskDefinition,
  reference: string,
  instance: Instance,
): Image {
  for (const service of ["ecr.api", "ecr.dkr", "s3"]) {
    const route = ports.reachability.reachesService(instance.subnetId, instance.securityGroupIds, service);
    if (!route.ok) {
      throw new ContainerStartError(
        `CannotPullContainerError: Error response from daemon: Get "https://${reference.split("/")[0]}/v2/": net/http: request canceled while waiting for connection (${service}: ${route.reason})`,
      );
    }
  }
  if (!ECR_IMAGE.test(reference)) {
    throw new ContainerStartError(
      `CannotPullContainerError: Error response from daemon: pull access denied for ${reference}: the rehearsal cloud has no registry but ECR: give it an image of ECR in this stack's settings`,
    );
  }
  const role = pullRole(ports, definition, instance);
  const [, accountId, region, repository] = ECR_IMAGE.exec(reference)!;
  const repositoryArn = `arn:aws:ecr:${region}:${accountId}:repository/${repository}`;
  if (!may(ports, role, "ecr:GetAuthorizationToken", "*")) {
    throw new ContainerStartError(
      `CannotPullECRContainerError: AccessDeniedException: role ${role ?? "(none)"} is not authorized to perform: ecr:GetAuthorizationToken on resource: *`,
    );
  }
  const refused = PULL_ACTIONS.find((action) => !may(ports, role, action, repositoryArn));
  if (refused) {
    throw new ContainerStartError(
      `CannotPullContainerError: Error response from daemon: pull access denied for ${reference}: denied: role ${role ?? "(none)"} is not authorized to perform: ${refused} on resource: ${repositoryArn}`,
    );
  }
  const image = ports.images.find(reference);
  if (image) return image;
  throw new ContainerStartError(
    `CannotPullContainerError: Error response from daemon: manifest for ${reference} not found: manifest unknown: Requested image not found`,
  );
}

/**
 * Opens the log stream, as the log driver does before the container starts (aws-rules C18).
 * @returns null without a log configuration; `isLost` if the role may not write to the stream: the container runs, and
 *   the log driver throws its lines away
 * @throws ContainerStartError
 */
export function openLogStream(
  ports: ContainerStartPorts,
  definition: TaskDefinition,
  container: ContainerDefinition,
  instance: Instance,
  taskId: string,
): { group: string; stream: string; isLost: boolean } | null {
  const options = container.logConfiguration?.options;
  if (!options) return null;
  const group = options["awslogs-group"];
  const stream = `${options["awslogs-stream-prefix"]}/${container.name}/${taskId}`;
  const failed = (why: string) =>
    new ContainerStartError(
      `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ${why}`,
    );
  const { region, accountId } = ports.context;
  if (options["awslogs-region"] !== region) {
    throw failed(`the log group is in ${options["awslogs-region"]}, but the rehearsal cloud is in ${region}`);
  }
  const route = ports.reachability.reachesService(instance.subnetId, instance.securityGroupIds, "logs");
  if (!route.ok) throw failed(`RequestError: send request failed: ${route.reason}`);
  if (!ports.logs.exists(group)) throw failed("ResourceNotFoundException: The specified log group does not exist.");
  const role = logRole(ports, definition, instance);
  const arn = `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:${stream}`;
  if (!may(ports, role, "logs:CreateLogStream", arn)) {
    throw failed(
      `AccessDeniedException: role ${role ?? "(none)"} is not authorized to perform: logs:CreateLogStream on ${arn}`,
    );
  }
  const isLost = !may(ports, role, "logs:PutLogEvents", arn);
  if (isLost) {
    ports.context.log(
      `task ${taskId}: its logs are lost, because role ${role ?? "(none)"} is not authorized to perform: logs:PutLogEvents on ${arn}`,
    );
  }
  return { group, stream, isLost };
}

function pullRole(ports: ContainerStartPorts, definition: TaskDefinition, instance: Instance): string | undefined {
  return definition.executionRoleArn
    ? ports.permissions.roleNameOfArn(definition.executionRoleArn)
    : instanceRole(ports, instance);
}

function logRole(ports: ContainerStartPorts, definition: TaskDefinition, instance: Instance): string | undefined {
  const script = Buffer.from(instance.userData, "base64").toString("utf8");
  return LOGS_WITH_EXECUTION_ROLE.test(script) ? pullRole(ports, definition, instance) : instanceRole(ports, instance);
}

function instanceRole(ports: ContainerStartPorts, instance: Instance): string | undefined {
  return instance.instanceProfile === undefined ? undefined : ports.permissions.roleOfProfile(instance.instanceProfile);
}

function may(ports: ContainerStartPorts, role: string | undefined, action: string, resource: string): boolean {
  return role !== undefined && ports.permissions.allows(role, action, resource);
}
