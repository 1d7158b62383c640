import { isDeepStrictEqual } from "node:util";
import { COLOURS } from "../../components/core/colour-name";
import { type Live, type LiveService, taskSource } from "../../components/live/live";
import { isSameRelease, type Release } from "../../components/live/release";

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
 * True if an `up` between these live states creates nothing but task definitions and deletes nothing, where nothing but the
 * live state has changed since the `up` before: only sizes, routing and images change. A task definition that no state
 * knows does no harm: the next `up` makes another one, and none is ever deregistered (`skipDestroy`).
 * @param declared type and name of each resource that the program declared in the `up` before
 */
export function changesInPlace(before: Live, after: Live, declared: Iterable<string>): boolean {
  const names = Object.keys(after.services);
  if (!isDeepStrictEqual([...names].sort(), Object.keys(before.services).sort())) return false;
  const changed = changedServices(before, after);
  const pairs = changed.map((name) => [name, before.services[name]!, after.services[name]!] as const);
  if (!pairs.every(([, was, is]) => runsTheSame(was, is) && tellsWhatItHas(was, is) && endsTheSame(was, is)))
    return false;
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

/** Services of which a colour gets another release. */
export function releasing(before: Live, after: Live): string[] {
  return changedServices(before, after).filter((name) => {
    const [was, is] = [before.services[name], after.services[name]!];
    return COLOURS.some((colour) => !isSameRelease(was?.colours[colour].release, is.colours[colour].release));
  });
}

function runsTheSame(was: LiveService, is: LiveService): boolean {
  return COLOURS.every((colour) => {
    const [before, after] = [was, is].map((service) => service.colours[taskSource(service, colour)].release);
    return isSameRelease(before!, after!) || hasOtherImage(before!, after!);
  });
}

/** True for another release of the same configuration. A service's first release brings ECS services along. */
function hasOtherImage(was: Release | null, is: Release | null): boolean {
  return was?.configuration !== undefined && was.configuration === is?.configuration;
}

/** False for a service that gets its first active colour: what an active colour has beside others is still to come. */
function tellsWhatItHas(was: LiveService, is: LiveService): boolean {
  return was.active === is.active || runs(was, was.active);
}

/** False where a scheduled action that ends a colour comes or goes. */
function endsTheSame(was: LiveService, is: LiveService): boolean {
  return COLOURS.every((colour) => was.colours[colour].until === is.colours[colour].until);
}

function runs({ colours }: LiveService, colour: LiveService["active"]): boolean {
  return colours[colour].size > 0;
}
