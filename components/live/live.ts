import type { Colour } from "../core/colour-name";

/**
 * What runs and what is active: the part of the stack's state that only the deploy script changes.
 * It is the config object `aoshingo:live` of one run and the stack output `live` afterwards; it is never in git.
 */
export interface Live {
  /** Counts up by one with each change, from 0 for a stack that never had a deploy. */
  serial: number;
  services: Record<string, LiveService>;
}

export interface LiveService {
  /** The colour that production traffic reaches. A new service starts with green, without a release: its first one becomes blue. */
  active: Colour;
  colours: Record<Colour, LiveColour>;
  /** Percent of production's requests that the idle colour gets during a ramp, 1 to 99; absent outside one. */
  idleShare?: number;
}

export interface LiveColour {
  /** Null until the colour has had its first release. A retired colour keeps its last one. */
  release: Release | null;
  /** Instances = tasks = targets. 0 when retired. */
  size: number;
}

/** What one colour of one service runs. */
export interface Release {
  /** Image by digest: `<registry>/<repository>@sha256:<64 hex>`. */
  image: string;
  /** Short name for people, the `x-release` header's value and the tasks' RELEASE variable, such as `v2` (the tag that was asked for). */
  name: string;
}
