import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { ServiceOutputs, StackOutputs } from "../../../components/live/outputs";
import { concurrently } from "../../core/concurrently";
import type { Observer } from "../../ports/observer";
import { countTargets, type Look } from "./take-look";

export interface LookOptions {
  /** Those with load balancers are looked at. */
  services: readonly string[];
  /** Whether to ask where the names lead, too: Route 53 takes five requests a second from the whole account (aws-rules R8). */
  asksNames: boolean;
  nowMs(): number;
}

/** Looks once at the targets of both colours of each service, and at where its production name leads. */
export async function lookAtServices(
  observer: Pick<Observer, "colour" | "aliases">,
  outputs: Pick<StackOutputs, "services" | "edges">,
  { services, asksNames, nowMs }: LookOptions,
): Promise<Look[]> {
  const seen = services.filter((name) => outputs.services[name]?.colours.blue.targetGroups.length);
  return concurrently(seen, async (service) => {
    const own = outputs.services[service]!;
    const [blue, green, name] = await Promise.all([
      ...COLOURS.map(async (colour) => countTargets((await observer.colour(own.colours[colour])).targets)),
      asksNames ? nameOf(observer, own, outputs.edges) : null,
    ] as const);
    return {
      atMs: nowMs(),
      service,
      targets: { blue: blue as Counts, green: green as Counts },
      name: name as Colour | null,
    };
  });
}

type Counts = ReturnType<typeof countTargets>;

/** The colour of the load balancer that the first of its production names leads to. */
async function nameOf(
  observer: Pick<Observer, "aliases">,
  { exposures }: ServiceOutputs,
  edges: StackOutputs["edges"],
): Promise<Colour | null> {
  const edge = exposures.public ? "public" : "internal";
  const [exposure, balancers] = [exposures[edge], edges[edge]?.loadBalancers];
  if (!exposure || !balancers) return null;
  const host = new URL(exposure.url).hostname;
  const leads = (await observer.aliases(exposure.zoneId, [host]))[host];
  return COLOURS.find((colour) => balancers[colour].dnsName.toLowerCase() === leads) ?? null;
}
