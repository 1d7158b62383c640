import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import type { ScheduleSettings } from "../model/schedule";
import type { Scheduler } from "../model/scheduler";

const MAX_NAME_LENGTH = 64;
/** AWS seconds for which the provider tries again while Scheduler may not assume the role. */
const ROLE_SECONDS = 120;

const NetworkConfiguration = z.strictObject({
  subnets: z.array(z.string()).min(1).max(16),
  securityGroups: z.array(z.string()).min(1).max(5),
  assignPublicIp: z
    .literal(false, { error: "the rehearsal cloud has tasks without public addresses only" })
    .default(false),
});

const EcsParameters = z.strictObject({
  taskDefinitionArn: z.string(),
  launchType: z.enum(["EC2", "FARGATE"]).default("EC2"),
  taskCount: z.int().min(1).max(10).default(1),
  networkConfiguration: NetworkConfiguration.optional(),
  enableEcsManagedTags: z.boolean().default(false),
  enableExecuteCommand: z.boolean().default(false),
  propagateTags: z.literal("TASK_DEFINITION").optional(),
});

const Target = z.strictObject({
  arn: z.string(),
  roleArn: z.string(),
  ecsParameters: EcsParameters,
  input: z.string().optional(),
  retryPolicy: z
    .strictObject({
      maximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
      maximumRetryAttempts: z.int().min(0).max(185).default(185),
    })
    .prefault({}),
});

const inputs = z.object({
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  groupName: z.string().default("default"),
  description: z.string().optional(),
  scheduleExpression: z.string(),
  scheduleExpressionTimezone: z.string().default("UTC"),
  flexibleTimeWindow: z.strictObject({
    mode: z.literal("OFF", { error: "the rehearsal cloud has schedules without a flexible time window only" }),
  }),
  state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  target: Target,
});
type Inputs = z.output<typeof inputs>;

/** A schedule with an ECS cluster as its target. The id is `<group>/<name>`. */
export function scheduleType(
  scheduler: Scheduler,
  { clock }: { clock: Parameters<typeof retryWhile>[0]["clock"] },
): ResourceType {
  const place = (id: string) => id.split("/") as [group: string, name: string];
  const retrying = <Result>(signal: AbortSignal, operation: () => Result) =>
    retryWhile({ code: "ValidationException", limitSeconds: ROLE_SECONDS, clock, signal }, operation);
  return defineResource({
    token: "aws:scheduler/schedule:Schedule",
    awsCalls: {
      create: "scheduler:CreateSchedule",
      read: "scheduler:GetSchedule",
      update: "scheduler:UpdateSchedule",
      delete: "scheduler:DeleteSchedule",
    },
    inputs,
    optionalComputed: ["groupName"],
    replaceOn: ["name", "namePrefix", "groupName"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create(given, { signal }) {
      const schedule = await retrying(signal, () => scheduler.create(given.groupName, given.name!, settingsOf(given)));
      return { id: `${given.groupName}/${given.name}`, outputs: { arn: schedule.arn } };
    },
    async read(id) {
      const schedule = scheduler.find(...place(id));
      return schedule
        ? { arn: schedule.arn, name: schedule.name, groupName: schedule.groupName, state: schedule.state }
        : null;
    },
    async update(id, given, _old, { signal }) {
      await retrying(signal, () => scheduler.update(...place(id), settingsOf(given)));
      return {};
    },
    async delete(id) {
      if (scheduler.find(...place(id))) scheduler.delete(...place(id));
    },
  });
}

function settingsOf({ scheduleExpression, scheduleExpressionTimezone, state, target }: Inputs): ScheduleSettings {
  const { networkConfiguration, ...ecs } = target.ecsParameters;
  return {
    scheduleExpression,
    scheduleExpressionTimezone,
    state,
    target: {
      ...target,
      input: target.input,
      ecsParameters: { ...ecs, propagateTags: ecs.propagateTags, network: networkConfiguration },
    },
  };
}
