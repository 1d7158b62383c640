import type { Live } from "../../components/live/live";
import type { Change } from "./change";
import type { PropertyChange } from "./property-changes";
import { valueText } from "./value-text";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const INSTANCE = "aws:ec2/launchTemplate:LaunchTemplate";

/**
 * Live states by which the program tells what it would make of running colours if they did not run: while instances run, what they run stays as it is
 * whatever the settings say (see Colour), and a preview shows nothing of what the next release brings.
 */
export function asIfStopped(live: Live): { before: Live; after: Live } {
  const services = Object.entries(live.services).map(
    ([name, { idleShare: _, ...service }]) => [name, service] as const,
  );
  const stopped = services.map(([name, service]) => {
    const { blue, green } = service.colours;
    return [name, { ...service, colours: { blue: { ...blue, size: 0 }, green: { ...green, size: 0 } } }] as const;
  });
  return {
    before: { serial: live.serial, services: Object.fromEntries(stopped) },
    after: { serial: live.serial + 1, services: Object.fromEntries(services) },
  };
}

/**
 * Of what runs, the changes that come with the next release of its service.
 * @param now what changes at once
 * @param ifStopped what would change if nothing ran
 */
export function changesOfNextRelease(now: readonly Change[], ifStopped: readonly Change[], live: Live): Change[] {
  const atOnce = new Set(now.map(({ urn }) => urn));
  return ifStopped.filter(({ urn, type, name, service, operation }) => {
    if (atOnce.has(urn) || (type !== TASK && type !== INSTANCE) || service === null) return false;
    const runs = live.services[service];
    const colour = runs?.active;
    return colour !== undefined && name.startsWith(`${service}-${colour}-`) && operation !== "delete";
  });
}

/** What they come to, in the words of the settings: `port 3000 -> 4000`, `env LOG_LEVEL info -> debug`. */
export function wordsOfNextRelease(changes: readonly Change[]): string[] {
  const words = changes.flatMap(({ operation, type, name, properties }) =>
    operation === "create" ? [`new ${name}`] : properties.flatMap((property) => wordOf(type, property)),
  );
  const isPort = words.some((word) => word.startsWith("port "));
  // The same number, told to the service itself.
  return [...new Set(words)].filter((word) => !(isPort && word.startsWith("env PORT ")));
}

function wordOf(type: string, { path, from, to }: PropertyChange): string[] {
  const values = `${valueText(partOf(from))} -> ${valueText(partOf(to))}`;
  if (type === INSTANCE) return path.startsWith("imageId") ? [] : [`${path} ${values}`];
  const [, inner = path] = /^containerDefinitions\[[^\]]*\]\.(.+)$/.exec(path) ?? [];
  if (/^portMappings\b.*containerPort$/.test(inner)) return [`port ${values}`];
  const [, kind, variable] = /^(environment|secrets)\[([^\]]*)\]/.exec(inner) ?? [];
  if (kind === "environment") return [`env ${variable} ${values}`];
  if (kind === "secrets") return [`secret ${variable} ${values}`];
  if (inner === "stopTimeout") return [`stopTimeoutSeconds ${values}`];
  return [`${inner} ${values}`];
}

/** Of a variable that comes or goes. */
function partOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const variable = value as { name?: unknown; value?: unknown; valueFrom?: unknown };
  return typeof variable.name === "string" ? (variable.value ?? variable.valueFrom ?? value) : value;
}
