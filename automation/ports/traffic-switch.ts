/** Where production's requests go, changed at once: an `up` of the stack takes seconds before it comes to the rules. */
export interface TrafficSwitch {
  /**
   * Makes a load balancer's rule lead to these target groups, and nowhere else.
   * @throws Error in AWS's own words; the rule is then what it was
   */
  route(rule: ProductionRule): Promise<void>;
}

export interface ProductionRule {
  /** Of the listener rule. */
  arn: string;
  /** Weights in percent: every group of the rule is named, because one that no rule names is not checked any more. */
  targetGroups: { arn: string; weight: number }[];
}
