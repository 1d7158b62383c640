import type { Which } from "./states";

/** A release that cannot run alone: nothing can be proven. */
export class ReleaseFails extends Error {
  constructor(
    message: string,
    readonly which: Which,
  ) {
    super(message);
  }
}
