import { at, type Declared, list, type Rule } from "../declared";

const ROUTING = [
  ...["setIdentifier", "weightedRoutingPolicies", "failoverRoutingPolicies", "latencyRoutingPolicies"],
  ...["geolocationRoutingPolicies", "geoproximityRoutingPolicy", "cidrRoutingPolicy", "multivalueAnswerRoutingPolicy"],
];
const COLOUR = /(^|[.-])(blue|green)([.-]|$)/;

/**
 * Route 53 changes an alias in place, by one UPSERT without a gap. A different name, type or set identifier makes a
 * different record, and for a while there is none (aws-rules R4). So nothing that identifies a record may depend on
 * the colour. Records without an alias (a certificate's validation) carry no traffic.
 */
export const recordsChangeInPlace: Rule = {
  name: "records-change-in-place",
  description:
    "A service's record is one simple alias that is never replaced: a replacement would leave its name unanswered.",
  types: ["aws:route53/record:Record"],
  check({ inputs }) {
    if (list(inputs.aliases).length === 0) return [];
    return [
      ...(inputs.type === "A" || inputs.type === "AAAA"
        ? []
        : [`type is ${String(inputs.type)}: an alias to a load balancer is A or AAAA`]),
      ...ROUTING.filter((key) => inputs[key] !== undefined).map(
        (key) =>
          `${key} is set: leave it out, as a routing policy makes records that are replaced and weights that are not kept`,
      ),
      ...(COLOUR.test(String(inputs.name))
        ? [
            `name ${String(inputs.name)} has a colour in it: a cutover would replace the record, so let only its alias change`,
          ]
        : []),
    ];
  },
};

/**
 * The target groups of an idle colour are empty, so Route 53 would take the whole load balancer for unhealthy
 * (aws-rules R10).
 */
export const recordsIgnoreTargetHealth: Rule = {
  name: "records-ignore-target-health",
  description:
    "An alias does not evaluate its load balancer's health: an idle colour's empty target groups would make it unhealthy.",
  types: ["aws:route53/record:Record"],
  check: ({ inputs }: Declared) =>
    list(inputs.aliases)
      .filter((alias) => at(alias, "evaluateTargetHealth") !== false)
      .map((alias) => `evaluateTargetHealth is ${String(at(alias, "evaluateTargetHealth"))}: set it to false`),
};
