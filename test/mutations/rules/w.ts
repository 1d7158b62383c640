import type { Proofs } from "../mutation";

const EVENTS = "rehearsal/cloud/services/events/model/events.ts";
const EVENTS_TEST = "test/rehearsal/cloud/services/events/model/events.test.ts";

export const W: Proofs = {
  W1: {
    file: "rehearsal/cloud/services/logs/model/cloudwatch-logs.ts",
    code: "if (days === null || RETENTION_DAYS.includes(days)) return;",
    mutated: "return;",
    test: "test/rehearsal/cloud/services/logs/model/cloudwatch-logs.test.ts",
  },
  W2: {
    file: "rehearsal/cloud/services/logs/model/cloudwatch-logs.ts",
    code: "if (this.#groups.has(name)) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/logs/model/cloudwatch-logs.test.ts",
  },
  W3: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarm-settings.ts",
    code: "if (datapointsToAlarm > evaluationPeriods)",
    mutated: "if (false)",
    test: "test/rehearsal/cloud/services/cloudwatch/api/cloudwatch.test.ts",
  },
  W4: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarms.ts",
    code: 'state: "INSUFFICIENT_DATA",',
    mutated: 'state: "OK",',
    test: "test/rehearsal/cloud/services/cloudwatch/api/cloudwatch.test.ts",
  },
  W5: {
    file: "rehearsal/cloud/services/cloudwatch/model/load-balancer-metrics.ts",
    code: "const MINUTE_SECONDS = 60;",
    mutated: "const MINUTE_SECONDS = 30;",
    test: "test/rehearsal/cloud/services/cloudwatch/model/load-balancer-metrics.test.ts",
  },
  W6: {
    file: "rehearsal/cloud/data-plane/load-balancer/request-router.ts",
    code: "counts.ownError();",
    mutated: 'counts.request("g", { status: 503, from: "loadBalancer" }, 0);',
    test: "test/rehearsal/cloud/data-plane/load-balancer/forward.test.ts",
  },
  W7: {
    file: "automation/deploy/steps/preflight.ts",
    code: "if (alarms.length > 0 && !context.despiteAlarms)",
    mutated: "if (false)",
    test: "test/automation/deploy/release-analysis.test.ts",
  },
  W8: {
    file: "components/settings/schema/deploy.ts",
    code: "const BAKE_SECONDS = 180;",
    mutated: "const BAKE_SECONDS = 60;",
    test: "test/components/settings/settings.test.ts",
  },
  W9: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarm-settings.ts",
    code: "periodSeconds < 60 ? 10 : 60",
    mutated: "60",
    test: "test/rehearsal/cloud/services/cloudwatch/model/alarm-settings.test.ts",
  },
  W10: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarm-evaluation.ts",
    code: "const MORE_PERIODS = 2;",
    mutated: "const MORE_PERIODS = 0;",
    test: "test/rehearsal/cloud/services/cloudwatch/model/alarm-evaluation.test.ts",
  },
  W11: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarm-evaluation.ts",
    code: "+ 1 >= datapointsToAlarm",
    mutated: "+ 1 >= 0",
    test: "test/rehearsal/cloud/services/cloudwatch/model/alarm-evaluation.test.ts",
  },
  W12: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarms.ts",
    code: "...(known ?? this.#newAlarm(name, settings))",
    mutated: "...this.#newAlarm(name, settings)",
    test: "test/rehearsal/cloud/services/cloudwatch/model/alarms.test.ts",
  },
  W13: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarms.ts",
    code: "Object.keys(others).length > 0",
    mutated: "false",
    test: "test/rehearsal/cloud/services/cloudwatch/model/alarms.test.ts",
  },
  W14: {
    file: "rehearsal/cloud/services/events/model/event-pattern.ts",
    code: "if (value === undefined) return false;",
    mutated: "",
    test: EVENTS_TEST,
  },
  W16: {
    file: EVENTS,
    code: "if (logs.mayWrite(PRINCIPAL, arn)) {",
    mutated: "if (true) {",
    test: EVENTS_TEST,
  },
  W17: {
    file: EVENTS,
    code: "if (this.targets(name).length > 0)",
    mutated: "if (false)",
    test: EVENTS_TEST,
  },
  W18: {
    file: "rehearsal/cloud/services/logs/model/resource-policies.ts",
    code: "this.#policies.size >= MAX_POLICIES",
    mutated: "false",
    test: EVENTS_TEST,
  },
  W15: {
    file: "rehearsal/cloud/services/scheduler/model/scheduler.ts",
    code: "if (isOver) this.#drop(schedule, (error as Error).message);",
    mutated: "",
    test: "test/rehearsal/cloud/services/scheduler/model/scheduler.test.ts",
  },
  W19: {
    file: "rehearsal/cloud/services/cloudwatch/model/alarm-settings.ts",
    code: "if (ownRegion !== region)",
    mutated: "if (false)",
    test: "test/rehearsal/cloud/services/cloudwatch/api/cloudwatch.test.ts",
  },
  W20: "The rehearsal has no topics.",
  W22: {
    file: "rehearsal/cloud/data-plane/load-balancer/traffic-counts.ts",
    code: 'if (from === "target") {',
    mutated: "if (true) {",
    test: "test/rehearsal/cloud/data-plane/load-balancer/traffic-counts.test.ts",
  },
  W23: {
    file: "components/settings/schema/deploy.ts",
    code: "period < METRIC_PERIOD_SECONDS || period % METRIC_PERIOD_SECONDS === 0",
    mutated: "true",
    test: "test/components/settings/rules.test.ts",
  },
  W21: {
    file: "rehearsal/cloud/services/logs/api/logs.ts",
    code: "if (input.nextToken === undefined && found.length > 0)",
    mutated: "if (false)",
    test: "test/rehearsal/cloud/services/logs/api/logs.test.ts",
  },
};
