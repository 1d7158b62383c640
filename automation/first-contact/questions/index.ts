import type { Question } from "../question";
import { accessLogSource } from "./access-log-source";
import { drainingDelay } from "./draining-delay";
import { flowLogs } from "./flow-logs";
import { hostPort } from "./host-port";
import { instances } from "./instances";
import { managedDraining } from "./managed-draining";
import { metricDelay } from "./metric-delay";
import { recordSync } from "./record-sync";
import { ruleSpread } from "./rule-spread";
import { scalingPolicy } from "./scaling-policy";
import { secondRun } from "./second-run";
import { stoppedLag } from "./stopped-lag";
import { targetSpread } from "./target-spread";

/** All questions, in the order in which they are asked at their moments. */
export const QUESTIONS: readonly Question[] = [
  accessLogSource,
  recordSync,
  instances,
  secondRun,
  drainingDelay,
  managedDraining,
  hostPort,
  metricDelay,
  ruleSpread,
  targetSpread,
  scalingPolicy,
  flowLogs,
  stoppedLag,
];
