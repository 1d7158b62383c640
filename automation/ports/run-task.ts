/** Runs standalone tasks: tasks that run once, outside of any ECS service. */
export interface TaskRunner {
  /**
   * Returns the tasks that ECS still lists, newest first. ECS lists a stopped task for about an hour.
   * @param startedBy the whole of it, or what it begins with
   */
  find(cluster: string, startedBy: string): Promise<StandaloneTask[]>;
  /** @throws CannotStart when no instance takes the task */
  start(task: NewTask): Promise<StandaloneTask>;
  /** Returns null while ECS does not list the task, be it not yet or not any more. */
  look(cluster: string, id: string): Promise<StandaloneTask | null>;
  /** Makes ECS send SIGTERM and, after the stop timeout, SIGKILL. Does not wait for the end. */
  stop(cluster: string, id: string, reason: string): Promise<void>;
  /**
   * Reads a page of a log's new lines. One without lines may have others after it: at the end `next` stays as `since` was.
   * @param since `next` of the last call; null for the beginning
   */
  log(logGroup: string, stream: string, since: string | null): Promise<{ lines: string[]; next: string | null }>;
}

export interface NewTask {
  cluster: string;
  taskDefinition: string;
  startedBy: string;
  /** Where a task on Fargate runs; absent for one that an instance of the cluster takes. */
  network?: TaskNetwork | undefined;
  /** Whether ECS Exec reaches it. Default: no. */
  enableExecuteCommand?: boolean;
}

export interface TaskNetwork {
  subnetIds: readonly string[];
  securityGroupId: string;
}

export interface StandaloneTask {
  id: string;
  /** Name of its container, which is a part of its log stream's name. */
  container: string;
  /** ECS's lastStatus, such as PENDING, RUNNING or STOPPED. */
  status: string;
  /** Null while it runs, and for a task that did not start, or whose machine was lost. */
  exitCode: number | null;
  /** Why it stopped, in ECS's words; empty while it runs. */
  reason: string;
  /**
   * Whether something else than its own end stops or has stopped it: a person, a command, or the end of its machine. A program may end with 0 on SIGTERM
   * before its work is done. False where ECS does not say it.
   */
  wasStopped: boolean;
}

/** No instance takes the task. */
export class CannotStart extends Error {
  constructor(
    message: string,
    /** True when only a change of settings or of the instance type helps. */
    readonly final: boolean,
  ) {
    super(message);
    this.name = "CannotStart";
  }
}
