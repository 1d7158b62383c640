import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { ServiceOutputs } from "../../components/live/outputs";
import type { ProductionRule } from "../ports/traffic-switch";

/** Weight of all of production's requests, in percent. */
const ALL = 100;

/** A rule of a production name, and the load balancer that has it. */
export interface PlacedRule extends ProductionRule {
  edge: string;
  loadBalancer: Colour;
  targetGroups: { colour: Colour; arn: string; weight: number }[];
}

/**
 * The rules of a service's production name on all load balancers, with the weights that they have while a colour is
 * active. Empty for a worker.
 * @param idleShare percent of the requests that the other colour gets
 */
export function productionRules(
  { exposures, colours }: Pick<ServiceOutputs, "exposures" | "colours">,
  active: Colour,
  idleShare = 0,
): PlacedRule[] {
  return Object.entries(exposures).flatMap(([edge, { productionRules: rules }]) =>
    COLOURS.flatMap((loadBalancer): PlacedRule[] => {
      const arn = rules?.[loadBalancer];
      if (arn === undefined) return [];
      const targetGroups = COLOURS.flatMap((colour) =>
        colours[colour].targetGroups
          .filter((group) => group.edge === edge && group.loadBalancer === loadBalancer)
          .map((group) => ({ colour, arn: group.arn, weight: colour === active ? ALL - idleShare : idleShare })),
      );
      return [{ arn, edge, loadBalancer, targetGroups }];
    }),
  );
}
