import { z } from "zod";
import { COLOURS } from "../core/colour-name";

const notAShare = ({ input }: { input?: unknown }) =>
  `given ${JSON.stringify(input)}, wanted a whole number of percent from 1 to 99, or none`;

const releaseSchema = z.strictObject({
  /** Image by digest: `<registry>/<repository>@sha256:<64 hex>`. */
  image: z
    .string()
    .regex(/@sha256:[0-9a-f]{64}$/, "wanted an image by digest: <registry>/<repository>@sha256:<64 hex>"),
  /**
   * Short name such as `v2` (the tag that was asked for): the value of the `x-release` header and of the tasks'
   * RELEASE variable.
   */
  name: z.string().min(1),
});

const liveColourSchema = z
  .strictObject({
    /** Null until the colour has had its first release. A retired colour keeps its last one. */
    release: releaseSchema.nullable(),
    /** Number of instances, tasks and targets; 0 for a retired colour. */
    size: z.int().min(0),
  })
  .refine((colour) => colour.release !== null || colour.size === 0, "wanted size 0 while there is no release");

const liveServiceSchema = z.strictObject({
  /**
   * The colour that gets production traffic. A new service starts with green, without a release, so that its first
   * release becomes blue.
   */
  active: z.enum(COLOURS),
  colours: z.strictObject({ blue: liveColourSchema, green: liveColourSchema }),
  /** Percent of production's requests that the idle colour gets during a ramp, 1 to 99; absent outside a ramp. */
  idleShare: z.int({ error: notAShare }).min(1, { error: notAShare }).max(99, { error: notAShare }).optional(),
});

export const liveSchema = z.strictObject({
  /** Goes up by one with each change, from 0 for a stack that never had a deploy. */
  serial: z.int().min(0),
  services: z.record(z.string(), liveServiceSchema),
});

/**
 * What runs and which colour is active: the part of the stack's state that only the deploy script changes. It is the
 * config object `aoshingo:live` of one run and the stack's output `live` afterwards; it is never in git.
 */
export type Live = z.infer<typeof liveSchema>;
export type LiveService = z.infer<typeof liveServiceSchema>;
export type LiveColour = z.infer<typeof liveColourSchema>;
/** The release that one colour of a service runs. */
export type Release = z.infer<typeof releaseSchema>;
