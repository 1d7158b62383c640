/** Tasks that run once, outside of any ECS service. */
export interface TaskRunner {
  /** Those that ECS still lists, an ended one for about an hour; newest first. */
  find(cluster: string, startedBy: string): Promise<OneOffTask[]>;
  /** @throws CannotStart when no instance takes it */
  start(task: { cluster: string; taskDefinition: string; startedBy: string }): Promise<OneOffTask>;
  look(cluster: string, id: string): Promise<OneOffTask>;
  /** SIGTERM, after the stop timeout SIGKILL. Returns at once. */
  stop(cluster: string, id: string, reason: string): Promise<void>;
  /**
   * What was logged since.
   * @param since what the last call returned as `next`; null for the beginning
   */
  log(logGroup: string, stream: string, since: string | null): Promise<{ lines: string[]; next: string | null }>;
}

export interface OneOffTask {
  id: string;
  /** Name of its container, a part of its log stream's name. */
  container: string;
  /** ECS's lastStatus, such as PENDING, RUNNING or STOPPED. */
  status: string;
  /** Null while it runs, and for a task that did not start. */
  exitCode: number | null;
  /** Why it stopped, in ECS's words; empty while it runs. */
  reason: string;
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
