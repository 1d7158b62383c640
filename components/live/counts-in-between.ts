import { COLOURS } from "../core/colour-name";
import { edgeDomain, testHost } from "../settings/host-names";
import { MAX_CALLS, MAX_FURTHER_DOMAINS, MAX_RULES, MAX_SERVICES } from "../settings/limits";
import { problem } from "../settings/problem";
import { EXPOSURES, type Exposure } from "../settings/schema/kinds";
import type { Settings } from "../settings/settings";
import type { LastOutputs } from "./program-outputs";
import { assignRulePriorities } from "./rule-priorities";

type Counted = Pick<Settings, "domain" | "furtherDomains" | "services" | "testHeader">;

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
    ...tooMany(calls(settings, last), MAX_CALLS, "calls in all"),
    ...tooMany(domains(settings, last), MAX_FURTHER_DOMAINS, "certificates of further domains", "furtherDomains"),
  ];
}

function tooMany(
  count: { now: number; inBetween: number },
  limit: number,
  what: string,
  setting = "services",
): string[] {
  // What is too many at the end is a problem of the settings alone.
  if (count.inBetween <= limit || count.now > limit) return [];
  const wanted = `at most ${limit} ${what} at any time, and a run adds before it deletes: first take away what has to go and run \`pulumi up\`, then add the rest and run it again`;
  return [problem([setting], count.inBetween, wanted)];
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

/** Callers with their callees. A release keeps what it may call until it is gone, whatever the settings say. */
function calls({ services }: Counted, { grants = {} }: LastOutputs) {
  const now = Object.entries(services).flatMap(([name, service]) => service.calls.map((callee) => `${name} ${callee}`));
  const before = Object.entries(grants).flatMap(([name, byColour]) =>
    COLOURS.flatMap((colour) => byColour[colour].calls.map((callee) => `${name} ${callee}`)),
  );
  return { now: new Set(now).size, inBetween: new Set([...now, ...before]).size };
}
