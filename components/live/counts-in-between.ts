import { mapValues } from "../core/map-values";
import { databaseGroups, outboundRules } from "../settings/group-rules";
import { edgeDomain, testHost } from "../settings/host-names";
import { MAX_FURTHER_DOMAINS, MAX_GROUP_RULES, MAX_RULES, MAX_SERVICES } from "../settings/limits";
import { problem } from "../settings/problem";
import { EXPOSURES, type Exposure } from "../settings/schema/kinds";
import type { Settings } from "../settings/settings";
import { type Grants, grantsFor, union } from "./grants";
import type { LastOutputs } from "./program-outputs";
import { assignRulePriorities } from "./rule-priorities";

type Counted = Pick<Settings, "domain" | "furtherDomains" | "services" | "databases" | "testHeader">;

/**
 * Limits of AWS that a run would meet half-way though its end keeps them: the engine creates and replaces first, and deletes what
 * has gone last, so in between there is what was and what will be.
 *
 * @returns one line for each, with what to do; none before the first run
 */
export function countsInBetween(settings: Counted, last: LastOutputs): string[] {
  return [
    ...EXPOSURES.flatMap((edge) => [
      ...tooMany(rulesOn(edge, settings, last), MAX_RULES, `rules on a load balancer of the edge ${edge}`),
      ...tooMany(servicesOn(edge, settings, last), MAX_SERVICES, `services on the edge ${edge}`),
    ]),
    ...tooMany(domains(settings, last), MAX_FURTHER_DOMAINS, "certificates of further domains", ["furtherDomains"]),
    ...tooManyGrants(settings, last),
  ];
}

/** What each service may reach. */
type Reaches = Readonly<Record<string, Grants>>;

interface Count {
  now: number;
  inBetween: number;
}

const THEN = "first take away what has to go and run `pulumi up`, then add the rest and run it again";
const THEN_DEPLOY =
  "first take away what has to go and run `pulumi up`; deploy twice what had it, because a release keeps what it may reach, and run `pulumi up` again; then add the rest and run it once more";

function tooMany(count: Count, limit: number, what: string, path: PropertyKey[] = ["services"], then = THEN): string[] {
  // What is too many at the end is a problem of the settings alone.
  if (count.inBetween <= limit || count.now > limit) return [];
  const wanted = `at most ${limit} ${what} at any time, and a run adds before it deletes: ${then}`;
  return [problem(path, count.inBetween, wanted)];
}

/** Rules of security groups. A release keeps what it may reach until it is gone, whatever the settings say. */
function tooManyGrants({ services, databases }: Counted, { grants = {} }: LastOutputs): string[] {
  const now: Reaches = mapValues(services, (service) => grantsFor({ ...service, sidecars: {} }, []));
  const names = [...new Set([...Object.keys(grants), ...Object.keys(services)])];
  const inBetween: Reaches = Object.fromEntries(
    names.map((name) => [name, union([...Object.values(grants[name] ?? {}), ...(now[name] ? [now[name]] : [])])]),
  );
  const tooManyOf = (count: (all: Reaches) => number, limit: number, what: string, path: string[]) =>
    tooMany({ now: count(now), inBetween: count(inBetween) }, limit, what, path, THEN_DEPLOY);
  const calls = (all: Reaches) => Object.values(all).reduce((sum, reach) => sum + reach.calls.length, 0);
  const outbound = (name: string) => (all: Reaches) => outboundRules(all[name]!);
  const users = (used: readonly string[]) => (all: Reaches) =>
    Object.values(all).filter(({ uses = [] }) => uses.some((name) => used.includes(name))).length;
  return [
    ...tooManyOf(calls, MAX_GROUP_RULES, "calls in all", ["services"]),
    ...Object.keys(services).flatMap((name) =>
      tooManyOf(outbound(name), MAX_GROUP_RULES, "outbound rules of its security group", ["services", name]),
    ),
    ...databaseGroups(databases).flatMap((group) =>
      tooManyOf(users(group.names), group.maxUsers, group.what, ["databases", group.names[0]!]),
    ),
  ];
}

/** Rules by their keys, as `assignRulePriorities` names them, with those for testers. */
function rulesOn(edge: Exposure, { domain, services, testHeader }: Counted, last: LastOutputs) {
  const before = last.rulePriorities ?? {};
  const now = assignRulePriorities({ domain, services }, before);
  const hadHeader = last.applied?.infrastructure.testHeader !== undefined;
  const internal = `.${edgeDomain("internal", domain)}`;
  const onEdge = (key: string) => key.endsWith(internal) === (edge === "internal");
  const rules = (key: string, hasHeader: boolean) => (hasHeader && !isTestName(key, edgeDomain(edge, domain)) ? 2 : 1);
  const sum = (keys: readonly string[], hasHeader: (key: string) => boolean) =>
    keys.filter(onEdge).reduce((total, key) => total + rules(key, hasHeader(key)), 0);
  const hasHeader = testHeader !== undefined;
  return {
    now: sum(Object.keys(now), () => hasHeader),
    inBetween: sum(
      Object.keys({ ...before, ...now }),
      (key) => (hasHeader && key in now) || (hadHeader && key in before),
    ),
  };
}

function isTestName(key: string, domain: string): boolean {
  const [service, route] = key.split(" ");
  return route === testHost(service!, domain);
}

/** A service takes two target groups on each load balancer, and two new ones for another protocol. */
function servicesOn(edge: Exposure, { services }: Counted, last: LastOutputs) {
  const now = Object.entries(services).filter(([, { exposure }]) => exposure.includes(edge));
  const protocols = Object.fromEntries(now.map(([name, { protocol }]) => [name, protocol]));
  const goes = Object.entries(last.services ?? {}).filter(
    ([name, { exposures, protocol = "http1" }]) => exposures[edge] !== undefined && protocols[name] !== protocol,
  );
  return { now: now.length, inBetween: now.length + goes.length };
}

/** Further domains, each with a certificate. A state of an older program does not name those that it left. */
function domains({ furtherDomains: now }: Counted, { applied }: LastOutputs) {
  return { now: now.length, inBetween: new Set([...now, ...(applied?.furtherDomains ?? [])]).size };
}
