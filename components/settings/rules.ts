import { callProblems } from "./rules/calls";
import { databaseProblems } from "./rules/databases";
import { edgeProblems, protocolProblems } from "./rules/edges";
import { egressProblems } from "./rules/egress";
import { hostProblems } from "./rules/hosts";
import { kindProblems } from "./rules/kinds";
import { nameProblems } from "./rules/names";
import { networkProblems } from "./rules/network";
import { type Raw, rawServices } from "./rules/raw-service";
import { sidecarProblems } from "./rules/sidecars";
import { taskProblems } from "./rules/tasks";
import { rampProblems, timingProblems } from "./rules/timing";
import { variableProblems } from "./rules/variables";

/**
 * Problems that no single value shows: names, counts, and values that contradict each other. The rules read the raw
 * values, so that these problems are listed together with those of single values. Values of a wrong type are left to
 * the schema.
 */
export function problemsBetween(raw: Raw): string[] {
  const services = rawServices(raw.services);
  return [
    ...nameProblems(services, raw.domain),
    ...networkProblems(raw.network),
    ...edgeProblems(services, raw.domain),
    ...services.flatMap(kindProblems),
    ...hostProblems(services, raw),
    ...callProblems(services),
    ...databaseProblems(services, raw.databases),
    ...services.flatMap(variableProblems),
    ...services.flatMap(protocolProblems),
    ...services.flatMap(timingProblems),
    ...services.flatMap(egressProblems),
    ...services.flatMap((service) => taskProblems(service, raw.databases)),
    ...services.flatMap((service) => sidecarProblems(service, services)),
    ...rampProblems(raw),
  ];
}
