import { callFaults } from "./faults/calls";
import { edgeFaults } from "./faults/edges";
import { kindFaults } from "./faults/kinds";
import { nameFaults } from "./faults/names";
import { type Raw, rawServices } from "./faults/raw-service";
import { reachFaults } from "./faults/reaches";
import { taskFaults } from "./faults/tasks";
import { rampFaults, timingFaults } from "./faults/timing";
import { variableFaults } from "./faults/variables";

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
