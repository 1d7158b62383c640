import { z } from "zod";
import { releaseSchema } from "../../components/live/release";

/** Unix milliseconds. */
const time = z.number().nonnegative();
/** Releases as `releaseKey` names them. */
const releases = z.array(z.string()).readonly();

/** What a run has established beyond live state. A later command plans from it. */
const progressSchema = z.strictObject({
  preflight: z.boolean(),
  /** By step, the desired releases for which it is done; of a ramp `<release>@<percent>`, of a drain the old colours' releases. */
  done: z.record(z.string(), releases),
  /** Old colours that still had traffic at the drain's cap and keep running. */
  kept: releases,
  /** Unix milliseconds at which production's routing last changed: the end of that `up`. Null before. */
  routedAtMs: time.nullable(),
  /** Unix milliseconds at which the run's first migration began. Null if it ran none. */
  migratedAtMs: time.nullable(),
  /** What production was seen to do since then, once the run had taken back everything else. Null before, and without a migration. */
  sinceMigration: z
    .strictObject({
      /** One line each; empty if nothing was wrong, or nothing was seen. */
      problems: z.array(z.string()).readonly(),
      /** What was seen, in one line; empty if nothing was. */
      seen: z.string(),
      /** That too few requests came to judge what was seen. Absent otherwise. */
      tooFew: z.literal(true).optional(),
    })
    .nullable(),
});

const approvalSchema = z.strictObject({
  /** How long the run waits for an answer before it rolls back, in milliseconds. */
  withinMs: z.int().positive(),
  given: z.strictObject({ who: z.string(), atMs: time }).nullable(),
});

/** What of a run is written to its journal after each step: enough for another process, on another machine, to plan on. */
export const checkpointSchema = z.strictObject({
  /** `forward`: to what was asked for. `back`: to what was active before. */
  direction: z.enum(["forward", "back"]),
  /**
   * Releases that shall be active, by service; null as before a first release. Once `preflight` is done an image has a digest and a release its
   * configuration; before, the image is "".
   */
  desired: z.record(
    z.string(),
    z.strictObject({ ...releaseSchema.shape, image: z.string(), name: z.string() }).nullable(),
  ),
  /** Instances of the active colour when the run began, by service: with scaling they are not those of live state. */
  activeInstances: z.record(z.string(), z.int().nonnegative()),
  /** Alarms that were firing when the run began and that the run was told to ignore. */
  ignoredAlarms: z.array(z.string()).readonly(),
  /** Services whose production was unhealthy when the run began, and that the run was told to ignore. */
  ignoredUnhealthy: z.array(z.string()).readonly(),
  /** Null for a run that needs no approval. */
  approval: approvalSchema.nullable(),
  /** How long old colours are kept warm after the run, in milliseconds; absent for a run that retires them. */
  keepWarmMs: z.int().positive().optional(),
  /** True for a run that also runs migrations which are recorded as done; else absent. */
  migrateAgain: z.literal(true).optional(),
  progress: progressSchema,
});

export type Checkpoint = z.infer<typeof checkpointSchema>;
export type Progress = Checkpoint["progress"];
export type ApprovalState = z.infer<typeof approvalSchema>;

export const NO_PROGRESS: Progress = {
  preflight: false,
  done: {},
  kept: [],
  routedAtMs: null,
  migratedAtMs: null,
  sinceMigration: null,
};

/** The progress with a step done for more releases. */
export function withReleases(progress: Progress, step: string, more: readonly string[]): Progress {
  const done = [...new Set([...(progress.done[step] ?? []), ...more])];
  return { ...progress, done: { ...progress.done, [step]: done } };
}
