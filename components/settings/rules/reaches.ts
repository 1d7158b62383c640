import { isDeepStrictEqual } from "node:util";
import { problem } from "../problem";
import { asMap, type RawService } from "./raw-service";

/** Faults of `reaches` that no single value shows: not exactly one other side, or one twice. */
export function reachFaults({ name, values }: RawService): string[] {
  if (!Array.isArray(values.reaches)) return [];
  const reaches: unknown[] = values.reaches;
  return reaches.flatMap((reach, place) => {
    const path = ["services", name, "reaches", place];
    const { cidr, securityGroup } = asMap(reach);
    if ((cidr === undefined) === (securityGroup === undefined))
      return [problem(path, reach, "a port with either cidr or securityGroup")];
    const first = reaches.findIndex((other) => isDeepStrictEqual(other, reach));
    return first < place ? [problem(path, reach, "each place once")] : [];
  });
}
