import { type Colour, other } from "../../components/core/colour-name";
import type { Live, LiveColour, LiveService } from "../../components/live/live";
import { isSameRelease, type Release } from "../../components/live/release";

/** The live state that one `up` leads to: each function changes one thing for some services and adds one to the serial. Pure. */

export function warmed(live: Live, desired: Record<string, { release: Release; size: number }>): Live {
  return changed(live, Object.keys(desired), (service, name) =>
    withColour(service, other(service.active), { ...desired[name]! }),
  );
}

/** The idle colour gets this percent of production's requests, 0 to 99. With 0 the ramp is over: the active colour gets all of them. */
export function ramped(live: Live, services: readonly string[], percent: number): Live {
  return changed(live, services, (service) => {
    const alone = withoutShare(service);
    return percent === 0 ? alone : { ...alone, idleShare: percent };
  });
}

/**
 * The idle colour's size goes to 0. It keeps its release, which a rollback needs. During a ramp the program refuses this: use `ramped` with 0 first.
 * @param activeSizes new sizes of active colours that shrink again from what they were warmed with, by service
 */
export function retired(
  live: Live,
  services: readonly string[],
  activeSizes: Readonly<Record<string, number>> = {},
): Live {
  return changed(live, services, (service, name) => {
    const { active, colours } = service;
    const idle = other(active);
    const size = activeSizes[name] ?? colours[active].size;
    const running = withColour(service, active, { ...colours[active], size });
    return withColour(running, idle, { ...colours[idle], size: 0 });
  });
}

/** The active colours get these sizes, by service. */
export function resized(live: Live, sizes: Readonly<Record<string, number>>): Live {
  return changed(live, Object.keys(sizes), (service, name) => {
    const { active, colours } = service;
    return withColour(service, active, { ...colours[active], size: sizes[name]! });
  });
}

/** All of production's requests go to the colours that run the desired releases. A service whose active colour does so already keeps it. */
export function routed(
  live: Live,
  desired: Readonly<Record<string, Release | null>>,
  services: readonly string[],
): Live {
  return changed(live, services, (service, name) => {
    const { active, colours } = service;
    const isThere = isSameRelease(colours[active].release, desired[name]);
    return { ...withoutShare(service), active: isThere ? active : other(active) };
  });
}

function changed(
  live: Live,
  names: readonly string[],
  change: (service: LiveService, name: string) => LiveService,
): Live {
  const services = { ...live.services };
  for (const name of names) services[name] = change(services[name]!, name);
  return { serial: live.serial + 1, services };
}

function withoutShare({ idleShare, ...service }: LiveService): LiveService {
  return service;
}

function withColour(service: LiveService, colour: Colour, value: LiveColour): LiveService {
  return { ...service, colours: { ...service.colours, [colour]: value } };
}
