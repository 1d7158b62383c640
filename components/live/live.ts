import { z } from "zod";
import { COLOURS, type Colour, other } from "../core/colour-name";
import { type Release, releaseSchema } from "./release";

const notAShare = ({ input }: { input?: unknown }) =>
  `given ${JSON.stringify(input)}, wanted a whole number of percent from 1 to 99, or none`;

const liveColourSchema = z
  .strictObject({
    /** Null until the colour has had its first release. A retired colour keeps its last one. */
    release: releaseSchema.nullable(),
    /** Number of instances, tasks and targets; 1 for a job's colour whose release may run; 0 for a retired colour. */
    size: z.int().min(0),
    /**
     * Only of an idle colour that is kept warm: until then its instances stay (Unix milliseconds). Afterwards Auto
     * Scaling takes them to 0 by itself, whatever `size` says: `liveAt` reads both.
     */
    until: z.int().positive().optional(),
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

/** The config object `aoshingo:live` of one run: the live state that it leads to, and what the deploy knows of the run before. */
export const liveSettingSchema = liveSchema.extend({
  /**
   * Services of an `up` that did not come to its end: what it was to change of their idle colours' sizes may be done or not,
   * whatever the stack's output says. Absent if there are none.
   */
  unsettled: z.array(z.string()).optional(),
});

/**
 * What runs and which colour is active: the part of the stack's state that only the deploy script changes. It is in the
 * config object `aoshingo:live` of one run and the stack's output `live` afterwards; it is never in git.
 */
export type Live = z.infer<typeof liveSchema>;
export type LiveSetting = z.infer<typeof liveSettingSchema>;
export type LiveService = z.infer<typeof liveServiceSchema>;
export type LiveColour = z.infer<typeof liveColourSchema>;

/** The release that production runs of a service; null before a first one, and for a service that is not there. */
export function activeRelease({ services }: Live, name: string): Release | null {
  const service = services[name];
  return service ? service.colours[service.active].release : null;
}

/**
 * True for a service that has had a release since it was added. A colour keeps its last one for as long as the stack has the service, so that
 * one which had a release, and has none any more, was removed and added again.
 */
export function hasHadRelease({ services }: Live, name: string): boolean {
  const service = services[name];
  return service !== undefined && COLOURS.some((colour) => service.colours[colour].release !== null);
}

/**
 * The colour whose release a colour's task definitions have: its own, and before its first release the other one's. So the
 * second release of a service creates nothing, whichever colour it comes to.
 */
export function taskSource({ colours }: LiveService, colour: Colour): Colour {
  return colours[colour].release ? colour : other(colour);
}

/** The `until` of a colour that was found at its end, by any clock. Unix milliseconds. */
export const ENDED = 1;

/** The colour without the time until which it is kept warm. */
export function withoutUntil({ until: _, ...colour }: LiveColour): LiveColour {
  return colour;
}

/** True for a colour that was kept warm until a time that is over. */
export function isOver({ until }: LiveColour, nowMs: number): boolean {
  return until !== undefined && until <= nowMs;
}

/** The idle colours that are kept warm until a time, over or not. `untilMs` is in Unix milliseconds. */
export function keptWarmIn({ services }: Live): { service: string; colour: Colour; untilMs: number }[] {
  return Object.entries(services).flatMap(([service, { active, colours }]) => {
    const colour = other(active);
    const { until } = colours[colour];
    return until === undefined ? [] : [{ service, colour, untilMs: until }];
  });
}

/**
 * The live state as it is meant to be at a time: a colour that was kept warm until then or earlier is at size 0. A deploy reads
 * live state without it, because the stack's state still has the instances: an `up` has to ask for 0 before it can ask
 * for more. So does `pulumi up`, which asks Auto Scaling (`afterEnds`).
 */
export function liveAt(live: Live, nowMs: number): Live {
  return withColours(live, (colour) => (isOver(colour, nowMs) ? ended(colour) : colour));
}

/** The colour at size 0, after the time until which it was kept warm. */
export function ended(colour: LiveColour): LiveColour {
  return { ...withoutUntil(colour), size: 0 };
}

/** The live state with each colour changed, under the same serial. */
export function withColours(
  { serial, services }: Live,
  change: (colour: LiveColour, service: string) => LiveColour,
): Live {
  return {
    serial,
    services: Object.fromEntries(
      Object.entries(services).map(([name, { colours, ...service }]) => [
        name,
        { ...service, colours: { blue: change(colours.blue, name), green: change(colours.green, name) } },
      ]),
    ),
  };
}
