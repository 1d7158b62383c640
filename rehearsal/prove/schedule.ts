import { isWrite, type Requests, type Step } from "./requests";

/** A scenario of `requests.yaml`. */
export interface Scenario {
  name: string;
  steps: readonly Step[];
  /** Only the new release's file has it: the old release does not have to know its requests. */
  isNew: boolean;
}

/**
 * When a step is performed:
 * - `before` the migration, or `during` it: when it is about to change the schema again,
 * - `after` it: whole scenarios, scenarios in which the releases alternate, and scenarios that are only begun,
 * - `rest`: all that was begun is ended, by the other release,
 * - `last`: whole scenarios once more.
 */
type Stage = "before" | "during" | "after" | "rest" | "last";
/** How the releases share a scenario. */
type Part = "whole" | "alternate" | "begun" | "ended";

/** One step that is performed. */
export interface Turn {
  stage: Stage;
  /** 0 is before the migration; the first pause of the migration is 1. After the migration it is undefined. */
  pause?: number;
  part: Part;
  /** The repetition of the scenario to which it belongs, from 1 on: `{n}` in a request. */
  n: number;
  scenario: Scenario;
  /** The step of the scenario, from 0 on. */
  step: number;
  /** In a scenario in which the releases alternate: whether the second of them performs this step. */
  isSecond?: boolean;
  /** The number of steps that were performed when the releases changed, for a scenario that one began and the other ended. */
  split?: number;
}

/** Splits of one scenario: each is a repetition at each pause. */
const MAX_SPLITS = 4;

/** Returns the scenarios of both releases, the old release's first. */
export function scenariosOf(before: Requests, after: Requests): Scenario[] {
  const common = Object.entries(before.scenarios).map(([name, steps]) => ({ name, steps, isNew: false }));
  const own = Object.entries(after.scenarios)
    .filter(([name, steps]) => JSON.stringify(before.scenarios[name]) !== JSON.stringify(steps))
    .map(([name, steps]) => ({ name, steps, isNew: true }));
  return [...common, ...own];
}

/**
 * Returns the steps of a run in their order. It is the same for all states, so that at each place the answer of one
 * release alone is known.
 * @param pauses how often the migration is stopped
 */
export function scheduleOf(scenarios: readonly Scenario[], pauses: number): Turn[] {
  let n = 0;
  const turns: Turn[] = [];
  const begun: Turn[] = [];
  const add = (
    scenario: Scenario,
    about: Omit<Turn, "scenario" | "step" | "n" | "isSecond">,
    by?: (step: number) => boolean,
  ) => {
    n += 1;
    scenario.steps.forEach((_, step) => {
      const turn = { ...about, n, scenario, step, ...(by ? { isSecond: by(step) } : {}) };
      if (about.split !== undefined && step >= about.split) begun.push({ ...turn, stage: "rest", part: "ended" });
      else turns.push(turn);
    });
  };
  const begin = (scenario: Scenario, about: { stage: Stage; pause?: number }) => {
    for (const split of splitsOf(scenario)) add(scenario, { ...about, part: "begun", split });
  };
  for (let pause = 0; pause <= pauses; pause += 1) {
    const about = { stage: pause === 0 ? "before" : "during", pause } as const;
    for (const scenario of scenarios) {
      add(scenario, { ...about, part: "whole" });
      begin(scenario, about);
    }
  }
  for (const scenario of scenarios) {
    add(scenario, { stage: "after", part: "whole" });
    for (const by of alternations(scenario)) add(scenario, { stage: "after", part: "alternate" }, by);
    begin(scenario, { stage: "after" });
  }
  turns.push(...begun);
  for (const scenario of scenarios) add(scenario, { stage: "last", part: "whole" });
  return turns;
}

/** Two ways to alternate: from step to step, and from one step that writes to the next, with one release that reads. */
function alternations({ steps }: Scenario): ((step: number) => boolean)[] {
  const writes = steps.flatMap((step, index) => (isWrite(step) ? [index] : []));
  const byStep = (step: number) => step % 2 === 1;
  return writes.length < 2 ? [byStep] : [byStep, (step) => writes.indexOf(step) % 2 === 1];
}

/** Where one release hands a scenario to the other: behind each step that writes, except the last step. */
export function splitsOf({ steps }: Scenario): number[] {
  const behind = steps.flatMap((step, index) => (isWrite(step) && index + 1 < steps.length ? [index + 1] : []));
  return behind.length <= MAX_SPLITS ? behind : [...behind.slice(0, MAX_SPLITS - 1), behind.at(-1)!];
}
