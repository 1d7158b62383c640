import { z } from "zod";
import type { Ecs } from "../aws/ecs/ecs";
import { DEFAULT_CLUSTER } from "../compute/user-data";
import { describedInstance, describedService, describedTask, describedTaskDefinition } from "./ecs-descriptions";
import { type Operation, operation } from "./service";

const cluster = z.string().default(DEFAULT_CLUSTER);
/** ARNs, or the last part of them. */
const references = z.array(z.string()).max(100);

export function ecsOperations(ecs: Ecs): Record<string, Operation> {
  return {
    /** Like ECS, by the status that a task is wanted to have; RUNNING if nothing is said. */
    ListTasks: operation(
      {
        cluster,
        desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).default("RUNNING"),
        serviceName: z.string().optional(),
        containerInstance: z.string().optional(),
      },
      ({ cluster: name, desiredStatus, serviceName, containerInstance }) => ({
        taskArns: ecs
          .cluster(name)
          .tasks.filter((task) => task.desiredStatus === desiredStatus)
          .filter((task) => serviceName === undefined || isNamed(task.serviceName, serviceName))
          .filter((task) => containerInstance === undefined || isNamed(task.host.arn, containerInstance))
          .map(({ arn }) => arn),
      }),
    ),
    DescribeTasks: operation({ cluster, tasks: references }, ({ cluster: name, tasks }) => {
      const known = ecs.cluster(name);
      return found(tasks, known.tasks, "tasks", (task) => describedTask(task, known));
    }),
    ListContainerInstances: operation({ cluster }, ({ cluster: name }) => ({
      containerInstanceArns: [...ecs.cluster(name).instances.values()].map(({ arn }) => arn),
    })),
    DescribeContainerInstances: operation(
      { cluster, containerInstances: references },
      ({ cluster: name, containerInstances }) =>
        found(containerInstances, [...ecs.cluster(name).instances.values()], "containerInstances", describedInstance),
    ),
    DescribeServices: operation({ cluster, services: references }, ({ cluster: name, services }) =>
      found(services, [...ecs.cluster(name).services.values()], "services", describedService),
    ),
    DescribeTaskDefinition: operation({ taskDefinition: z.string() }, ({ taskDefinition }) => ({
      taskDefinition: describedTaskDefinition(ecs.taskDefinitions.get(taskDefinition)),
    })),
  };
}

/** The described ones, and a failure for each reference that leads nowhere. */
function found<Item extends { arn: string }>(
  asked: string[],
  known: Item[],
  key: string,
  describe: (item: Item) => object,
) {
  const items = asked.map((reference) => known.find(({ arn }) => isNamed(arn, reference)));
  return {
    [key]: items.flatMap((item) => (item ? [describe(item)] : [])),
    failures: asked.filter((_, index) => !items[index]).map((arn) => ({ arn, reason: "MISSING" })),
  };
}

function isNamed(arnOrName: string, reference: string): boolean {
  return arnOrName === reference || arnOrName.split("/").at(-1) === reference.split("/").at(-1);
}
