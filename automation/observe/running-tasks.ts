import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation, ObservedInstance, ObservedTask } from "../ports/observer";

/**
 * Returns the tasks of a colour's own revision that really run. ECS lists tasks of an instance that is gone as RUNNING
 * for up to 20 minutes (aws-rules C23): a task counts only while its instance is in the Auto Scaling group. While the
 * instance's agent is disconnected, which happens in normal operation, too, it counts if every load balancer calls it
 * healthy.
 */
export function runningTasks(colour: ColourOutputs, observed: ColourObservation): ObservedTask[] {
  const instances = new Map(observed.instances.map((instance) => [instance.id, instance]));
  return observed.tasks.filter(({ status, taskDefinition, instanceId }) => {
    if (status !== "RUNNING" || taskDefinition !== colour.taskDefinition) return false;
    const instance = instances.get(instanceId);
    return instance !== undefined && (instance.agent === "connected" || isHealthy(instance, colour, observed));
  });
}

/** False for an instance that no load balancer checks, such as a worker's. */
function isHealthy({ id }: ObservedInstance, { targetGroups }: ColourOutputs, { targets }: ColourObservation): boolean {
  const isHealthyIn = (arn: string) =>
    targets.some(
      ({ targetGroup, instanceId, state }) => targetGroup === arn && instanceId === id && state === "healthy",
    );
  return targetGroups.length > 0 && targetGroups.every(({ arn }) => isHealthyIn(arn));
}
