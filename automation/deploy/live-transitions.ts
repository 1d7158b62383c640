import { type Colour, other } from "../../components/core/colour-name";
import { ENDED, type Live, type LiveColour, type LiveService, withoutUntil } from "../../components/live/live";
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
  return released(live, services, activeSizes, (idle) => ({ ...withoutUntil(idle), size: 0 }));
}

/**
 * The idle colours stay as they are until that time, and then go to 0 by themselves.
 * @param untilMs Unix milliseconds
 * @param activeSizes as for `retired`
 */
export function keptWarm(
  live: Live,
  services: readonly string[],
  untilMs: number,
  activeSizes: Readonly<Record<string, number>> = {},
): Live {
  return released(live, services, activeSizes, (idle) => ({ ...idle, until: untilMs }));
}

/** The idle colours become what `next` says, and the active ones get these sizes, where there is one. */
function released(
  live: Live,
  services: readonly string[],
  activeSizes: Readonly<Record<string, number>>,
  next: (idle: LiveColour) => LiveColour,
): Live {
  return changed(live, services, (service, name) => {
    const { active, colours } = service;
    const idle = other(active);
    const size = activeSizes[name] ?? colours[active].size;
    const running = withColour(service, active, { ...colours[active], size });
    return withColour(running, idle, next(colours[idle]));
  });
}

/**
 * The idle colours that were kept warm, as AWS has them once nothing ends them any more: those that still run stay, and for
 * the others the time is over. No `up` leads to this: the next one asks for it with what else it changes.
 * @param runs whether the service's idle colour still runs
 */
export function held(live: Live, runs: Readonly<Record<string, boolean>>): Live {
  const services = { ...live.services };
  for (const [name, isRunning] of Object.entries(runs)) {
    const service = services[name]!;
    const idle = other(service.active);
    const colour = withoutUntil(service.colours[idle]);
    services[name] = withColour(service, idle, isRunning ? colour : { ...colour, until: ENDED });
  }
  return { ...live, services };
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
    if (isThere) return { ...withoutShare(service), active };
    const next = other(active);
    return { ...withColour(withoutShare(service), next, withoutUntil(colours[next])), active: next };
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

export function withColour(service: LiveService, colour: Colour, value: LiveColour): LiveService {
  return { ...service, colours: { ...service.colours, [colour]: value } };
}
