import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  paginateListTaskDefinitions,
} from "@aws-sdk/client-ecs";
import { COLOURS } from "../../components/core/colour-name";
import { clusterName, migrationFamily, type Owner } from "../../components/core/names";
import { batchesOf } from "../core/batches";
import type { Clients } from "./clients";
import { SERVICE } from "./trial";

type Ecs = Pick<Clients, "ecs">;

/** DeleteTaskDefinitions takes so many (aws-rules C51). */
const DELETED_AT_ONCE = 10;

/** Returns the ARNs of the task definitions of a run's stack that can still be started. The program never deregisters any. */
export async function activeTaskDefinitions(clients: Ecs, owner: Owner): Promise<string[]> {
  return revisions(clients, owner, "ACTIVE");
}

/** Deregisters and deletes the task definitions of a run's stack. It may be called again. */
export async function removeTaskDefinitions(clients: Ecs, owner: Owner): Promise<void> {
  for (const taskDefinition of await activeTaskDefinitions(clients, owner))
    await clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  const inactive = await revisions(clients, owner, "INACTIVE");
  for (const taskDefinitions of batchesOf(inactive, DELETED_AT_ONCE))
    await clients.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
}

async function revisions({ ecs }: Ecs, owner: Owner, status: "ACTIVE" | "INACTIVE"): Promise<string[]> {
  const families = COLOURS.map((colour) => clusterName(owner, SERVICE, colour));
  const found: string[] = [];
  // The prefix is a whole family, whatever its name says (aws-rules C51).
  for (const familyPrefix of [...families, ...families.map(migrationFamily)])
    for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions(
      { client: ecs },
      { familyPrefix, status },
    ))
      found.push(...taskDefinitionArns);
  return found;
}
