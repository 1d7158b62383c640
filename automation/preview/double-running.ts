import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";

const SECONDS_AN_HOUR = 3_600;

interface Stretch {
  /** Live state when it begins and when it ends. */
  before: Live;
  after: Live;
  seconds: number;
}

/**
 * Hours of instances that run only because both colours do: in each stretch the lesser colour's number, of every service that is named. An instance that comes
 * or goes in a stretch counts for all of it.
 */
export function doubleRunningHours(stretches: readonly Stretch[], services: readonly string[]): number {
  const seconds = stretches.map((stretch) => {
    const extra = services.map((name) => Math.min(...COLOURS.map((colour) => largest(stretch, name, colour))));
    return stretch.seconds * extra.reduce((sum, count) => sum + count, 0);
  });
  return seconds.reduce((sum, one) => sum + one, 0) / SECONDS_AN_HOUR;
}

function largest({ before, after }: Stretch, service: string, colour: Colour): number {
  return Math.max(before.services[service]!.colours[colour].size, after.services[service]!.colours[colour].size);
}
