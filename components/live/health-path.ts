import type { Colour } from "../core/colour-name";
import { configurationText } from "./configuration";
import { activeRelease, type Live } from "./live";
import type { ServiceOutputs, StackOutputs } from "./outputs";
import { configurationOfRelease, type Release } from "./release";

/** A service's outputs as far as they say what its colours are asked for. Older programs asked both colours the same. */
type Asked = Pick<ServiceOutputs, "healthCheckPath"> & { colours: Record<Colour, { healthCheckPath?: string }> };

/** The path that a colour's target groups were asked for after the last run; null for a worker and a job. */
export function askedPath({ healthCheckPath, colours }: Asked, colour: Colour): string | null {
  return colours[colour].healthCheckPath ?? healthCheckPath;
}

/**
 * The release of a colour as it compares with others: with the path that it is asked for, where an older program did not
 * record it. It is not the release that live state has.
 */
export function withAskedPath(release: Release, service: Asked, colour: Colour): Release {
  const [configuration, path] = [configurationOfRelease(release), askedPath(service, colour)];
  if (!configuration || configuration.healthCheck || path === null) return release;
  return { ...release, configuration: configurationText({ ...configuration, healthCheck: { path } }) };
}

/** The same of the release that production runs of a service; null before a first one. */
export function comparedActive(live: Live, name: string, { services }: Pick<StackOutputs, "services">): Release | null {
  const release = activeRelease(live, name);
  return release && withAskedPath(release, services[name]!, live.services[name]!.active);
}
