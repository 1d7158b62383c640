/**
 * Name of a step, such as `warm`: deploy/steps/index.ts has all of them. It is a string here because a journal that a newer version wrote may have
 * others, and so that a new step is one file and one line in that list.
 */
export type StepName = string;
