import type { InstanceMishaps } from "./faults/instance-faults";
import type { AutoScaling } from "./services/autoscaling/model/auto-scaling";
import type { Instances } from "./services/ec2/model/instances";
import type { Ecs } from "./services/ecs/model/ecs";

/** What faults do to machines, by the services that know them. */
export function instanceMishaps(instances: Instances, autoScaling: AutoScaling, ecs: Ecs): InstanceMishaps {
  return {
    serving: () => {
      const tasks = ecs.runningTasks;
      return instances.running.flatMap((instance) => {
        const task = tasks.get(instance);
        return task ? [{ ...task.identity, instanceId: instance.instanceId }] : [];
      });
    },
    onChange: (listener) => ecs.onChange(listener),
    lose: (instanceId) => void instances.terminate(instanceId, "loss"),
    interrupt: (instanceId) => void instances.terminate(instanceId),
    rebalance: (instanceId) =>
      autoScaling.groups
        .find(({ members }) => members.some(({ instance }) => instance.instanceId === instanceId))
        ?.rebalance(instanceId),
    disconnectAgent: (instanceId) => ecs.disconnectAgent(instanceId),
    connectAgent: (instanceId) => ecs.connectAgent(instanceId),
  };
}
