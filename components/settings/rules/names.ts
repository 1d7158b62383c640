import { DEAD_LETTER } from "../../core/names";
import { edgeDomain, productionHost, testHost } from "../host-names";
import { problem } from "../problem";
import { SERVICE_NAME } from "../schema/forms";
import { EXPOSURES } from "../schema/kinds";
import type { RawService } from "./raw-service";

const NAME_WANTED = "a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen";

/** Problems of services' names: their form, and two services that would get the same name in DNS or in AWS. */
export function nameProblems(services: readonly RawService[], domain: unknown): string[] {
  const below = typeof domain === "string" ? domain : "<domain>";
  return services.flatMap((service) => {
    const path = ["services", service.name];
    if (!SERVICE_NAME.test(service.name)) return [problem(path, service.name, NAME_WANTED)];
    const taken = takenBy(service, services, below);
    return taken ? [problem(path, service.name, `another name: ${taken}`)] : [];
  });
}

/** The reason why a service's name is taken, or undefined if it is free. */
function takenBy({ name, hasQueue }: RawService, services: readonly RawService[], domain: string): string | undefined {
  if (name in {}) return `every object of JavaScript has a property ${name}`;
  const edge = EXPOSURES.find((each) => each === name);
  if (edge === "internal") return `${edgeDomain(edge, domain)} is the private zone of internal names`;
  if (edge) return `the edge ${edge} has it`;
  const tested = services.find((other) => testHost(other.name, domain) === productionHost(name, domain));
  if (tested) return `${productionHost(name, domain)} is the test name of ${tested.name}`;
  const queued = services.find((other) => other.hasQueue && `${other.name}${DEAD_LETTER}` === name);
  return queued && hasQueue ? `it is the name of ${queued.name}'s dead-letter queue` : undefined;
}
