import { TaskProcesses } from "../../processes/task-processes";
import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { ecsOperations } from "./api/ecs";
import { Ecs, type EcsOptions } from "./model/ecs";
import { capacityProviderType } from "./provider/capacity-provider";
import { clusterType } from "./provider/cluster";
import { clusterCapacityProvidersType } from "./provider/cluster-capacity-providers";
import { serviceType } from "./provider/service";
import { taskDefinitionType } from "./provider/task-definition";

export interface EcsParts extends Omit<EcsOptions, "ledger" | "folders"> {
  /** Holds the ids of running processes and the folders of tasks; of this cloud alone. */
  processDirectory: string;
}

export function createEcs(parts: EcsParts): CloudService<Ecs> {
  const { context } = parts;
  const processes = new TaskProcesses(parts.processDirectory, context.log);
  const ecs = new Ecs({ ...parts, ledger: processes.ledger, folders: processes.folders });
  return {
    model: ecs,
    types: [
      clusterType(context, ecs),
      capacityProviderType(ecs),
      clusterCapacityProvidersType(ecs),
      taskDefinitionType(ecs.taskDefinitions),
      serviceType(context, ecs),
    ],
    apis: { ecs: { protocol: jsonProtocol, operations: ecsOperations(ecs) } },
    close() {
      ecs.close();
      processes.close();
    },
  };
}
