import { AutoScalingClient, DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeImagesCommand, ECRClient, ImageNotFoundException } from "@aws-sdk/client-ecr";
import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ColourOutputs } from "../../components/outputs";
import type { ColourObservation, ObservedTarget, ObservedTask, Observer } from "./observer";

/** How many reasons are shown: the newest say why. */
const TROUBLES_SHOWN = 3;

/**
 * Looks through AWS's own interfaces. `AWS_ENDPOINT_URL` leads the same code to the rehearsal cloud, which speaks the same protocols:
 * what a rehearsal proves of it holds on AWS.
 */
export class AwsObserver implements Observer {
  readonly #ecr: ECRClient;
  readonly #ecs: ECSClient;
  readonly #elb: ElasticLoadBalancingV2Client;
  readonly #autoScaling: AutoScalingClient;

  constructor(region: string) {
    this.#ecr = new ECRClient({ region });
    this.#ecs = new ECSClient({ region });
    this.#elb = new ElasticLoadBalancingV2Client({ region });
    this.#autoScaling = new AutoScalingClient({ region });
  }

  async image(
    repositoryName: string,
    reference: { tag: string } | { digest: string },
  ): Promise<{ digest: string } | null> {
    const imageId = "tag" in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
    try {
      const found = await this.#ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [imageId] }));
      const digest = found.imageDetails?.[0]?.imageDigest;
      return digest === undefined ? null : { digest };
    } catch (error) {
      if (error instanceof ImageNotFoundException) return null;
      throw error;
    }
  }

  async colour(colour: ColourOutputs): Promise<ColourObservation> {
    const [targets, running, stopped, activities] = await Promise.all([
      this.#targets(Object.values(colour.targetGroups)),
      this.#tasks(colour.cluster, "RUNNING"),
      this.#tasks(colour.cluster, "STOPPED"),
      this.#failedActivities(colour.autoScalingGroup),
    ]);
    const instances = await this.#instanceIds(colour.cluster, running);
    return {
      targets,
      tasks: running.map((task) => observedTask(task, instances)),
      troubles: [
        ...activities,
        ...stopped.map((task) => `task stopped: ${task.stoppedReason ?? "no reason given"}`),
      ].slice(0, TROUBLES_SHOWN),
    };
  }

  async #targets(targetGroups: string[]): Promise<ObservedTarget[]> {
    const groups = await Promise.all(
      targetGroups.map(async (targetGroup) => {
        const health = await this.#elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }));
        return (health.TargetHealthDescriptions ?? []).map((target) => ({
          targetGroup,
          instanceId: target.Target?.Id ?? "",
          state: target.TargetHealth?.State ?? "",
          reason: [target.TargetHealth?.Reason, target.TargetHealth?.Description].filter(Boolean).join(": "),
        }));
      }),
    );
    return groups.flat();
  }

  async #tasks(cluster: string, desiredStatus: "RUNNING" | "STOPPED"): Promise<Task[]> {
    const { taskArns } = await this.#ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
    if (!taskArns?.length) return [];
    return (await this.#ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
  }

  /** EC2 instance id by container instance ARN. */
  async #instanceIds(cluster: string, tasks: Task[]): Promise<Map<string, string>> {
    const arns = [...new Set(tasks.flatMap((task) => task.containerInstanceArn ?? []))];
    if (arns.length === 0) return new Map();
    const { containerInstances } = await this.#ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: arns }),
    );
    return new Map(
      containerInstances?.map((instance) => [instance.containerInstanceArn ?? "", instance.ec2InstanceId ?? ""]),
    );
  }

  async #failedActivities(autoScalingGroup: string): Promise<string[]> {
    const { Activities } = await this.#autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: autoScalingGroup, MaxRecords: 10 }),
    );
    return (Activities ?? [])
      .filter((activity) => activity.StatusCode === "Failed")
      .map(
        (activity) => `scaling activity failed: ${activity.StatusMessage ?? activity.Description ?? "no reason given"}`,
      );
  }
}

function observedTask(task: Task, instances: Map<string, string>): ObservedTask {
  return {
    instanceId: instances.get(task.containerInstanceArn ?? "") ?? "",
    status: task.lastStatus ?? "",
    digest: task.containers?.[0]?.imageDigest ?? "",
    taskDefinition: task.taskDefinitionArn ?? "",
  };
}
