import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { type Operation, operation } from "../../../protocols/service";
import { DEFAULT_CLUSTER } from "../../ec2/model/user-data";
import type { Ecs } from "../model/ecs";
import type { ExecSessions } from "../model/exec-sessions";
import type { TaskDefinition } from "../model/task-definition";
import { describedInstance, describedService, describedTask, describedTaskDefinition } from "./descriptions";

/** Most items of one page, and of one description. */
const MAX_ITEMS = 100;
const paging = {
  maxResults: z.int().min(1).max(MAX_ITEMS).default(MAX_ITEMS),
  nextToken: z.string().optional(),
};
const cluster = z.string().default(DEFAULT_CLUSTER);
/** ARNs, or the last part of them. */
const references = z.array(z.string()).max(MAX_ITEMS);
/** Instances of one call of UpdateContainerInstancesState (C40). */
const MAX_UPDATED = 10;
/** Revisions of one call of DeleteTaskDefinitions (C51). */
const MAX_DELETED = 10;
/** Tasks of one call of RunTask. */
const MAX_RUN = 10;
const ContainerOverride = z.strictObject({
  name: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
});

/** Tasks have no public addresses here. */
const AwsVpc = z.strictObject({
  subnets: z.array(z.string()).min(1).max(16),
  securityGroups: z.array(z.string()).min(1).max(5),
  assignPublicIp: z.literal("DISABLED").default("DISABLED"),
});

