import { at, type Rule } from "../declared";

export const logsAreKeptForATime: Rule = {
  name: "logs-are-kept-for-a-time",
  description: "A log group has a retention period: without one it keeps everything for ever.",
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  check: ({ inputs: { retentionInDays } }) =>
    Number(retentionInDays) > 0 ? [] : [`retentionInDays is ${String(retentionInDays)}: set a number of days`],
};

export const loadBalancersLog: Rule = {
  name: "load-balancers-log",
  description: "Every load balancer writes access logs.",
  types: ["aws:lb/loadBalancer:LoadBalancer"],
  check: ({ inputs }) =>
    at(inputs, "accessLogs", "enabled") === true
      ? []
      : ["accessLogs.enabled is not true: requests would not be recorded"],
};
