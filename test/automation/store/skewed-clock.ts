/** Loaded before anything else: this process's wall clock is wrong by SKEW_MS. */
const skewMs = Number(process.env.SKEW_MS ?? 0);
const RightDate = Date;

globalThis.Date = class extends RightDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(RightDate.now() + skewMs);
    else super(args[0]);
  }

  static override now(): number {
    return RightDate.now() + skewMs;
  }
} as DateConstructor;
