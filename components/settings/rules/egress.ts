import { isDeepStrictEqual } from "node:util";
import { problem } from "../problem";
import { asMap, type RawService } from "./raw-service";

/**
 * Problems of `egress`, or of `reaches`, its former name: both names given, a rule without exactly one peer, a rule
 * given twice.
 */
export function egressProblems({ name, values, egress }: RawService): string[] {
  if (values.egress !== undefined && values.reaches !== undefined) {
    const path = ["services", name, "reaches"];
    return [problem(path, values.reaches, "no value: it is the former name of egress, which is set too")];
  }
  const key = values.egress === undefined ? "reaches" : "egress";
  return egress.flatMap((rule, place) => {
    const path = ["services", name, key, place];
    const { cidr, securityGroup } = asMap(rule);
    if ((cidr === undefined) === (securityGroup === undefined))
      return [problem(path, rule, "a port with either cidr or securityGroup")];
    const first = egress.findIndex((other) => isDeepStrictEqual(other, rule));
    return first < place ? [problem(path, rule, "each place once")] : [];
  });
}
