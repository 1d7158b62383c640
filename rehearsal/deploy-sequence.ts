import { UserError } from "../components/core/user-error";
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

/**
 * Returns the jobs that are run once after each of their deploys.
 * @param skipped names of jobs that are not
 * @throws UserError for names of others
 */
export function jobsToRun(services: readonly RehearsedService[], skipped: readonly string[]): string[] {
  const jobs = services.flatMap(({ name, kind }) => (kind === "job" ? [name] : []));
  const others = skipped.filter((name) => !jobs.includes(name));
  if (others.length === 0) return jobs.filter((name) => !skipped.includes(name));
  const wanted = jobs.length > 0 ? `wanted some of ${jobs.join(", ")}` : "the settings have no job";
  throw new UserError(`jobs to skip given: ${others.join(", ")}; ${wanted}`);
}
