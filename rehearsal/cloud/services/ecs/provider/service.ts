import { z } from "zod";
import { NotReadyError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { goDuration } from "../../../kernel/go-duration";
import { settled } from "../../../kernel/settled";
import { defineResource, type OperationContext, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { DaemonService } from "../model/daemon-service";
import type { Ecs } from "../model/ecs";

/** The provider's time limit for create, update and delete, in AWS seconds (C21). */
const LIMIT_SECONDS = 20 * 60;

const inputs = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,255}$/)
    .optional(),
  cluster: z.string(),
  taskDefinition: z.string(),
  schedulingStrategy: z.literal("DAEMON", {
    error: "the rehearsal cloud supports only services with the strategy DAEMON",
  }),
  capacityProviderStrategies: z.array(z.looseObject({ capacityProvider: z.string() })).default([]),
  launchType: z.literal("EC2", { error: "the rehearsal cloud supports only the launch type EC2" }).optional(),
  desiredCount: z.int().min(0).optional(),
  deploymentMinimumHealthyPercent: z.int().min(0).max(200).default(0),
  deploymentMaximumPercent: z.int().min(0).max(200).default(100),
  enableEcsManagedTags: z.boolean().default(false),
  propagateTags: z.enum(["SERVICE", "TASK_DEFINITION", "NONE"]).optional(),
  enableExecuteCommand: z.boolean().default(false),
  waitForSteadyState: z.boolean().default(false),
  forceDelete: z.boolean().optional(),
  tags,
});

type Inputs = z.output<typeof inputs>;

export function serviceType(context: CloudContext, ecs: Ecs): ResourceType {
  return defineResource({
    token: "aws:ecs/service:Service",
    awsCalls: {
      create: "ecs:CreateService",
      read: "ecs:DescribeServices",
      update: "ecs:UpdateService",
      delete: "ecs:DeleteService",
    },
    inputs,
    optionalComputed: ["launchType"],
    replaceOn: ["name", "cluster", "schedulingStrategy", "launchType", "capacityProviderStrategies"],
    autoName: { property: "name", maxLength: 255 },
    computed: ["arn", "launchType", "iamRole", "platformVersion", "triggers"],
    async create(given, call) {
      const service = ecs.createService(given.cluster, {
        name: given.name!,
        definition: ecs.taskDefinitions.usable(given.taskDefinition),
        desiredCount: given.desiredCount,
        minimumHealthyPercent: given.deploymentMinimumHealthyPercent,
        maximumPercent: given.deploymentMaximumPercent,
        hasCapacityProviderStrategy: given.capacityProviderStrategies.length > 0,
        enableExecuteCommand: given.enableExecuteCommand,
        tags: given.tags ?? {},
      });
      await waitForSteadyState(context, ecs, service, given, call);
      return { id: service.arn, outputs: outputsOf(service) };
    },
    async read(id, { cluster }) {
      const service = ecs.findService(cluster as string, id);
      if (!service || service.status === "INACTIVE") return null;
      return { ...outputsOf(service), name: service.name, taskDefinition: service.definition.arn };
    },
    async update(id, given, _old, call) {
      const service = ecs.service(given.cluster, id);
      const definition = ecs.taskDefinitions.usable(given.taskDefinition);
      service.enableExecuteCommand = given.enableExecuteCommand;
      service.update(definition, given.deploymentMinimumHealthyPercent, given.tags ?? {});
      await waitForSteadyState(context, ecs, service, given, call);
      return outputsOf(service);
    },
    async delete(id, { cluster }, { signal, timeoutSeconds = LIMIT_SECONDS }) {
      const service = ecs.findService(cluster as string, id);
      if (!service) return;
      service.delete();
      const isInactive = () => service.status === "INACTIVE";
      if (!(await settled(context, (listener) => ecs.onChange(listener), isInactive, timeoutSeconds, signal))) {
        throw new Error(
          `waiting for ECS Service (${id}) delete: timeout while waiting for state to become 'INACTIVE' (last state: '${service.status}', timeout: ${goDuration(timeoutSeconds)}); ${service.tasks.length} task(s) not stopped`,
        );
      }
    },
  });
}

async function waitForSteadyState(
  context: CloudContext,
  ecs: Ecs,
  service: DaemonService,
  given: Inputs,
  { signal }: OperationContext,
): Promise<void> {
  if (!given.waitForSteadyState) return;
  const isSteady = () => service.isSteady;
  if (await settled(context, (listener) => ecs.onChange(listener), isSteady, LIMIT_SECONDS, signal)) return;
  throw new NotReadyError(
    `waiting for ECS Service (${service.arn}) create: timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s); ${service.events[0]?.message ?? "no service event"}`,
    service.arn,
    outputsOf(service),
  );
}

function outputsOf({ arn }: DaemonService) {
  return { arn, launchType: "EC2", iamRole: "", platformVersion: "", triggers: {} };
}
