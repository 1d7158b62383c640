import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { ServiceOutputs } from "../../components/live/outputs";
import { routeText } from "../../components/settings/own-hosts";
import type { ProductionRule } from "../ports/traffic-switch";

/** Weight of all of production's requests, in percent. */
const ALL = 100;

/** A rule of a production name or a host of the service's own, and the load balancer that has it. */
export interface PlacedRule extends ProductionRule {
  edge: string;
  /** What messages call the rule, such as `the production rule` or `the rule for example.jp/api/*`. */
  label: string;
  loadBalancer: Colour;
  targetGroups: { colour: Colour; arn: string; weight: number }[];
}

/**
 * The rules of a service's production name and of its own hosts on all load balancers, with the weights that they have
 * while a colour is active. Empty for a worker.
 * @param idleShare percent of the requests that the other colour gets
 */
export function productionRules(
  { exposures, colours }: Pick<ServiceOutputs, "exposures" | "colours">,
  active: Colour,
  idleShare = 0,
): PlacedRule[] {
  return Object.entries(exposures).flatMap(([edge, { productionRules: production, hosts = [] }]) => {
    const rules = [
      ...(production ? [{ label: "the production rule", arns: production }] : []),
      ...hosts.map((route) => ({ label: `the rule for ${routeText(route)}`, arns: route.rules })),
    ];
    return COLOURS.flatMap((loadBalancer): PlacedRule[] => {
      const targetGroups = COLOURS.flatMap((colour) =>
        colours[colour].targetGroups
          .filter((group) => group.edge === edge && group.loadBalancer === loadBalancer)
          .map((group) => ({ colour, arn: group.arn, weight: colour === active ? ALL - idleShare : idleShare })),
      );
      return rules.map(({ label, arns }) => ({ arn: arns[loadBalancer], label, edge, loadBalancer, targetGroups }));
    });
  });
}
