import { COLOURS, type Colour, other } from "../../components/colour-name";
import type { LiveService } from "../../components/live";
import type { EdgeOutputs, ServiceOutputs, StackOutputs } from "../../components/outputs";
import type { Question } from "./answers";

export interface ExpectedAnswer extends Question {
  /** For people, such as `users.example.jp through the blue load balancer`. */
  label: string;
  /** Name of the release that must answer. */
  release: string;
}

/**
 * What each of a service's two public names must answer, by live state (design: two levels of routing). With `routed` both load balancers know both
 * names; with `dns` each load balancer knows only its own colour, so a name is asked where its record leads. Nothing for a service that is not public:
 * the deploy stands outside the network.
 */
export function expectedAnswers(
  cutover: "routed" | "dns",
  live: LiveService,
  { exposures, healthCheckPath }: ServiceOutputs,
  edges: StackOutputs["edges"],
): { production: ExpectedAnswer[]; test: ExpectedAnswer[] } {
  const edge = edges.public;
  if (!exposures.public || !edge) return { production: [], test: [] };
  return {
    production: questions(edge, exposures.public.url, live.active),
    test: questions(edge, exposures.public.testUrl, other(live.active)),
  };

  function questions({ loadBalancers }: EdgeOutputs, origin: string, colour: Colour): ExpectedAnswer[] {
    const { release, size } = live.colours[colour];
    if (release === null || size === 0) return [];
    const url = `${origin}${healthCheckPath}`;
    const name = new URL(url).host;
    const through = cutover === "routed" ? COLOURS : [colour];
    return [
      { url, via: null, label: `${name} through DNS`, release: release.name },
      ...through.map((lb) => ({
        url,
        via: loadBalancers[lb].dnsName,
        label: `${name} through the ${lb} load balancer`,
        release: release.name,
      })),
    ];
  }
}
