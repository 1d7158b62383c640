/** The scheduled actions that end colours which are kept warm. */
export interface ScheduledEnds {
  /**
   * Takes the action away from an Auto Scaling group at once, because an `up` of the stack takes seconds before it comes to
   * it. Does nothing if there is none (any more).
   * @throws Error in AWS's own words
   */
  cancel(autoScalingGroup: string): Promise<void>;
}
