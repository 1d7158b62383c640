import { z } from "zod";
import { COLOURS } from "../core/colour-name";
import { type Release, releaseSchema } from "./release";

const notAShare = ({ input }: { input?: unknown }) =>
  `given ${JSON.stringify(input)}, wanted a whole number of percent from 1 to 99, or none`;

const liveColourSchema = z
  .strictObject({
    /** Null until the colour has had its first release. A retired colour keeps its last one. */
    release: releaseSchema.nullable(),
    /** Number of instances, tasks and targets; 1 for a job's colour whose release may run; 0 for a retired colour. */
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

/** The release that production runs of a service; null before a first one, and for a service that is not there. */
export function activeRelease({ services }: Live, name: string): Release | null {
  const service = services[name];
  return service ? service.colours[service.active].release : null;
}
