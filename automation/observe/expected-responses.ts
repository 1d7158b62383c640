import { COLOURS, type Colour, other } from "../../components/core/colour-name";
import type { LiveService } from "../../components/live/live";
import type { EdgeOutputs, ServiceOutputs, StackOutputs } from "../../components/live/outputs";
import type { HttpRequest } from "../ports/responses";

export interface ExpectedResponse extends HttpRequest {
  /** For people, such as `users.example.jp through the blue load balancer`. */
  label: string;
  /** Names of the releases that may answer: one, or during a ramp both, the active colour's first. */
  releases: string[];
}

/**
 * What each of a service's two public names must answer, by live state (design: two levels of routing). With `routed` both load balancers know both
 * names; with `dns` each load balancer knows only its own colour, so a name is asked where its record leads. During a ramp production may be answered by
 * either release, the test name by the idle one alone. Nothing for a service that is not public: the deploy stands outside the network.
 */
export function expectedAnswers(
  cutover: "routed" | "dns",
  live: LiveService,
  { exposures, healthCheckPath }: ServiceOutputs,
  edges: StackOutputs["edges"],
): { production: ExpectedResponse[]; test: ExpectedResponse[] } {
  const edge = edges.public;
  if (!exposures.public || !edge) return { production: [], test: [] };
  const { active, colours, idleShare } = live;
  const idle = other(active);
  return {
    production: questions(edge, exposures.public.url, idleShare === undefined ? [active] : [active, idle]),
    test: questions(edge, exposures.public.testUrl, [idle]),
  };

  function questions({ loadBalancers }: EdgeOutputs, origin: string, answering: [Colour, ...Colour[]]) {
    const [colour] = answering;
    if (colours[colour].size === 0) return [];
    const releases = [...new Set(answering.flatMap((each) => colours[each].release?.name ?? []))];
    const url = `${origin}${healthCheckPath}`;
    const name = new URL(url).host;
    const through = cutover === "routed" ? COLOURS : [colour];
    return [
      { url, via: null, label: `${name} through DNS`, releases },
      ...through.map((lb) => ({
        url,
        via: loadBalancers[lb].dnsName,
        label: `${name} through the ${lb} load balancer`,
        releases,
      })),
    ];
  }
}
