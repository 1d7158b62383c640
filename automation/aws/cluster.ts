import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
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
  const { containerInstanceArns } = await client.send(new ListContainerInstancesCommand({ cluster }));
  if (!containerInstanceArns?.length) return [];
  const described = await client.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
  );
  return described.containerInstances ?? [];
}
