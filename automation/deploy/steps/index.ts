import type { Step } from "../step";
import { approve } from "./approve";
import { assess } from "./assess";
import { bake } from "./bake";
import { confirm } from "./confirm";
import { cutover } from "./cutover";
import { drain, drainOccupied } from "./drain";
import { holdWarm } from "./hold-warm";
import { keepWarm } from "./keep-warm";
import { matchSize } from "./match-size";
import { migrate } from "./migrate";
import { preflight } from "./preflight";
import { ramp } from "./ramp";
import { coolDown, retire, retireOccupied } from "./retire";
import { test } from "./test";
import { verify } from "./verify";
import { warm } from "./warm";

/** All steps, in the order in which a run performs them. docs/how-a-deploy-works.md has the same table for people. */
export const STEPS: readonly Step[] = [
  preflight,
  // On a rollback what is kept warm may end at any moment, so this comes before everything that changes something.
  holdWarm,
  // What another run left on the idle colour goes first: a release changes only on a colour at size 0 (aws-rules C7).
  drainOccupied,
  retireOccupied,
  warm,
  migrate,
  verify,
  test,
  approve,
  matchSize,
  ramp,
  cutover,
  confirm,
  bake,
  drain,
  keepWarm,
  retire,
  coolDown,
  assess,
];

/** The step of that name; undefined for one that a newer version wrote to a journal, and for `recover`, which stands before all steps. */
export function stepNamed(name: string): Step | undefined {
  return STEPS.find((step) => step.name === name);
}

/** The names of all steps in that order, each once: where a step can come twice, at its usual place, which is the later one. */
export const STEP_NAMES: readonly string[] = [
  ...[...new Set(STEPS.map(({ name }) => name).reverse())].reverse(),
  "recover",
];
