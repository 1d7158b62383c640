import { routeText } from "../components/settings/own-hosts";
import type { ServiceSettings, Settings } from "../components/settings/settings";
import { AWS_SERVICE_NAMES } from "./cloud/kernel/aws-services";
import { isSample, requestsOf } from "./traffic/streams";
import type { TrafficStream } from "./traffic/types";

/** What IAM calls the services of the cloud that sign with another name. */
const OF_IAM: Record<string, string> = { cloudwatch: "monitoring", tag: "tagging" };

/**
 * What the settings say of services and a rehearsal does not try, in words.
 * @param streams the requests of its clients
 * @param routes hosts and paths that no client asks for
 */
export function untriedOfServices(
  services: Settings["services"],
  streams: readonly TrafficStream[],
  routes: readonly Parameters<typeof routeText>[0][],
): string[] {
  const each = Object.entries(services).flatMap(([name, settings]) => [
    ...(isSample(name) ? [] : requestsNotTried(name, settings, streams)),
    ...placesOf(name, settings),
    ...awsOf(name, settings),
  ]);
  return [...each, ...routes.map((route) => `requests to ${routeText(route)}`)];
}

function requestsNotTried(
  name: string,
  { kind, queue, test }: ServiceSettings,
  streams: readonly TrafficStream[],
): string[] {
  if (kind === "worker") return queue ? [`messages to ${name}`] : [];
  if (kind !== "api") return [];
  const asked = requestsOf(name, streams);
  const others = asked.length === 0 ? `requests to ${name}` : `other requests to ${name} than ${asked.join(", ")}`;
  return [test === undefined ? others : `${others}, but for those of its test`];
}

/** A rehearsal has nothing at places outside the stack. */
function placesOf(name: string, { egress }: ServiceSettings): string[] {
  const places = egress.map(({ cidr, securityGroup, port }) => `${cidr ?? securityGroup} port ${port}`);
  return places.length === 0 ? [] : [`what ${name} reaches by egress: ${places.join(", ")}`];
}

/** Services of AWS that the cloud does not have. */
function awsOf(name: string, { iam }: ServiceSettings): string[] {
  const asked = iam.flatMap(({ actions }) => actions.map((action) => action.split(":")[0]!));
  const known: readonly string[] = AWS_SERVICE_NAMES;
  const missing = new Set(asked.filter((service) => service !== "*" && !known.includes(OF_IAM[service] ?? service)));
  return missing.size === 0 ? [] : [`what ${name} may do by iam with ${[...missing].join(", ")}`];
}
