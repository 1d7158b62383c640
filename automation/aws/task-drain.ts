import { ECSClient, UpdateContainerInstancesStateCommand } from "@aws-sdk/client-ecs";
import { CALL_LIMITS } from "../core/aws-limits";
import { batchesOf } from "../core/batches";
import type { TaskDrain } from "../ports/task-drain";
import { containerInstancesIn } from "./cluster";

/** Most instances of one call (aws-rules C40). */
const BATCH = 10;

/** Drains container instances through AWS's own interface. In a rehearsal `AWS_ENDPOINT_URL` leads it to the rehearsal cloud. */
export class AwsTaskDrain implements TaskDrain {
  readonly #ecs: ECSClient;

  constructor(region: string) {
    this.#ecs = new ECSClient({ region, ...CALL_LIMITS });
  }

  async begin(cluster: string): Promise<void> {
    const hosts = await containerInstancesIn(this.#ecs, cluster);
    // Only an ACTIVE instance can be set to DRAINING (aws-rules C24).
    const arns = hosts.filter(({ status }) => status === "ACTIVE").map((host) => host.containerInstanceArn!);
    for (const containerInstances of batchesOf(arns, BATCH))
      await this.#ecs.send(
        new UpdateContainerInstancesStateCommand({ cluster, containerInstances, status: "DRAINING" }),
      );
  }
}
