/**
 * The shortest real wait for something that another process must do. A time limit of some AWS seconds becomes some
 * milliseconds at a high speed, and then this machine's own hiccups (2 cores, compilers at work) would look like a
 * sick service. Nothing else is stretched.
 */
const SHORTEST_PATIENCE_MS = 1000;

/** Turns AWS seconds into real milliseconds. */
export class Pace {
  /** @param speed how many AWS seconds pass in one real second */
  constructor(private readonly speed: number) {}

  /** For things that happen by themselves: intervals, delays. */
  milliseconds(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.speed;
  }

  /** For time limits on what another process does; never under a second. */
  patience(awsSeconds: number): number {
    return Math.max(this.milliseconds(awsSeconds), SHORTEST_PATIENCE_MS);
  }
}
