import { COLOURS } from "../core/colour-name";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { ServiceSettings, Settings } from "../settings/settings";
import type { Live } from "./live";
import type { ExposureOutputs, ServiceOutputs, StackState } from "./outputs";
import { configurationOfRelease } from "./release";

type Services = Settings["services"];
type Use = "calls" | "sends";

/**
 * Changes of services that would break a running release: one line each, with the path, the value given, the value
 * that the stack has and what to do first. The new settings alone cannot show these, because what a running release
 * calls is in the settings that it was deployed with.
 *
 * @param previous live state after the last run
 */
export function breakingChanges(
  services: Services,
  previous: Live,
  { services: had = {}, grants = {} }: Partial<Pick<StackState, "services" | "grants">>,
): string[] {
  return Object.entries(had).flatMap(([name, before]) => {
    const now = services[name];
    const runs = COLOURS.some((colour) => (previous.services[name]?.colours[colour].size ?? 0) > 0);
    const running = (use: Use) =>
      Object.keys(services).filter((user) =>
        COLOURS.some((colour) => {
          const { release = null, size = 0 } = previous.services[user]?.colours[colour] ?? {};
          const needed = (release && configurationOfRelease(release)) ?? grants[user]?.[colour];
          return size > 0 && needed?.[use].includes(name);
        }),
      );
    return [
      ...kindProblems(name, now, before),
      ...protocolProblems(name, now, before, runs),
      ...publicProblems(name, now, before, runs),
      ...callProblems(name, now, before, running("calls")),
      ...portProblems(name, services, before),
      ...queueProblems(name, now, before, running("sends")),
      ...ownQueueProblems(name, now, before, runs),
      ...visibilityProblems(name, now, before, previous),
    ];
  });
}

function kindProblems(name: string, now: ServiceSettings | undefined, { kind }: ServiceOutputs): string[] {
  if (!now || !kind || now.kind === kind) return [];
  return [
    `${path(name)}.kind: given ${now.kind}, but the stack has ${kind}: a service keeps its kind. Add it under another name, then remove this one.`,
  ];
}

/**
 * Target groups keep their protocol (aws-rules E56). New ones have no healthy target yet when the rules name them, and
 * clients that speak the former protocol get no answer from them (E58).
 */
function protocolProblems(
  name: string,
  now: ServiceSettings | undefined,
  { protocol = "http1" }: ServiceOutputs,
  runs: boolean,
): string[] {
  if (!runs || now?.kind !== "api" || now.protocol === protocol) return [];
  return [
    `${path(name)}.protocol: given ${now.protocol}, but the stack has ${protocol}: a change replaces the target groups of ${name}, which fails its requests. Put it back; or add the service under another name with it, move its clients there, then remove this one.`,
  ];
}

/**
 * A public service has clients that the stack does not know, so no release of theirs can be deployed first, as for
 * callers. To remove the service altogether is allowed: that says that its clients may fail.
 */
function publicProblems(
  name: string,
  now: ServiceSettings | undefined,
  { exposures }: ServiceOutputs,
  runs: boolean,
): string[] {
  if (!runs || !exposures?.public || now?.kind !== "api" || now.exposure.includes("public")) return [];
  return [
    `${path(name)}.exposure: no longer public, but a release of ${name} runs, and its clients would find nobody: put it back. Or add the service under another name with the exposure, move its clients there, then remove this one.`,
  ];
}

function callProblems(
  name: string,
  now: ServiceSettings | undefined,
  { exposures }: ServiceOutputs,
  callers: string[],
): string[] {
  if (callers.length === 0 || !exposures?.internal) return [];
  const port = portOf(exposures.internal);
  if (!now?.exposure.includes("internal")) {
    return [`${path(name)}${now ? ".exposure: no longer internal" : ": removed"}, ${inUse("calls", name, callers)}`];
  }
  if (now.internalPort === port) return [];
  return [
    `${path(name)}.internalPort: given ${now.internalPort}, but the stack has ${port}, ${inUse("calls", name, callers)}`,
  ];
}

/** A listener's port is free only when the listener is deleted, which a run does last (aws-rules E12). */
function portProblems(name: string, services: Services, { exposures }: ServiceOutputs): string[] {
  if (!exposures?.internal) return [];
  const port = portOf(exposures.internal);
  return Object.entries(services).flatMap(([other, { exposure, internalPort }]) =>
    other !== name && internalPort === port && exposure.includes("internal")
      ? [
          `${path(other)}.internalPort: given ${port}, which the stack has as that of ${name}: there is one listener on a port, and a run deletes the former one last. First remove ${name} or change its port, run \`pulumi up\`, then give it to ${other}.`,
        ]
      : [],
  );
}

function portOf({ url }: ExposureOutputs): number {
  return Number(new URL(url).port);
}

function queueProblems(
  name: string,
  now: ServiceSettings | undefined,
  { queue }: ServiceOutputs,
  senders: string[],
): string[] {
  if (senders.length === 0 || !queue || now?.queue) return [];
  return [`${path(name)}${now ? ".queue" : ""}: removed, ${inUse("sends", name, senders)}`];
}

/**
 * A line if a worker loses its queue while a release of it runs: the release fails without it, and the queue is deleted with its messages. No other service
 * has to name it in `sends`, because messages may come from outside of the stack.
 */
function ownQueueProblems(
  name: string,
  now: ServiceSettings | undefined,
  { queue }: ServiceOutputs,
  runs: boolean,
): string[] {
  if (!runs || !queue || !now || now.queue) return [];
  return [
    `${path(name)}.queue: removed, but a release of ${name} runs, and takes its messages from there: put it back. Or add the worker under another name without it, and remove this one once its messages are handled.`,
  ];
}

/**
 * Lines if a queue is to give messages out again sooner than a release that runs may take to stop. The queue follows the settings at once, but the release
 * keeps the stop timeout that it was deployed with. Only a shorter time than before is refused: a rollback to a release for which it is too short already
 * goes on.
 */
function visibilityProblems(
  name: string,
  now: ServiceSettings | undefined,
  { queue: had }: ServiceOutputs,
  previous: Live,
): string[] {
  const given = now?.queue?.visibilityTimeoutSeconds;
  const has = had?.visibilityTimeoutSeconds;
  if (given === undefined || has === undefined || given >= has) return [];
  return COLOURS.flatMap((colour) => {
    const { release = null, size = 0 } = previous.services[name]?.colours[colour] ?? {};
    const stop = (release && configurationOfRelease(release))?.stopTimeoutSeconds ?? 0;
    if (!release || size === 0 || stop <= given) return [];
    return [
      `${path(name)}.queue.visibilityTimeoutSeconds: given ${given}, but the stack has ${has}, and ${name} ${release.name}, which runs, may take ${stop} s to stop: messages that it works on would be given out twice. Put it back, deploy a release with a stopTimeoutSeconds of at most ${given}, then shorten it.`,
    ];
  });
}

function path(name: string): string {
  return `${CONFIG_NAMESPACE}:services.${name}`;
}

function inUse(use: Use, name: string, users: readonly string[]): string {
  const does = use === "calls" ? "calls it" : "sends it messages";
  return `but what runs of ${users.join(", ")} ${does}: put it back, deploy a release without "${use}: [${name}]" (or run \`retire ${users.join(" ")}\`, if only a kept-warm colour does), then run \`pulumi up\` with this change.`;
}
