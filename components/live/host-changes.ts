import { answering, type OwnedRoute, ownRoutes, routeText } from "../settings/own-hosts";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { activeRelease, type Live } from "./live";
import { type RulePriorities, routesWith } from "./rule-priorities";

/** A part of a path that no route names. */
const ANYTHING = " ";

/**
 * Hosts and paths that would pass from a service with a release to one without, whose rules answer 503 until its first
 * deploy: one line each. A new service may take a path out of another one's, as one that leaves a monolith does.
 *
 * @param live the stack's output `live`, which also has services that are no longer in the settings
 * @param last priorities of the rules after the last run; older programs did not write them
 */
export function hostChanges(
  services: Settings["services"],
  live: Live,
  { rulePriorities: last = {} }: { rulePriorities?: RulePriorities },
): string[] {
  const before = routesWith(last);
  const now = ownRoutes(services);
  const hasRelease = (service: string) => activeRelease(live, service) !== null;
  return now.flatMap((route) => {
    const { service, host } = route;
    if (hasRelease(service)) return [];
    const requests = [...now, ...before].filter((one) => one.host === host).map(requestOf);
    const former = requests
      .filter((request) => isSame(answering(now, host, request), route))
      .map((request) => answering(before, host, request)?.service);
    const from = former.find((name) => name !== undefined && hasRelease(name));
    if (from === undefined) return [];
    return [
      `${CONFIG_NAMESPACE}:services.${service}.hosts: ${routeText(route)} would pass from ${from}, which answers there, to ${service}, which has no release yet and answers 503: first deploy ${service} without it.`,
    ];
  });
}

/** The path of a request that a route is for, whatever more specific ones there are. */
function requestOf({ path }: OwnedRoute): string {
  if (path === null) return `/${ANYTHING}`;
  return path.endsWith("/*") ? path.slice(0, -1) + ANYTHING : path;
}

function isSame(one: OwnedRoute | undefined, other: OwnedRoute): boolean {
  return one?.service === other.service && one.path === other.path;
}
