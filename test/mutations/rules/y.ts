import type { Proofs } from "../mutation";

const MODEL = "rehearsal/cloud/services/scheduler/model";
const TEST = "test/rehearsal/cloud/services/scheduler/model/scheduler.test.ts";

export const Y: Proofs = {
  Y1: {
    file: `${MODEL}/scheduler.ts`,
    code: "if (this.#groups.has(name)) throw",
    mutated: "if (false) throw",
    test: TEST,
  },
  Y2: { file: `${MODEL}/schedule.ts`, code: "if (!isGood) throw", mutated: "if (false) throw", test: TEST },
  Y3: {
    file: `${MODEL}/scheduler.ts`,
    code: "const PRECISION_SECONDS = { min: 0, max: 59 };",
    mutated: "const PRECISION_SECONDS = { min: 60, max: 119 };",
    test: TEST,
  },
  Y4: {
    file: `${MODEL}/scheduler.ts`,
    code: "schedule.countedFromMs = this.#ports.context.clock.nowMs;",
    mutated: "",
    test: TEST,
  },
  Y5: {
    file: `${MODEL}/scheduler.ts`,
    code: "const isOver = attempt >= maximumRetryAttempts",
    mutated: "const isOver = attempt >= 1000",
    test: TEST,
  },
  Y6: {
    file: `${MODEL}/scheduler.ts`,
    code: "permissions.trusts(role, PRINCIPAL, this.#group(groupName).arn)",
    mutated: "permissions.trusts(role, PRINCIPAL)",
    test: TEST,
  },
  Y7: {
    file: `${MODEL}/start-task.ts`,
    code: "input.replaceAll(SCHEDULED_TIME, time)",
    mutated: "input",
    test: TEST,
  },
};
