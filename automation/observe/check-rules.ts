import type { LiveService } from "../../components/live/live";
import type { ServiceOutputs } from "../../components/live/outputs";
import type { Observer } from "../ports/observer";
import { productionRules } from "./production-rules";

/**
 * Checks by AWS's word that a service's production rules, on all its edges, lead where live state says. It shows what
 * requests cannot: which colour answers where no header tells, and everything inside the network.
 * @returns one line for each rule that does not; none for a service without an edge
 */
export async function checkRules(
  observer: Pick<Observer, "weights">,
  { active, idleShare }: LiveService,
  outputs: ServiceOutputs,
): Promise<string[]> {
  const rules = productionRules(outputs, active, idleShare);
  if (rules.length === 0) return [];
  const found = await observer.weights(rules.map(({ arn }) => arn));
  return rules.flatMap(({ arn, label, edge, loadBalancer, targetGroups }) => {
    const weights = found.get(arn);
    const wrong = targetGroups.flatMap(({ colour, arn: group, weight: wanted }) => {
      const weight = weights?.get(group) ?? 0;
      return weight === wanted ? [] : [`${weight} % to ${colour}, wanted ${wanted} %`];
    });
    return wrong.length === 0
      ? []
      : [`${label} on the ${edge} ${loadBalancer} load balancer gives ${wrong.join(", ")}`];
  });
}
