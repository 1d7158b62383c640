import { callFaults } from "./rules/calls";
import { edgeFaults } from "./rules/edges";
import { kindFaults } from "./rules/kinds";
import { nameFaults } from "./rules/names";
import { type Raw, rawServices } from "./rules/raw-service";
import { reachFaults } from "./rules/reaches";
import { taskFaults } from "./rules/tasks";
import { rampFaults, timingFaults } from "./rules/timing";
import { variableFaults } from "./rules/variables";

/**
 * Faults that no single value shows: names, counts, values that do not go together. They are looked for in the raw values, so that they are listed
 * together with the faults of single values; values of a wrong type are left to those.
 */
export function faultsBetween(raw: Raw): string[] {
  const services = rawServices(raw.services);
  return [
    ...nameFaults(services, raw.domain),
    ...edgeFaults(services, raw.domain),
    ...services.flatMap(kindFaults),
    ...callFaults(services),
    ...services.flatMap(variableFaults),
    ...services.flatMap(timingFaults),
    ...services.flatMap(reachFaults),
    ...services.flatMap(taskFaults),
    ...rampFaults(raw),
  ];
}
