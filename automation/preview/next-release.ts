import type { Colour } from "../../components/core/colour-name";
import { configurationOf, configurationText } from "../../components/live/configuration";
import type { Live, LiveService } from "../../components/live/live";
import { configurationOfRelease } from "../../components/live/release";
import { allSecrets, knownImages } from "../../components/live/sidecars";
import type { ServiceSettings, Settings } from "../../components/settings/settings";
import type { Change } from "./change";
import { valueText } from "./change-lines";
import type { PropertyChange } from "./property-changes";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
/** The property of a target group that a release takes along. */
const HEALTH_PATH = "healthCheck.path";
const INSTANCE = "aws:ec2/launchTemplate:LaunchTemplate";

/**
 * Returns two live states for a preview of the next release. A release keeps the settings that it was deployed with, and
 * while a colour has instances, the program keeps what they run, so a plain preview does not show the next release. A
 * preview from `before`, in which no colour has instances, to `after`, the real state with the settings of now, shows it.
 */
export function asIfStopped(live: Live, settings: Pick<Settings, "services">): { before: Live; after: Live } {
  const services = Object.entries(live.services).map(
    ([name, { idleShare: _, ...service }]) => [name, service] as const,
  );
  const stopped = services.map(([name, service]) => {
    const { blue, green } = service.colours;
    return [name, { ...service, colours: { blue: { ...blue, size: 0 }, green: { ...green, size: 0 } } }] as const;
  });
  return {
    before: { serial: live.serial, services: Object.fromEntries(stopped) },
    after: {
      serial: live.serial + 1,
      services: Object.fromEntries(
        services.map(([name, service]) => [name, asOfNow(service, settings.services[name])]),
      ),
    },
  };
}

/** The service with the settings of now on its active colour. Secrets that stay keep their versions: nobody looks at them here. */
function asOfNow(service: LiveService, settings: ServiceSettings | undefined): LiveService {
  const { active, colours } = service;
  const { release } = colours[active];
  const was = release && configurationOfRelease(release);
  if (!release || !was || !settings) return service;
  const known = new Map(allSecrets(was).map(({ secret: { from, ...version } }) => [from, version]));
  const versionOf = (from: string) => known.get(from) ?? { version: "" };
  const configuration = configurationOf(settings, versionOf, knownImages(was.sidecars ?? {}));
  const next = { ...release, configuration: configurationText(configuration) };
  return { ...service, colours: { ...colours, [active]: { ...colours[active], release: next } } };
}

/**
 * Returns the changes of active colours that come with the next release of their service.
 * @param now the changes that come at once
 * @param ifStopped the changes that would come if no colour had instances
 */
export function changesOfNextRelease(now: readonly Change[], ifStopped: readonly Change[], live: Live): Change[] {
  const atOnce = new Set(now.map(({ urn }) => urn));
  const askedAtOnce = new Set(now.filter(askedForAnotherPath).map(({ urn }) => urn));
  return ifStopped.flatMap((change) => {
    const { urn, type, name, service, operation, properties } = change;
    const colour = service === null ? undefined : live.services[service]?.active;
    if (colour === undefined) return [];
    if (askedForAnotherPath(change) === colour && !askedAtOnce.has(urn))
      return [{ ...change, properties: properties.filter(({ path }) => path === HEALTH_PATH) }];
    if (atOnce.has(urn) || (type !== TASK && type !== INSTANCE)) return [];
    return name.startsWith(`${service}-${colour}-`) && operation !== "delete" ? [change] : [];
  });
}

/** The colour of a target group that is asked for another health path; null for any other change. */
function askedForAnotherPath({ type, operation, name, properties }: Change): Colour | null {
  if (type !== TARGET_GROUP || operation !== "update" || !properties.some(({ path }) => path === HEALTH_PATH))
    return null;
  const [, colour] = /-(blue|green)-at-(?:blue|green)$/.exec(name) ?? [];
  return (colour as Colour | undefined) ?? null;
}

/** Describes changes in the terms of the settings: `port 3000 -> 4000`, `env LOG_LEVEL info -> debug`. */
export function wordsOfNextRelease(changes: readonly Change[]): string[] {
  const words = changes.flatMap(({ operation, type, name, service, properties }) =>
    operation === "create" ? [`new ${name}`] : properties.flatMap((property) => wordsOf(type, service, property)),
  );
  const isPort = words.some((word) => word.startsWith("port "));
  // PORT passes the same number to the service.
  return [...new Set(words)].filter((word) => !(isPort && word.startsWith("env PORT ")));
}

/** What the service's own container has because of its sidecars: these say it. */
const BY_SIDECARS = /^(?:dependsOn|links|cpu|memory)\b/;

/** A change of a sidecar has the sidecar's name before it: the service's own container has that of the service. */
function wordsOf(type: string, service: string | null, property: PropertyChange): string[] {
  const [, container, inner = ""] = /^containerDefinitions\[([a-z][^\]]*)\](?:\.(.+))?$/.exec(property.path) ?? [];
  if (container === undefined) return wordOf(type, property);
  if (container === service) return BY_SIDECARS.test(inner) ? [] : wordOf(type, property);
  // ECS Exec is a setting of the service.
  if (inner === "readonlyRootFilesystem") return [];
  if (inner === "") return [`sidecar ${container} ${property.to === undefined ? "removed" : "added"}`];
  return wordOf(type, property).map((word) => `sidecar ${container}: ${word}`);
}

function wordOf(type: string, { path, from, to }: PropertyChange): string[] {
  const values = `${valueText(variableValue(from))} -> ${valueText(variableValue(to))}`;
  if (type === INSTANCE) return path.startsWith("imageId") ? [] : [`${path} ${values}`];
  const [, inner = path] = /^containerDefinitions\[[^\]]*\]\.(.+)$/.exec(path) ?? [];
  if (/^portMappings\b.*containerPort$/.test(inner)) return [`port ${values}`];
  const [, kind, variable] = /^(environment|secrets)\[([^\]]*)\]/.exec(inner) ?? [];
  if (kind === "environment") return [`env ${variable} ${values}`];
  if (kind === "secrets") return [`secret ${variable} ${values}`];
  // An older program knew no ECS Exec, and every container had a read-only root.
  if (inner === "readonlyRootFilesystem") return [to === false ? "exec off -> on" : "exec on -> off"];
  if (inner === "stopTimeout") return [`stopTimeoutSeconds ${values}`];
  return [`${inner} ${values}`];
}

/** Returns the value of a variable that is added or removed; any other value as it is. */
function variableValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const variable = value as { name?: unknown; value?: unknown; valueFrom?: unknown };
  return typeof variable.name === "string" ? (variable.value ?? variable.valueFrom ?? value) : value;
}
