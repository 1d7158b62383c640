import { isDeepStrictEqual } from "node:util";
import { COLOURS } from "../../components/core/colour-name";
import type { Live, LiveService } from "../../components/live/live";
import { isSameRelease } from "../../components/live/release";

/**
 * Resources that a colour has only at times (components/service/colour.ts): by type, whether a service keeps those that it
 * has. A service without any of them now has none afterwards.
 */
const TEMPORARY: Readonly<Record<string, (was: LiveService, is: LiveService) => boolean>> = {
  "aws:autoscaling/policy:Policy": (was, is) =>
    was.active === is.active && runs(was, was.active) === runs(is, is.active),
  "aws:autoscaling/schedule:Schedule": (was, is) => COLOURS.every((colour) => runs(was, colour) === runs(is, colour)),
};

/**
 * True if an `up` between these live states only updates resources in place, where nothing but the live state has changed
 * since the `up` before: what runs stays the same, and only sizes and routing change.
 * @param declared type and name of each resource that the program declared in the `up` before
 */
export function changesInPlace(before: Live, after: Live, declared: Iterable<string>): boolean {
  const names = Object.keys(after.services);
  if (!isDeepStrictEqual([...names].sort(), Object.keys(before.services).sort())) return false;
  const changed = changedServices(before, after);
  const pairs = changed.map((name) => [name, before.services[name]!, after.services[name]!] as const);
  if (!pairs.every(([, was, is]) => runsTheSame(was, is) && tellsWhatItHas(was, is))) return false;
  return [...declared].every((resource) => {
    const [type, resourceName] = resource.split("::");
    const keeps = TEMPORARY[type!];
    return !keeps || pairs.every(([name, was, is]) => !resourceName!.startsWith(`${name}-`) || keeps(was, is));
  });
}

/** Services whose live state differs. */
export function changedServices(before: Live, after: Live): string[] {
  return Object.keys(after.services).filter((name) => !isDeepStrictEqual(before.services[name], after.services[name]));
}

function runsTheSame(was: LiveService, is: LiveService): boolean {
  return COLOURS.every((colour) => isSameRelease(was.colours[colour].release, is.colours[colour].release));
}

/** False for a service that gets its first active colour: what an active colour has beside others is still to come. */
function tellsWhatItHas(was: LiveService, is: LiveService): boolean {
  return was.active === is.active || runs(was, was.active);
}

function runs({ colours }: LiveService, colour: LiveService["active"]): boolean {
  return colours[colour].size > 0;
}
