export const STEP_NAMES = [
  "preflight",
  "warm",
  "migrate",
  "verify",
  "test",
  /** Somebody says that production may be cut over. */
  "approve",
  "ramp",
  "cutover",
  "confirm",
  "bake",
  "drain",
  "retire",
  /** On the way back: the colour that is idle again goes to 0. */
  "coolDown",
  /** Before the steps: what a crash left in the stack is cleared. */
  "recover",
] as const;
export type StepName = (typeof STEP_NAMES)[number];
