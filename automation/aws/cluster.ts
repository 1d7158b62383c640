import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListContainerInstances,
  paginateListTasks,
  type Task,
} from "@aws-sdk/client-ecs";

/** Returns the tasks of a cluster that are to run, or those that have stopped or are to stop. */
export async function tasksIn(
  client: ECSClient,
  cluster: string,
  desiredStatus: "RUNNING" | "STOPPED",
): Promise<Task[]> {
  const tasks: Task[] = [];
  // A page has no more tasks than one request can describe.
  for await (const { taskArns } of paginateListTasks({ client }, { cluster, desiredStatus })) {
    if (!taskArns?.length) continue;
    const described = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    tasks.push(...(described.tasks ?? []));
  }
  return tasks;
}

/** Returns the container instances of a cluster. */
export async function containerInstancesIn(client: ECSClient, cluster: string): Promise<ContainerInstance[]> {
  const instances: ContainerInstance[] = [];
  // A page has no more instances than one request can describe.
  for await (const { containerInstanceArns } of paginateListContainerInstances({ client }, { cluster })) {
    if (!containerInstanceArns?.length) continue;
    const request = { cluster, containerInstances: containerInstanceArns };
    const described = await client.send(new DescribeContainerInstancesCommand(request));
    instances.push(...(described.containerInstances ?? []));
  }
  return instances;
}
