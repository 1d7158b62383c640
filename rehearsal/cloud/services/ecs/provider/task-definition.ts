import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { parseContainerDefinitions } from "../model/container-definition";
import type { TaskDefinition } from "../model/task-definition";
import type { TaskDefinitions } from "../model/task-definitions";

/** A number, which the provider gives as a string. */
const units = z.string().regex(/^\d+$/, "wanted a whole number as a string");

const inputs = z.object({
  family: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
  networkMode: z.enum(["bridge", "host", "awsvpc"]).default("bridge"),
  requiresCompatibilities: z.array(z.enum(["EC2", "FARGATE"])).default(["EC2"]),
  /** Volumes of the task. They are empty at its start, and a part of its disk. */
  volumes: z.array(z.strictObject({ name: z.string().min(1) })).default([]),
  cpu: units.optional(),
  memory: units.optional(),
  executionRoleArn: z.string().optional(),
  taskRoleArn: z.string().optional(),
  containerDefinitions: z.string(),
  skipDestroy: z.boolean().default(false),
  trackLatest: z.boolean().default(false),
  tags,
});

type Inputs = z.output<typeof inputs>;

export function taskDefinitionType(definitions: TaskDefinitions): ResourceType {
  return defineResource({
    token: "aws:ecs/taskDefinition:TaskDefinition",
    awsCalls: {
      create: "ecs:RegisterTaskDefinition",
      read: "ecs:DescribeTaskDefinition",
      update: "ecs:TagResource",
      delete: "ecs:DeregisterTaskDefinition",
    },
    inputs,
    optionalComputed: ["networkMode"],
    replaceOn: [
      "family",
      "networkMode",
      "requiresCompatibilities",
      "cpu",
      "memory",
      "executionRoleArn",
      "taskRoleArn",
      "containerDefinitions",
      "volumes",
    ],
    computed: ["arn", "arnWithoutRevision", "revision"],
    validate({ containerDefinitions }) {
      const { problems } = parseContainerDefinitions(containerDefinitions);
      return problems.map((reason) => ({ property: "containerDefinitions", reason }));
    },
    async create(given) {
      const definition = definitions.register(requestOf(given));
      return { id: definition.family, outputs: outputsOf(definition) };
    },
    async read(_id, { arn }) {
      const definition = definitions.find(arn as string);
      return definition?.status === "ACTIVE" ? outputsOf(definition) : null;
    },
    async update() {
      return {};
    },
    async delete(_id, { arn, skipDestroy }) {
      if (skipDestroy !== true) definitions.deregister(arn as string);
    },
  });
}

function requestOf(given: Inputs) {
  const parsed = parseContainerDefinitions(given.containerDefinitions);
  if (!parsed.definition) throw new AwsError("ClientException", parsed.problems.join("; "));
  return {
    family: given.family,
    networkMode: given.networkMode,
    requiresCompatibilities: given.requiresCompatibilities,
    volumes: given.volumes.map(({ name }) => name),
    cpu: given.cpu === undefined ? undefined : Number(given.cpu),
    memory: given.memory === undefined ? undefined : Number(given.memory),
    executionRoleArn: given.executionRoleArn,
    taskRoleArn: given.taskRoleArn,
    container: parsed.definition,
    others: parsed.others,
    containerDefinitions: given.containerDefinitions,
  };
}

function outputsOf({ arn, revision }: TaskDefinition) {
  return { arn, revision, arnWithoutRevision: arn.slice(0, arn.lastIndexOf(":")), enableFaultInjection: false };
}
