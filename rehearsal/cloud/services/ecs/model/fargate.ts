import { FARGATE_CPU, fargateMemory, MAX_FARGATE_STOP_SECONDS } from "../../../../../components/settings/fargate";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Reachability } from "../../../kernel/ports";
import type { Instance } from "../../ec2/model/instance";
import { ContainerInstance } from "./container-instance";
import { containersOf, type TaskDefinition } from "./task-definition";

/** Where the network interface of a task is (`awsvpcConfiguration`). */
export interface TaskNetwork {
  subnets: string[];
  securityGroups: string[];
}

/** Fargate writes logs with the task's execution role, as an agent does that is told so. */
const AGENT_SETTINGS = Buffer.from("ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true\n").toString("base64");

/** @throws AwsError `ClientException` for a task definition that Fargate could not run (C36, C37) */
export function checkFargate(request: Omit<TaskDefinition, "arn" | "revision" | "status">): void {
  const refuse = (message: string) => new AwsError("ClientException", message);
  const { cpu, memory, networkMode, executionRoleArn } = request;
  if (networkMode !== "awsvpc") throw refuse("Fargate only supports network mode 'awsvpc'.");
  if (cpu === undefined) throw refuse("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw refuse("Fargate requires that 'memory' be defined at the task level.");
  if (!FARGATE_CPU.includes(cpu) || !fargateMemory(cpu).includes(memory))
    throw refuse(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
  if (executionRoleArn === undefined)
    throw refuse("Fargate requires task definition to have execution role ARN to support ECR images.");
  for (const { name, linuxParameters, stopTimeout } of containersOf(request)) {
    if (linuxParameters?.tmpfs.length) throw refuse(`Fargate does not support tmpfs, which container '${name}' has.`);
    if (stopTimeout > MAX_FARGATE_STOP_SECONDS)
      throw refuse(`Invalid 'stopTimeout' setting for container '${name}': at most ${MAX_FARGATE_STOP_SECONDS}.`);
  }
}

/** @throws AwsError `InvalidParameterException` if the task cannot be launched in this way (C38) */
export function checkLaunch(
  { networkMode, requiresCompatibilities }: TaskDefinition,
  launchType: "EC2" | "FARGATE",
  network: TaskNetwork | undefined,
): void {
  const refuse = (message: string) => new AwsError("InvalidParameterException", message);
  if (!requiresCompatibilities.includes(launchType))
    throw refuse(`Task definition does not support launch_type ${launchType}.`);
  if (networkMode === "awsvpc" && !network)
    throw refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (networkMode !== "awsvpc" && network)
    throw refuse("Network Configuration is not valid for the given networkMode of this task definition.");
}

/**
 * The machine of one task on Fargate, with a network interface of the account's in one of the subnets. Nobody else sees it:
 * it is in no cluster, and ends with the task.
 * @throws AwsError `InvalidParameterException` for a network that does not exist
 */
export function fargateMachine(
  context: CloudContext,
  reachability: Pick<Reachability, "subnet">,
  { subnets, securityGroups }: TaskNetwork,
  { cpu = 0, memory = 0 }: TaskDefinition,
): ContainerInstance {
  const place = subnets.map((id) => subnetOf(reachability, id))[context.random.integer(0, subnets.length - 1)]!;
  const id = context.random.hex(17);
  const instance: Instance = {
    instanceId: `fargate-${id}`,
    state: "running",
    vpcId: place.vpcId,
    subnetId: place.id,
    availabilityZone: place.availabilityZone,
    securityGroupIds: securityGroups,
    autoScalingGroup: "",
    instanceType: "Fargate",
    // The task definition names no runtime platform, for which AWS takes this architecture.
    capacity: { cpuUnits: cpu, memoryMiB: memory, architecture: "x86_64" },
    imageId: "",
    networkInterfaceId: `eni-${id}`,
    privateAddress: "",
    instanceProfile: undefined,
    userData: AGENT_SETTINGS,
    hasDetailedMonitoring: false,
    launchTemplate: { id: "", name: "", version: 0 },
    launchedAtMs: Date.now(),
  };
  return new ContainerInstance("", instance, undefined);
}

function subnetOf(reachability: Pick<Reachability, "subnet">, id: string) {
  try {
    return reachability.subnet(id);
  } catch {
    throw new AwsError("InvalidParameterException", `The subnet ID '${id}' does not exist`);
  }
}
