/**
 * Changes where production's requests go at once, because an `up` of the stack takes seconds before it comes to the
 * rules.
 */
export interface TrafficSwitch {
  /**
   * Makes a listener rule forward to these target groups and to no others.
   * @throws Error in AWS's own words; the rule is then unchanged
   */
  route(rule: ProductionRule): Promise<void>;
}

export interface ProductionRule {
  /** ARN of the listener rule. */
  arn: string;
  /**
   * Weights in percent. Every target group of the rule is named: a load balancer checks the health of no group that no
   * rule names.
   */
  targetGroups: { arn: string; weight: number }[];
}
