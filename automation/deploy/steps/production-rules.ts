import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { ServiceOutputs } from "../../../components/live/outputs";
import type { ProductionRule } from "../../ports/traffic-switch";

/** All of production's requests. */
const ALL = 100;

/** The rules of a service's production name, on all load balancers, as they lead to one colour alone. Empty for a worker. */
export function productionRules({ exposures, colours }: ServiceOutputs, to: Colour): ProductionRule[] {
  return Object.entries(exposures).flatMap(([edge, { productionRules }]) =>
    COLOURS.flatMap((side): ProductionRule[] => {
      const arn = productionRules?.[side];
      if (arn === undefined) return [];
      const targetGroups = COLOURS.flatMap((colour) =>
        colours[colour].targetGroups
          .filter((group) => group.edge === edge && group.loadBalancer === side)
          .map((group) => ({ arn: group.arn, weight: colour === to ? ALL : 0 })),
      );
      return [{ arn, targetGroups }];
    }),
  );
}
