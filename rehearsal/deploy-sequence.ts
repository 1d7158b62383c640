import type { Kind } from "../components/settings/settings";

/** What a rehearsal needs to know about a service. */
export interface RehearsedService {
  name: string;
  kind: Kind;
  /** Names of the services that it calls. */
  calls: readonly string[];
}

/**
 * The first releases as consecutive deploys, each a list of services: a service comes before its callers, whose tests
 * call it. Services that call each other in a circle come last, together.
 */
export function firstDeploys(services: readonly RehearsedService[]): string[][] {
  const deploys: string[][] = [];
  let left = [...services];
  while (left.length > 0) {
    const waiting = left;
    const ready = waiting.filter(({ calls }) => !calls.some((callee) => waiting.some(({ name }) => name === callee)));
    const next = ready.length > 0 ? ready : waiting;
    deploys.push(next.map(({ name }) => name));
    left = waiting.filter((service) => !next.includes(service));
  }
  return deploys;
}

/**
 * The deploys under traffic: each service alone, then a caller together with the services that it calls; repeated
 * until there are `count`.
 * @param count undefined for each deploy once
 */
export function deploySequence(services: readonly RehearsedService[], count: number | undefined): string[][] {
  const alone = services.map(({ name }) => [name]);
  const caller = services.find(({ calls }) => calls.length > 0);
  const together = caller
    ? services.filter(({ name }) => name === caller.name || caller.calls.includes(name)).map(({ name }) => name)
    : null;
  const once = together ? [...alone, together] : alone;
  return Array.from({ length: count ?? once.length }, (_, index) => once[index % once.length]!);
}
