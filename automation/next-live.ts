import { type Colour, other } from "../components/colour-name";
import type { Live, LiveColour, LiveService, Release } from "../components/live";

/** Live state as it shall be after one `up`: each function changes one thing for some services and counts the serial up by one. */

export function warmed(live: Live, wish: Record<string, { release: Release; size: number }>): Live {
  return changed(live, Object.keys(wish), (service, name) =>
    withColour(service, other(service.active), { ...wish[name]! }),
  );
}

export function cutOver(live: Live, services: readonly string[]): Live {
  return changed(live, services, (service) => ({ ...service, active: other(service.active) }));
}

/**
 * The idle colour's size goes to 0; it keeps its release, which is the way back.
 * @param activeSizes sizes that the active colours go back to, where they are not what they were warmed with
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

function changed(
  live: Live,
  names: readonly string[],
  change: (service: LiveService, name: string) => LiveService,
): Live {
  const services = { ...live.services };
  for (const name of names) services[name] = change(services[name]!, name);
  return { serial: live.serial + 1, services };
}

function withColour(service: LiveService, colour: Colour, value: LiveColour): LiveService {
  return { ...service, colours: { ...service.colours, [colour]: value } };
}
