import { hostRoutes, routeText } from "../settings/own-hosts";
import { EXPOSURES } from "../settings/schema/kinds";
import { CONFIG_NAMESPACE, LIVE_KEY, type Settings } from "../settings/settings";
import type { StackOutputs } from "./outputs";

/** Settings that an `up` from a checkout without them takes away: production would lose its firewall, CI its roles, testers their rules. */
const OF_STACK = ["webAcl", "ci", "testHeader"] as const;

/**
 * What the stack has, and the settings lack: names, hosts and queues of the services that both have, databases, and settings of the stack.
 * @param stack what the last run left; empty before the first one
 */
export function lackingSettings(
  settings: Pick<Settings, "services" | "databases" | (typeof OF_STACK)[number]>,
  { services = {}, databases = {}, applied }: Partial<Pick<StackOutputs, "services" | "databases" | "applied">>,
): string[] {
  const ofServices = Object.entries(services).flatMap(([name, { exposures, queue }]) => {
    const service = settings.services[name];
    if (!service) return [];
    const edges = EXPOSURES.filter((edge) => exposures[edge] && !service.exposure.includes(edge));
    const answered = hostRoutes(service).map(routeText);
    const hosts = (exposures.public?.hosts ?? []).map(routeText).filter((route) => !answered.includes(route));
    return [
      ...edges.map((edge) => `the ${edge} name of ${name}`),
      ...hosts.map((route) => `${route} of ${name}`),
      ...(queue && !service.queue ? [`the queue of ${name}`] : []),
    ];
  });
  const lost = Object.keys(databases).filter((name) => !(name in settings.databases));
  const ofStack = OF_STACK.filter((key) => applied?.infrastructure[key] && !settings[key]);
  return [...ofServices, ...lost.map((name) => `the database ${name}`), ...ofStack.map((key) => `aoshingo:${key}`)];
}

/** One line if a deploy's `up` would take away what somebody's `pulumi up` has brought since the deploy began. */
export function lackingProblems(...given: Parameters<typeof lackingSettings>): string[] {
  const lacking = lackingSettings(...given);
  if (lacking.length === 0) return [];
  return [
    `${CONFIG_NAMESPACE}:${LIVE_KEY}: the stack has ${lacking.join(", ")}, which this run's settings lack: \`pulumi up\` has added that since the run began, and the run would take it back. ` +
      "Go on with `resume` or `abort`, from a checkout whose settings have it.",
  ];
}
