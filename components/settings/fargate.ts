const GIB = 1024;

/** MiB of memory that a task on Fargate may have, by its CPU units (aws-rules C36): from, to, in steps of. */
const MEMORY: Readonly<Record<number, readonly [from: number, to: number, step: number]>> = {
  256: [GIB / 2, 2 * GIB, GIB / 2],
  512: [GIB, 4 * GIB, GIB],
  1024: [2 * GIB, 8 * GIB, GIB],
  2048: [4 * GIB, 16 * GIB, GIB],
  4096: [8 * GIB, 30 * GIB, GIB],
  8192: [16 * GIB, 60 * GIB, 4 * GIB],
  16384: [32 * GIB, 120 * GIB, 8 * GIB],
};

/** CPU units that a task on Fargate may have. */
export const FARGATE_CPU: readonly number[] = Object.keys(MEMORY).map(Number);

/** The smallest task. */
export const DEFAULT_FARGATE_CPU = 256;

/** Most seconds from SIGTERM to SIGKILL on Fargate (aws-rules C36). */
export const MAX_FARGATE_STOP_SECONDS = 120;

/** MiB of memory that go with these CPU units, least first; empty for CPU units that Fargate has not. */
export function fargateMemory(cpu: number): number[] {
  const [from, to, step] = MEMORY[cpu] ?? [1, 0, 1];
  const sizes = Array.from({ length: (to - from) / step + 1 }, (_, place) => from + place * step);
  // 256 CPU units go with 512, 1024 and 2048 alone.
  return cpu === DEFAULT_FARGATE_CPU ? sizes.filter((size) => size % GIB === 0 || size === from) : sizes;
}
