/** ECS gives a task a stopCode as soon as it is to stop. */
interface Ended {
  stopCode?: string | undefined;
}

/** False for a task that was stopped, such as by a person, ECS or Auto Scaling, and for one that has no code yet (aws-rules C52). */
export function endedByItself({ stopCode }: Ended): boolean {
  return stopCode === "TaskFailedToStart" || stopCode === "EssentialContainerExited";
}

/** True for a task that something else than its own end stopped: it may not have done its work, whatever its exit code. */
export function wasStopped({ stopCode }: Ended): boolean {
  return stopCode !== undefined && !endedByItself({ stopCode });
}

/** Whether a task did its work: it ended by itself, with 0. */
export function hasSucceeded(task: { exitCode: number | null; wasStopped: boolean }): boolean {
  return task.exitCode === 0 && !task.wasStopped;
}
