import { parseContainerDefinitions } from "../../../../../../rehearsal/cloud/services/ecs/model/container-definition";
import type { TaskDefinitionRequest } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { IMAGE } from "../../../compute-scene";

interface Wanted {
  image?: string;
  release?: string;
  port?: string;
  hostPort?: number;
  command?: readonly string[];
  cpu?: number;
  memory?: number;
  executionRoleArn?: string | undefined;
  /** Merged into the container's definition; undefined takes a key away. */
  container?: Record<string, unknown>;
  /** Definitions of further containers. */
  others?: readonly Record<string, unknown>[];
}

/** A worker's task: no port, memory of the container alone. */
export function workerRequest(wanted: Wanted = {}): TaskDefinitionRequest {
  const container = { portMappings: undefined, memoryReservation: 128, ...wanted.container };
  return { ...taskRequest({ ...wanted, container }), family: "mailer", cpu: undefined, memory: undefined };
}

/** A task as components/service/colour.ts declares it; its container listens on 3000 behind host port 8080. */
export function taskRequest(wanted: Wanted = {}): TaskDefinitionRequest {
  const { image = IMAGE, release = "1", port = "3000", hostPort = 8080, command, cpu = 1536, memory = 1536 } = wanted;
  const containerDefinitions = JSON.stringify([
    {
      name: "users",
      image,
      essential: true,
      portMappings: [{ containerPort: 3000, hostPort, protocol: "tcp" }],
      environment: [
        { name: "PORT", value: port },
        { name: "RELEASE", value: release },
      ],
      readonlyRootFilesystem: true,
      stopTimeout: 30,
      ...(command ? { command } : {}),
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "users",
          "awslogs-region": "ap-northeast-1",
          "awslogs-stream-prefix": "blue",
          mode: "non-blocking",
          "max-buffer-size": "25m",
        },
      },
      ...wanted.container,
    },
    ...(wanted.others ?? []),
  ]);
  const { definition, ...parsed } = parseContainerDefinitions(containerDefinitions);
  return {
    family: "users",
    networkMode: "bridge",
    requiresCompatibilities: ["EC2"],
    volumes: [],
    cpu,
    memory,
    executionRoleArn:
      "executionRoleArn" in wanted ? wanted.executionRoleArn : "arn:aws:iam::123456789012:role/users-execution",
    taskRoleArn: "arn:aws:iam::123456789012:role/users-task",
    container: definition!,
    others: "others" in parsed ? parsed.others : [],
    containerDefinitions,
  };
}
