import { PLAIN, type Surroundings } from "../../processes/surroundings";
import { TaskProcesses } from "../../processes/task-processes";
import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { ecsOperations } from "./api/ecs";
import { Ecs, type EcsOptions } from "./model/ecs";
import { ExecSessions } from "./model/exec-sessions";
import { capacityProviderType } from "./provider/capacity-provider";
import { clusterType } from "./provider/cluster";
import { clusterCapacityProvidersType } from "./provider/cluster-capacity-providers";
import { getCluster } from "./provider/get-cluster";
import { serviceType } from "./provider/service";
import { taskDefinitionType } from "./provider/task-definition";

export interface EcsParts extends Omit<EcsOptions, "ledger" | "folders" | "surroundings" | "apiEndpoint" | "logOnce"> {
  /** Holds the ids of running processes and the folders of tasks; of this cloud alone. */
  processDirectory: string;
  /** Default: processes as they are. */
  surroundings?: Surroundings;
  /** Needed by `surroundings` that have networks of their own. */
  apiEndpoint?: EcsOptions["apiEndpoint"];
}

export function createEcs(parts: EcsParts): CloudService<Ecs> {
  const { context, surroundings = PLAIN, apiEndpoint = noApi } = parts;
  const processes = new TaskProcesses(parts.processDirectory, context.log);
  const { ledger, folders } = processes;
  let isClosing = false;
  // The tasks that end with the cloud have nothing to say.
  const logOnce = onlyOnce((line) => isClosing || context.log(line));
  const ecs = new Ecs({ ...parts, ledger, folders, surroundings, apiEndpoint, logOnce });
  const exec = new ExecSessions(parts);
  return {
    model: ecs,
    types: [
      clusterType(context, ecs),
      capacityProviderType(ecs),
      clusterCapacityProvidersType(ecs),
      taskDefinitionType(ecs.taskDefinitions),
      serviceType(context, ecs),
    ],
    functions: [getCluster(ecs)],
    apis: { ecs: { protocol: jsonProtocol, operations: ecsOperations(ecs, exec) } },
    close() {
      isClosing = true;
      exec.close();
      ecs.close();
      processes.close();
      surroundings.networks?.close();
      surroundings.memory?.close();
    },
  };
}

function onlyOnce(log: (line: string) => unknown): (line: string) => void {
  const written = new Set<string>();
  return (line) => {
    if (written.has(line)) return;
    written.add(line);
    log(line);
  };
}

function noApi(): never {
  throw new Error("the cloud has no API for tasks in networks of their own");
}
