import { COLOURS } from "../../components/core/colour-name";
import type { LiveService } from "../../components/live/live";
import type { ServiceOutputs } from "../../components/live/outputs";
import type { Observer } from "../ports/observer";

/** Weight of all of production's requests, in percent. */
const ALL = 100;

/**
 * Checks by AWS's word that a service's production rules, on all its edges, lead where live state says. It shows what
 * requests cannot: which colour answers where no header tells, and everything inside the network.
 * @returns one line for each rule that does not; none for a service without an edge
 */
export async function checkRules(
  observer: Pick<Observer, "weights">,
  { active, idleShare = 0 }: LiveService,
  { exposures, colours }: ServiceOutputs,
): Promise<string[]> {
  const rules = Object.entries(exposures).flatMap(([edge, { productionRules }]) =>
    COLOURS.flatMap((side) => {
      const arn = productionRules?.[side];
      return arn === undefined ? [] : [{ edge, side, arn }];
    }),
  );
  if (rules.length === 0) return [];
  const found = await observer.weights(rules.map(({ arn }) => arn));
  return rules.flatMap(({ edge, side, arn }) => {
    const weights = found.get(arn);
    const wrong = COLOURS.flatMap((colour) =>
      colours[colour].targetGroups
        .filter((group) => group.edge === edge && group.loadBalancer === side)
        .flatMap((group) => {
          const wanted = colour === active ? ALL - idleShare : idleShare;
          const weight = weights?.get(group.arn) ?? 0;
          return weight === wanted ? [] : [`${weight} % to ${colour}, wanted ${wanted} %`];
        }),
    );
    return wrong.length === 0
      ? []
      : [`the production rule on the ${edge} ${side} load balancer gives ${wrong.join(", ")}`];
  });
}
