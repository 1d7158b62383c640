import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { ServiceOutputs, StackOutputs } from "../../../components/live/outputs";
import { concurrently } from "../../core/concurrently";
import type { ObservedTarget, Observer } from "../../ports/observer";
import type { PageModel, TargetCount } from "./model";
import { changed, withService } from "./with-service";

type Counts = Pick<TargetCount, "healthy" | "others">;

/** What was observed of one service at one time. */
export interface ServiceObservation {
  /** Unix milliseconds. */
  atMs: number;
  service: string;
  targets: Record<Colour, Counts>;
  /** Colour whose load balancer the production name leads to; null if it was not looked up, or leads to neither. */
  name: Colour | null;
}

export interface ObserveOptions {
  /** Names; those without load balancers are left out. */
  services: readonly string[];
  /** Looks the production names up, too: Route 53 takes five requests a second from the whole account (aws-rules R8). */
  withNames: boolean;
  nowMs(): number;
}

/** Observes the targets of both colours of each service, and optionally where its production name leads. */
export async function observeServices(
  observer: Pick<Observer, "colour" | "aliases">,
  outputs: Pick<StackOutputs, "services" | "edges">,
  { services, withNames, nowMs }: ObserveOptions,
): Promise<ServiceObservation[]> {
  const observed = services.filter((name) => outputs.services[name]?.colours.blue.targetGroups.length);
  return concurrently(observed, async (service) => {
    const own = outputs.services[service]!;
    const counts = async (colour: Colour) => countTargets((await observer.colour(own.colours[colour])).targets);
    const [blue, green, name] = await Promise.all([
      counts("blue"),
      counts("green"),
      withNames ? colourOfName(observer, own, outputs.edges) : null,
    ]);
    return { atMs: nowMs(), service, targets: { blue, green }, name };
  });
}

/** The colour whose load balancer the first of the service's production names leads to. */
async function colourOfName(
  observer: Pick<Observer, "aliases">,
  { exposures }: ServiceOutputs,
  edges: StackOutputs["edges"],
): Promise<Colour | null> {
  const edge = exposures.public ? "public" : "internal";
  const [exposure, balancers] = [exposures[edge], edges[edge]?.loadBalancers];
  if (!exposure || !balancers) return null;
  const host = new URL(exposure.url).hostname;
  const target = (await observer.aliases(exposure.zoneId, [host]))[host];
  return COLOURS.find((colour) => balancers[colour].dnsName.toLowerCase() === target) ?? null;
}

/** Counts instances. One that is a target of several groups is healthy if all of them say so. */
export function countTargets(targets: readonly Pick<ObservedTarget, "instanceId" | "state">[]): Counts {
  const bad = new Set(targets.flatMap(({ instanceId, state }) => (state === "healthy" ? [] : [instanceId])));
  const all = new Set(targets.map(({ instanceId }) => instanceId));
  return { healthy: all.size - bad.size, others: bad.size };
}

/** Returns the model with one more observation. Pure. */
export function applyObservation(model: PageModel, { service, targets, name, ...observation }: ServiceObservation) {
  const atMs = observation.atMs - model.startMs;
  const next = withService(model, service, (was) => {
    const colours = { ...was.colours };
    for (const colour of COLOURS) {
      const counts = changed(colours[colour].targets, { atMs, ...targets[colour] }, "healthy", "others");
      colours[colour] = { ...colours[colour], targets: counts };
    }
    if (name === null) return { ...was, colours };
    return { ...was, colours, names: changed(was.names, { atMs, colour: name }, "colour"), namesSeenAtMs: atMs };
  });
  return { ...next, durationMs: Math.max(model.durationMs, atMs) };
}
