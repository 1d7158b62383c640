import { z } from "zod";
import { COLOURS } from "../core/colour-name";

const notAShare = ({ input }: { input?: unknown }) =>
  `given ${JSON.stringify(input)}, wanted a whole number of percent from 1 to 99, or none`;

export const releaseSchema = z.strictObject({
  /** Image by digest: `<registry>/<repository>@sha256:<64 hex>`. */
  image: z
    .string()
    .regex(/@sha256:[0-9a-f]{64}$/, "wanted an image by digest: <registry>/<repository>@sha256:<64 hex>"),
  /** Short name for people, the `x-release` header's value and the tasks' RELEASE variable, such as `v2` (the tag that was asked for). */
  name: z.string().min(1),
});

export const liveColourSchema = z
  .strictObject({
    /** Null until the colour has had its first release. A retired colour keeps its last one. */
    release: releaseSchema.nullable(),
    /** Instances = tasks = targets. 0 when retired. */
    size: z.int().min(0),
  })
  .refine((colour) => colour.release !== null || colour.size === 0, "wanted size 0 while there is no release");

export const liveServiceSchema = z.strictObject({
  /** The colour that production traffic reaches. A new service starts with green, without a release: its first one becomes blue. */
  active: z.enum(COLOURS),
  colours: z.strictObject({ blue: liveColourSchema, green: liveColourSchema }),
  /** Percent of production's requests that the idle colour gets during a ramp, 1 to 99; absent outside one. */
  idleShare: z.int({ error: notAShare }).min(1, { error: notAShare }).max(99, { error: notAShare }).optional(),
});

export const liveSchema = z.strictObject({
  /** Counts up by one with each change, from 0 for a stack that never had a deploy. */
  serial: z.int().min(0),
  services: z.record(z.string(), liveServiceSchema),
});

/**
 * What runs and what is active: the part of the stack's state that only the deploy script changes.
 * It is the config object `aoshingo:live` of one run and the stack output `live` afterwards; it is never in git.
 */
export type Live = z.infer<typeof liveSchema>;
export type LiveService = z.infer<typeof liveServiceSchema>;
export type LiveColour = z.infer<typeof liveColourSchema>;
/** What one colour of one service runs. */
export type Release = z.infer<typeof releaseSchema>;
