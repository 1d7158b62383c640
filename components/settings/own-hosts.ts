/** A host with the paths that a service answers there, in one rule of a load balancer. */
export interface HostRoute {
  host: string;
  /** Null for every path. */
  path: string | null;
}

/** What is read of a service's settings. */
interface HasHosts {
  hosts: readonly string[];
  /** Undefined for all paths. */
  paths?: readonly string[] | undefined;
}

type Owners = Readonly<Record<string, HasHosts>>;

/** The highest specificity that a path has: eight levels, exact. */
export const MAX_SPECIFICITY = 11;
/** Levels of a path, so that its specificity fits. */
export const MAX_LEVELS = Math.floor(MAX_SPECIFICITY / 2);

/** One for each host and path of a service; empty for a service without hosts. */
export function hostRoutes({ hosts, paths }: HasHosts): HostRoute[] {
  return hosts.flatMap((host) => (paths ?? [null]).map((path) => ({ host, path: path === "/*" ? null : path })));
}

/** The production name and the test name. */
const NAMES = 2;

/**
 * Returns how many rules a service has on a load balancer: one for each of its two names, and for each host and path. With
 * `testHeader` all of these but that of the test name have one more, for testers.
 * @param service without hosts for an internal load balancer, which has none
 */
export function ruleCount(service: HasHosts, hasTestHeader: boolean): number {
  const routes = hostRoutes(service).length;
  return NAMES + routes + (hasTestHeader ? 1 + routes : 0);
}

/** `example.jp/api/*`, or the host alone for every path. */
export function routeText({ host, path }: HostRoute): string {
  return `${host}${path ?? ""}`;
}

/**
 * How specific a path is, from 0 for every path. Of two paths that match the same request, which are one inside the
 * other, the inner one is more specific: it has more levels, or as many and no wildcard.
 */
export function specificity(path: string | null): number {
  if (path === null) return 0;
  const isPrefix = path.endsWith("/*");
  return isPrefix ? levels(path.slice(0, -2)) * 2 : levels(path) * 2 + 1;
}

/** Levels of a path: 2 for `/api/users`. */
export function levels(path: string): number {
  return path.split("/").length - 1;
}

/** True if a load balancer's rule for this path pattern matches a request's path. */
function matchesPath(pattern: string | null, path: string): boolean {
  if (pattern === null) return true;
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/**
 * True if the rule of a service's host and path gets a request, and no more specific one.
 * @param requested path of the request; a query does not count
 */
export function getsRequest(services: Owners, service: string, { host, path }: HostRoute, requested: string): boolean {
  const found = answeringRoute(ownedRoutes(services), host, requested.replace(/\?.*$/, ""));
  return found?.service === service && found.path === path;
}

/** A route of a service. */
export interface OwnedRoute extends HostRoute {
  service: string;
}

/** The hosts and paths of all services. */
export function ownedRoutes(services: Owners): OwnedRoute[] {
  return Object.entries(services).flatMap(([service, settings]) =>
    hostRoutes(settings).map((route) => ({ service, ...route })),
  );
}

/** The one of these routes whose rule gets a request; undefined if none does. */
export function answeringRoute<Route extends OwnedRoute>(
  routes: readonly Route[],
  host: string,
  requested: string,
): Route | undefined {
  return routes
    .filter((route) => route.host === host && matchesPath(route.path, requested))
    .sort((one, two) => specificity(two.path) - specificity(one.path))[0];
}

/**
 * The domain whose zone and certificate a host has: the host itself or what follows its first label, because a
 * wildcard in a certificate covers one label (aws-rules M2). Undefined if there is none.
 */
export function domainOf(
  host: string,
  { domain, furtherDomains }: { domain: string; furtherDomains: readonly string[] },
): string | undefined {
  const above = host.slice(host.indexOf(".") + 1);
  const known = [domain, ...furtherDomains];
  return known.find((one) => one === host) ?? known.find((one) => one === above);
}

/**
 * The service whose active colour a host's record follows: of those that share the host the one with the least
 * specific path. With `cutover: routed` both load balancers serve all of them, whichever the record leads to.
 */
export function recordOwners(services: Owners): Record<string, string> {
  const all = Object.entries(services).flatMap(([service, settings]) =>
    hostRoutes(settings).map(({ host, path }) => ({ service, host, least: specificity(path) })),
  );
  // The last entry of a host stays in the record.
  all.sort((one, two) => two.least - one.least || (one.service < two.service ? 1 : -1));
  return Object.fromEntries(all.map(({ host, service }) => [host, service]));
}
