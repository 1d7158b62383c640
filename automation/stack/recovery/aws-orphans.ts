import "../../core/silent-aws-sdk";
import { AutoScalingClient, DeletePolicyCommand, paginateDescribePolicies } from "@aws-sdk/client-auto-scaling";
import {
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListTaskDefinitions,
} from "@aws-sdk/client-ecs";
import { lastPart } from "../../../components/core/arn";
import { CALL_LIMITS } from "../../core/aws-limits";
import { deleteScheduledAction } from "../../core/scheduled-action";
import { type ExportedResource, labelOf } from "../exported-state";
import type { Orphans } from "./recover";

type Remove = (created: ExportedResource, known: readonly ExportedResource[]) => Promise<string | null>;

/**
 * Finds and removes orphans of every type that an `up` of a deploy creates. The engine, or the program, chooses physical names
 * before it creates, so orphans can be found by name.
 */
export class AwsOrphans implements Orphans {
  readonly #ecs: ECSClient;
  readonly #autoScaling: AutoScalingClient;
  readonly #removers: Record<string, Remove> = {
    "aws:ecs/taskDefinition:TaskDefinition": (created, known) => this.#revision(created, known),
    "aws:ecs/service:Service": (created) => this.#service(created),
    "aws:autoscaling/policy:Policy": (created) => this.#policy(created),
    "aws:autoscaling/schedule:Schedule": (created, known) => this.#scheduledAction(created, known),
  };

  /** @param environment the CLI's variables where they differ from this process's own: they lead to the same cloud */
  constructor(region: string, environment: Record<string, string> = {}) {
    const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
    const settings = {
      ...CALL_LIMITS,
      region,
      ...(AWS_ENDPOINT_URL === undefined ? {} : { endpoint: AWS_ENDPOINT_URL }),
      ...(AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
        ? {}
        : {
            credentials: {
              accessKeyId: AWS_ACCESS_KEY_ID,
              secretAccessKey: AWS_SECRET_ACCESS_KEY,
              ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
            },
          }),
    };
    this.#ecs = new ECSClient(settings);
    this.#autoScaling = new AutoScalingClient(settings);
  }

  async remove(created: ExportedResource, known: readonly ExportedResource[]): Promise<string | null> {
    const remove = this.#removers[created.type];
    if (remove) return remove(created, known);
    return `${labelOf(created)} may exist without the stack knowing it: look, and delete it by hand`;
  }

  /** Deregisters revisions of the family that are newer than every revision in the state and have the same image. */
  async #revision(created: ExportedResource, known: readonly ExportedResource[]): Promise<string | null> {
    const family = textOf(created, "family");
    const newest = Math.max(
      0,
      ...known.filter(({ type }) => type === created.type).map((one) => revisionOf(one, family)),
    );
    const removed: string[] = [];
    for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions(
      { client: this.#ecs },
      { familyPrefix: family, status: "ACTIVE" },
    )) {
      for (const taskDefinition of taskDefinitionArns) {
        if (Number(taskDefinition.split(":").at(-1)) <= newest) continue;
        const found = await this.#ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
        if (found.taskDefinition?.containerDefinitions?.[0]?.image !== imageOf(created)) continue;
        await this.#ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
        removed.push(lastPart(taskDefinition));
      }
    }
    return removed.length === 0 ? null : `deregistered task definition ${removed.join(", ")}, which no state knows`;
  }

  async #service(created: ExportedResource): Promise<string | null> {
    const cluster = textOf(created, "cluster");
    const name = textOf(created, "name");
    const found = await this.#ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
    const service = found.services?.find(({ status }) => status === "ACTIVE");
    if (!service) return null;
    // Only a service with a desired count would need `force`.
    await this.#ecs.send(new DeleteServiceCommand({ cluster, service: name }));
    return `deleted ECS service ${name}, which no state knows`;
  }

  async #policy(created: ExportedResource): Promise<string | null> {
    const AutoScalingGroupName = textOf(created, "autoscalingGroupName");
    const name = textOf(created, "name");
    const pages = paginateDescribePolicies({ client: this.#autoScaling }, { AutoScalingGroupName });
    for await (const { ScalingPolicies = [] } of pages) {
      if (!ScalingPolicies.some(({ PolicyName }) => PolicyName === name)) continue;
      await this.#autoScaling.send(new DeletePolicyCommand({ AutoScalingGroupName, PolicyName: name }));
      return `deleted scaling policy ${name}, which no state knows`;
    }
    return null;
  }

  /**
   * One that ends a colour which was to be kept warm would end it as well after a rollback has made it active. The program gives
   * the name, so an `up` since then may have created the same one: that is in the state, and stays.
   */
  async #scheduledAction(created: ExportedResource, known: readonly ExportedResource[]): Promise<string | null> {
    const group = textOf(created, "autoscalingGroupName");
    const name = textOf(created, "scheduledActionName");
    const isKnown = known.some(
      ({ type, inputs, pendingReplacement = false }) =>
        type === created.type &&
        inputs?.autoscalingGroupName === group &&
        inputs.scheduledActionName === name &&
        !pendingReplacement,
    );
    if (isKnown) return null;
    const isDeleted = await deleteScheduledAction(this.#autoScaling, group, name);
    return isDeleted ? `deleted scheduled action ${name} of ${group}, which no state knows` : null;
  }
}

/** Returns 0 for a resource of another family. */
function revisionOf({ outputs }: ExportedResource, family: string): number {
  return outputs?.family === family ? Number(outputs.revision) : 0;
}

function imageOf(created: ExportedResource): unknown {
  return (JSON.parse(textOf(created, "containerDefinitions")) as { image?: string }[])[0]?.image;
}

function textOf({ urn, inputs }: ExportedResource, key: string): string {
  const value = inputs?.[key];
  if (typeof value !== "string") throw new Error(`${urn}: ${key} is ${JSON.stringify(value)}; wanted a text`);
  return value;
}
