import { COLOURS, type Colour, other } from "../../components/colour-name";
import type { LiveService } from "../../components/live";
import type { EdgeOutputs, ServiceOutputs } from "../../components/outputs";
import type { Question } from "./answers";

export interface ExpectedAnswer extends Question {
  /** For people, such as `users.example.jp through the blue load balancer`. */
  label: string;
  /** Name of the release that must answer. */
  release: string;
}

/**
 * What each of a service's two names must answer, by live state (design: two levels of routing). With `routed` both load balancers know both names;
 * with `dns` each load balancer knows only its own colour, so a name is asked where its record leads.
 */
export function expectedAnswers(
  cutover: "routed" | "dns",
  live: LiveService,
  service: ServiceOutputs,
  edge: EdgeOutputs,
): { production: ExpectedAnswer[]; test: ExpectedAnswer[] } {
  return {
    production: questions(service.url, live, live.active),
    test: questions(service.testUrl, live, other(live.active)),
  };

  function questions(origin: string, { colours }: LiveService, colour: Colour): ExpectedAnswer[] {
    const { release, size } = colours[colour];
    if (release === null || size === 0) return [];
    const url = `${origin}${service.healthCheckPath}`;
    const name = new URL(url).host;
    const through = cutover === "routed" ? COLOURS : [colour];
    return [
      { url, via: null, label: `${name} through DNS`, release: release.name },
      ...through.map((lb) => ({
        url,
        via: edge.loadBalancers[lb].dnsName,
        label: `${name} through the ${lb} load balancer`,
        release: release.name,
      })),
    ];
  }
}