export function ecsOperations(ecs: Ecs, exec: ExecSessions): Record<string, Operation> {
  return {
    /** Like ECS, by the status that a task is wanted to have; RUNNING if nothing is said. Newest first. */
    ListTasks: operation(
      {
        ...paging,
        cluster,
        desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).default("RUNNING"),
        serviceName: z.string().optional(),
        containerInstance: z.string().optional(),
        family: z.string().optional(),
        startedBy: z.string().optional(),
      },
      ({ cluster: name, desiredStatus, serviceName, containerInstance, family, startedBy, ...page }) => {
        if (startedBy !== undefined && (serviceName ?? containerInstance ?? family) !== undefined) {
          throw new AwsError(
            "InvalidParameterException",
            "startedBy must be the only filter: serviceName, containerInstance and family cannot be specified with it.",
          );
        }
        const tasks = ecs
          .cluster(name)
          .tasks.filter((task) => task.desiredStatus === desiredStatus)
          .filter((task) => startedBy === undefined || task.request.startedBy === startedBy)
          .filter((task) => family === undefined || task.definition.family === family)
          .filter((task) => serviceName === undefined || isNamed(task.request.serviceName ?? "", serviceName))
          .filter((task) => containerInstance === undefined || isNamed(task.host.arn, containerInstance));
        return paged("taskArns", tasks.map(({ arn }) => arn).reverse(), page);
      },
    ),
    DescribeTasks: operation({ cluster, tasks: references }, ({ cluster: name, tasks }) => {
      const known = ecs.cluster(name);
      return found(tasks, known.tasks, "tasks", (task) => describedTask(task, known));
    }),
    RunTask: operation(
      {
        cluster,
        taskDefinition: z.string(),
        launchType: z.enum(["EC2", "FARGATE"]).default("EC2"),
        networkConfiguration: z.strictObject({ awsvpcConfiguration: AwsVpc }).optional(),
        count: z.int().min(1).max(MAX_RUN).default(1),
        startedBy: z.string().optional(),
        group: z.string().optional(),
        overrides: z
          .strictObject({
            containerOverrides: z.array(ContainerOverride).max(1, "a task has one container").optional(),
          })
          .optional(),
        enableExecuteCommand: z.boolean().default(false),
        clientToken: z.string().optional(),
      },
      ({ cluster: name, taskDefinition, networkConfiguration, overrides, ...asked }) => {
        const { launchType, count, startedBy, group, enableExecuteCommand, clientToken } = asked;
        const { tasks, failures } = ecs.runTask(name, {
          launchType,
          network: networkConfiguration?.awsvpcConfiguration,
          definition: ecs.taskDefinitions.usable(taskDefinition),
          count,
          startedBy,
          group,
          enableExecuteCommand,
          overrides: overrides?.containerOverrides?.[0] ?? { environment: [] },
          clientToken,
        });
        return { tasks: tasks.map((task) => describedTask(task, ecs.cluster(name))), failures };
      },
    ),
    StopTask: operation(
      { cluster, task: z.string(), reason: z.string().max(1024).default("Task stopped by user") },
      ({ cluster: name, task, reason }) => ({
        task: describedTask(ecs.stopTask(name, task, reason), ecs.cluster(name)),
      }),
    ),
    ExecuteCommand: operation(
      {
        cluster,
        task: z.string(),
        container: z.string().optional(),
        command: z.string().min(1),
        interactive: z.boolean(),
      },
      async ({ cluster: name, task: reference, container, command, interactive }) => {
        const known = ecs.cluster(name);
        const { task, ...opened } = await exec.execute(known, reference, { container, command, interactive });
        return {
          clusterArn: known.arn,
          taskArn: task.arn,
          containerName: opened.container,
          interactive,
          session: opened.session,
        };
      },
    ),
    ListContainerInstances: operation({ ...paging, cluster }, ({ cluster: name, ...page }) => {
      const instances = [...ecs.cluster(name).instances.values()];
      return paged(
        "containerInstanceArns",
        instances.map(({ arn }) => arn),
        page,
      );
    }),
    DescribeContainerInstances: operation(
      { cluster, containerInstances: references },
      ({ cluster: name, containerInstances }) =>
        found(containerInstances, [...ecs.cluster(name).instances.values()], "containerInstances", describedInstance),
    ),
    UpdateContainerInstancesState: operation(
      {
        cluster,
        containerInstances: z.array(z.string()),
        status: z.enum(["ACTIVE", "DRAINING"]),
      },
      ({ cluster: name, containerInstances, status }) => {
        const known = ecs.cluster(name);
        if (containerInstances.length > MAX_UPDATED)
          throw new AwsError("InvalidParameterException", `instanceIds can have at most ${MAX_UPDATED} items.`);
        const hosts = [...known.instances.values()];
        const changed = hosts.filter(({ arn }) => containerInstances.some((reference) => isNamed(arn, reference)));
        for (const host of changed) ecs.setInstanceStatus(known, host, status);
        return found(containerInstances, hosts, "containerInstances", describedInstance);
      },
    ),
    DescribeServices: operation({ cluster, services: references }, ({ cluster: name, services }) =>
      found(services, [...ecs.cluster(name).services.values()], "services", describedService),
    ),
    ListServices: operation({ ...paging, cluster }, ({ cluster: name, ...page }) => {
      const services = [...ecs.cluster(name).services.values()].filter(({ status }) => status !== "INACTIVE");
      return paged(
        "serviceArns",
        services.map(({ arn }) => arn),
        page,
      );
    }),
    /** A daemon needs no force. */
    DeleteService: operation({ cluster, service: z.string() }, ({ cluster: name, service: reference }) => {
      const service = ecs.service(name, reference);
      service.delete();
      return { service: describedService(service) };
    }),
    DescribeTaskDefinition: operation({ taskDefinition: z.string() }, ({ taskDefinition }) => ({
      taskDefinition: describedTaskDefinition(ecs.taskDefinitions.get(taskDefinition)),
    })),
    /** Like ECS, of one family exactly, whatever the parameter's name says; oldest first. */
    ListTaskDefinitions: operation(
      {
        ...paging,
        familyPrefix: z.string().optional(),
        status: z.enum(["ACTIVE", "INACTIVE"]).default("ACTIVE"),
      },
      ({ familyPrefix, status, ...page }) => {
        const definitions = ecs.taskDefinitions.all
          .filter(({ family }) => familyPrefix === undefined || family === familyPrefix)
          .filter((definition) => definition.status === status);
        return paged(
          "taskDefinitionArns",
          definitions.map(({ arn }) => arn),
          page,
        );
      },
    ),
    DeregisterTaskDefinition: operation({ taskDefinition: z.string() }, ({ taskDefinition }) => {
      const definition = ecs.taskDefinitions.get(taskDefinition);
      ecs.taskDefinitions.deregister(definition.arn);
      return { taskDefinition: describedTaskDefinition(definition) };
    }),
    DeleteTaskDefinitions: operation({ taskDefinitions: z.array(z.string()).min(1) }, ({ taskDefinitions }) => {
      if (taskDefinitions.length > MAX_DELETED)
        throw new AwsError("InvalidParameterException", `At most ${MAX_DELETED} task definitions can be deleted.`);
      const deleted: TaskDefinition[] = [];
      const failures = taskDefinitions.flatMap((reference) => {
        try {
          ecs.taskDefinitions.delete(reference);
          deleted.push(ecs.taskDefinitions.get(reference));
          return [];
        } catch (error) {
          return [{ arn: reference, reason: (error as Error).message }];
        }
      });
      return { taskDefinitions: deleted.map(describedTaskDefinition), failures };
    }),
  };
}

/** The next token is the place of the first item that was left out. */
function paged(
  key: string,
  arns: string[],
  { maxResults, nextToken = "0" }: { maxResults: number; nextToken?: string },
) {
  const start = Number(nextToken);
  if (!Number.isInteger(start)) throw new AwsError("InvalidParameterException", "Invalid token.");
  const end = start + maxResults;
  return { [key]: arns.slice(start, end), nextToken: end < arns.length ? String(end) : undefined };
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
