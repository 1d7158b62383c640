import { type Colour, other } from "../core/colour-name";
import { edgeDomain, productionHost, testHost } from "../settings/host-names";
import { answeringRoute, hostRoutes, type OwnedRoute, routeText } from "../settings/own-hosts";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { activeRelease, type Live } from "./live";
import type { ServiceOutputs } from "./outputs";

/** A route, and whether it is a name of the service and no host of its own. */
interface Route extends OwnedRoute {
  isName: boolean;
}

/**
 * Requests to public hosts and paths that a running release answers now, and that another service would get which cannot
 * answer them: one line for each service and route, with what to do first. A host that nobody has any more is no problem.
 *
 * @param previous live state after the last run
 */
export function hostChanges(
  { domain, services, cutover }: Pick<Settings, "domain" | "services" | "cutover">,
  previous: Live,
  had: Readonly<Record<string, Pick<ServiceOutputs, "exposures">>> = {},
): string[] {
  const [before, now] = [formerRoutes(had), routesOf(services, edgeDomain("public", domain))];
  const problems = [...before, ...now].flatMap(({ host, path }) => {
    // The path stands for a request that no exact path matches.
    const requested = path ?? "/*";
    const answers = answeringRoute(before, host, requested);
    const next = answeringRoute(now, host, requested);
    if (!answers || !next || answers.service === next.service || !runs(previous, answers.service)) return [];
    if (!activeRelease(previous, next.service)) return [refused(next, answers, unreleased(next))];
    if (!had[next.service]?.exposures.public) return [refused(next, answers, notPublic(next, domain))];
    const { active } = previous.services[answers.service]!;
    if (cutover === "dns" && active !== previous.services[next.service]!.active)
      return [refused(next, answers, onOtherColour(next, active))];
    // A rule of the same host and path comes before the former one (see rule-priorities.ts).
    const isGone = !Object.hasOwn(services, answers.service) && answers.path !== next.path;
    return isGone ? [fallsTo(next, answers)] : [];
  });
  return [...new Set(problems)];
}

function routesOf(services: Settings["services"], domain: string): Route[] {
  return Object.entries(services).flatMap(([service, settings]) => {
    if (!settings.exposure.includes("public")) return [];
    const names = [productionHost(service, domain), testHost(service, domain)];
    return [
      ...names.map((host) => ({ service, host, path: null, isName: true })),
      ...hostRoutes(settings).map((route) => ({ service, ...route, isName: false })),
    ];
  });
}

function formerRoutes(had: Readonly<Record<string, Pick<ServiceOutputs, "exposures">>>): Route[] {
  return Object.entries(had).flatMap(([service, { exposures }]) => {
    if (!exposures.public) return [];
    const { url, hosts = [] } = exposures.public;
    return [
      { service, host: new URL(url).hostname, path: null, isName: true },
      ...hosts.map(({ host, path }) => ({ service, host, path, isName: false })),
    ];
  });
}

function runs({ services }: Live, name: string): boolean {
  const service = services[name];
  return service !== undefined && service.colours[service.active].size > 0;
}

/** Why a service cannot answer a route yet, and what to do first. */
interface Obstacle {
  why: string;
  first: string;
}

function unreleased({ service }: Route): Obstacle {
  return {
    why: `${service} has none yet, so requests would get 503`,
    first: `first deploy ${service} without it, then run \`pulumi up\` with it`,
  };
}

/**
 * The rules of a service that becomes public come before the targets: Auto Scaling puts instances only into target groups that a rule
 * names. A load balancer answers 503 for a group without targets (aws-rules E33).
 */
function notPublic({ service }: Route, domain: string): Obstacle {
  const url = `https://${productionHost(service, edgeDomain("public", domain))}`;
  return {
    why: `${service} is not public yet, so requests would get 503 until its new target groups have healthy targets`,
    first: `first run \`pulumi up\` with ${service} public and without it, then with it once ${url} answers`,
  };
}

/** With `cutover: dns` a load balancer has only the target groups of its own colour, and the record leads to the active one's. */
function onOtherColour({ service }: Route, active: Colour): Obstacle {
  return {
    why: `${service} is active on ${other(active)}, not on ${active} as that one, so with cutover: dns requests would get 503 as long as clients have the address of the ${active} load balancer`,
    first: `first run \`restart ${service}\` without it, then \`pulumi up\` with it`,
  };
}

function refused({ service, isName, ...route }: Route, answers: Route, { why, first }: Obstacle): string {
  const key = isName ? "" : route.path === null ? ".hosts" : ".paths";
  // A service cannot be there without its own name.
  const done = isName ? "add it under another name, deploy it, then give it this host" : first;
  return `${CONFIG_NAMESPACE}:services.${service}${key}: ${routeText(route)} is answered by a release of ${answers.service}, and ${why}: ${done}.`;
}

function fallsTo(next: Route, { service, ...route }: Route): string {
  return `${CONFIG_NAMESPACE}:services.${service}: removed, and ${next.service} is to answer ${routeText(route)}, but its requests would fail while the instances of ${service} end: first take its hosts away and run \`pulumi up\`, then remove it.`;
}
