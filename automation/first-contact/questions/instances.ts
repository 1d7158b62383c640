import { containerInstancesIn, tasksIn } from "../../aws/cluster";
import type { Question } from "../question";
import { activitiesOf } from "./retired-colour";

const LAUNCHING = /^Launching a new EC2 instance: (i-\w+)/;

/** Reads what Auto Scaling and ECS say about the instances of the active colour. */
export const instances: Question = {
  title: "how long instances take to boot and to join, and images to be pulled",
  numbers: ["boot", "join", "pull"],
  moments: ["active"],

  async ask(trial) {
    const { active, colours } = await trial.service();
    const { cluster, autoScalingGroup } = colours[active];
    const { ecs } = trial.clients;
    const [activities, containerInstances, tasks] = await Promise.all([
      activitiesOf(trial, autoScalingGroup),
      containerInstancesIn(ecs, cluster),
      tasksIn(ecs, cluster, "RUNNING"),
    ]);
    const registered = new Map(containerInstances.map((host) => [host.ec2InstanceId, host.registeredAt]));
    const launches = activities.flatMap(({ Description = "", StatusCode, StartTime, EndTime }) => {
      const registeredAt = registered.get(LAUNCHING.exec(Description)?.[1]);
      return StatusCode === "Successful" && StartTime && EndTime && registeredAt
        ? [{ boot: between(StartTime, EndTime), join: between(EndTime, registeredAt) }]
        : [];
    });
    const pulls = tasks.flatMap(({ pullStartedAt, pullStoppedAt }) =>
      pullStartedAt && pullStoppedAt ? [between(pullStartedAt, pullStoppedAt)] : [],
    );
    return {
      seconds: {
        boot: launches.map(({ boot }) => trial.seconds(boot)),
        // Auto Scaling may take an instance into service after its agent has registered.
        join: launches.map(({ join }) => trial.seconds(Math.max(0, join))),
        pull: pulls.map((ms) => trial.seconds(ms)),
      },
    };
  },
};

function between(from: Date, to: Date): number {
  return to.getTime() - from.getTime();
}
