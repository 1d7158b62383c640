/** Tells the tasks of a colour to end while their instances are still there. */
export interface TaskDrain {
  /**
   * Sets the container instances of a cluster to DRAINING: ECS sends their daemon tasks SIGTERM, and SIGKILL after the
   * stop timeout (aws-rules C24). Does nothing for those that drain already.
   * @throws Error in AWS's own words
   */
  begin(cluster: string): Promise<void>;
}
