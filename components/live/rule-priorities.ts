import { createHash } from "node:crypto";
import { edgeDomain, productionHost, testHost } from "../settings/host-names";
import { hostRoutes, MAX_SPECIFICITY, routeText, specificity } from "../settings/own-hosts";
import type { Settings } from "../settings/settings";

/** Priorities below are those that the provider gave to the rules of older programs, one after the other. */
const FIRST = 1_000;
/** Priorities of one specificity. A load balancer has 100 rules (aws-rules E13). */
const COUNT = 4_000;

/** The places before the former owner's from which a new owner's is taken: few, so that a host can pass often. */
const NEAR = 16;

/** The priority of each listener rule, by its key. */
export type RulePriorities = Readonly<Record<string, number>>;

/** What a rule is known by: the service that answers, the host and, unless it is for every path, the path. */
export function ruleKey(service: string, host: string, path: string | null = null): string {
  return `${service} ${routeText({ host, path })}`;
}

/**
 * Gives each rule a priority, and keeps those of the last run: a load balancer refuses a second rule with a priority
 * (aws-rules E15), and a run deletes rules last, so a rule must never get what another one has given up in the same
 * run. Rules of more specific paths come first, because a load balancer takes the first rule that matches.
 *
 * A new rule tries the place that its key gives first. A run that failed half way leaves rules of which no outputs
 * tell, and by this the next run hardly ever gives their priorities to others.
 *
 * A rule of a host that another service had comes before that one's: with a service a run deletes its rules after its
 * instances, and until then its rule would get requests that nobody answers.
 *
 * @returns even numbers from 1,000 to 48,998; the odd one below each is for a rule that comes right before it. ELB's
 * highest is 50,000
 */
export function assignRulePriorities(
  settings: Pick<Settings, "domain" | "services">,
  last: RulePriorities = {},
): RulePriorities {
  const taken = new Set(Object.values(last));
  const rules = rulesOf(settings).sort((one, two) => (one.key < two.key ? -1 : 1));
  const given = rules.map(({ key, path }) => {
    const priority = last[key] ?? freePriority(key, path, taken, formerPriority(key, last));
    taken.add(priority);
    return [key, priority] as const;
  });
  return Object.fromEntries(given);
}

function rulesOf({ domain, services }: Pick<Settings, "domain" | "services">): { key: string; path: string | null }[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const named = service.exposure.flatMap((exposure) =>
      [productionHost, testHost].map((hostOf) => ({ host: hostOf(name, edgeDomain(exposure, domain)), path: null })),
    );
    return [...named, ...hostRoutes(service)].map(({ host, path }) => ({ key: ruleKey(name, host, path), path }));
  });
}

/** The priority that another service's rule for the same host and path has; undefined if there was none. */
function formerPriority(key: string, last: RulePriorities): number | undefined {
  const route = key.slice(key.indexOf(" "));
  const former = Object.entries(last).flatMap(([other, priority]) => (other.endsWith(route) ? [priority] : []));
  return former.length > 0 ? Math.min(...former) : undefined;
}

/** The free priority that a key tries first: among the nearest before the former owner's, else anywhere in the band of its path. */
function freePriority(key: string, path: string | null, taken: ReadonlySet<number>, former?: number): number {
  const band = FIRST + (MAX_SPECIFICITY - specificity(path)) * COUNT;
  const places = COUNT / 2;
  const hash = createHash("sha256").update(key).digest().readUInt32BE();
  const inTurn = (from: number, count: number) =>
    Array.from({ length: count }, (_, place) => from + ((hash + place) % count) * 2);
  const before = former === undefined || former < band ? 0 : Math.min(Math.floor((former - band) / 2), NEAR);
  const tried = [...(former === undefined ? [] : inTurn(former - before * 2, before)), ...inTurn(band, places)];
  const free = tried.find((priority) => !taken.has(priority));
  if (free === undefined) throw new Error(`all ${places} priorities for a rule such as ${key} are taken`);
  return free;
}
