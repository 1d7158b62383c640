import { COLOURS, type Colour, other } from "../../components/core/colour-name";
import { askedPath } from "../../components/live/health-path";
import type { LiveService } from "../../components/live/live";
import type { EdgeOutputs, ServiceOutputs, StackOutputs } from "../../components/live/outputs";
import type { HttpRequest } from "../ports/http-client";

export interface ExpectedResponse extends HttpRequest {
  /** Name for people, such as `users.example.jp through the blue load balancer`. */
  label: string;
  /** Names of the releases that may respond: one, or during a ramp both, the active colour's first. */
  releases: string[];
  /** Names of the releases that the service's colours have: no other can respond. */
  known: string[];
}

/**
 * Returns the responses that live state implies for a service's two public names and for its own hosts (design: two levels of routing). With
 * `routed` both load balancers know both names; with `dns` each load balancer knows only its own colour, so a name is
 * requested where its record points. During a ramp either release may respond to the production name, but only the idle
 * one to the test name. A colour is asked for the health path of its own release; where either release may respond and these
 * are not the same, nothing is expected. Empty for a service that is not public: the deploy runs outside the network.
 */
export function expectedResponses(
  cutover: "routed" | "dns",
  live: LiveService,
  outputs: ServiceOutputs,
  edges: StackOutputs["edges"],
): { production: ExpectedResponse[]; test: ExpectedResponse[] } {
  const { exposures, protocol } = outputs;
  const edge = edges.public;
  if (!exposures.public || !edge) return { production: [], test: [] };
  const { active, colours, idleShare } = live;
  const idle = other(active);
  const known = COLOURS.flatMap((colour) => colours[colour].release?.name ?? []);
  const pathOf = (colour: Colour) => askedPath(outputs, colour);
  const isShared = idleShare !== undefined;
  const productionUrls = [
    `${exposures.public.url}${pathOf(active)}`,
    ...(exposures.public.hosts ?? []).flatMap(({ healthCheckUrl }) => healthCheckUrl ?? []),
  ];
  return {
    production:
      isShared && pathOf(active) !== pathOf(idle)
        ? []
        : productionUrls.flatMap((url) => responses(edge, url, isShared ? [active, idle] : [active])),
    test: responses(edge, `${exposures.public.testUrl}${pathOf(idle)}`, [idle]),
  };

  function responses({ loadBalancers }: EdgeOutputs, url: string, responding: [Colour, ...Colour[]]) {
    const [colour] = responding;
    if (colours[colour].size === 0) return [];
    const releases = [...new Set(responding.flatMap((each) => colours[each].release?.name ?? []))];
    const name = new URL(url).host;
    const through = cutover === "routed" ? COLOURS : [colour];
    const expected = { url, releases, known, ...(protocol === undefined ? {} : { protocol }) };
    return [
      { ...expected, via: null, label: `${name} through DNS` },
      ...through.map((lb) => ({
        ...expected,
        via: loadBalancers[lb].dnsName,
        label: `${name} through the ${lb} load balancer`,
      })),
    ];
  }
}
