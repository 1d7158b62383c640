import { problem } from "../problem";
import { queueUrlVariable, urlVariable } from "../variable-names";
import type { RawService } from "./raw-service";

/**
 * Environment variables that `calls` and `sends` may not set, each with its owner. AWS's SDKs read the second one as
 * the endpoint of AWS itself.
 */
const TAKEN: readonly [string, string][] = [
  ["QUEUE_URL", "that of the service's own queue"],
  ["AWS_ENDPOINT_URL", "one that AWS's SDKs read"],
];

/** Problems of `calls` and `sends`: whom they name, and which variables they set. Calls may form circles. */
export function callProblems(services: readonly RawService[]): string[] {
  const find = (name: string) => services.find((service) => service.name === name);
  return services.flatMap((service) => [
    ...[...new Set(service.calls)].flatMap((callee) => {
      const wanted = insteadOfCallee(service, callee, find(callee));
      return wanted ? [problem(pathOf(service, "calls", callee), callee, wanted)] : [];
    }),
    ...[...new Set(service.sends)].flatMap((worker) => {
      const wanted = insteadOfWorker(worker, find(worker));
      return wanted ? [problem(pathOf(service, "sends", worker), worker, wanted)] : [];
    }),
    ...variableProblems(service),
  ]);
}

function insteadOfCallee(caller: RawService, name: string, callee: RawService | undefined): string | undefined {
  if (name === caller.name) return "another service than itself";
  if (!callee) return `a service that is exposed internally: there is no service ${name}`;
  if (callee.kind === "job")
    return `a service that is exposed internally: ${name} is a job, which starts by its schedule alone`;
  if (callee.kind === "worker")
    return `a service that is exposed internally: ${name} is a worker; send it messages with sends`;
  return callee.edges.includes("internal")
    ? undefined
    : `a service that is exposed internally: add internal to services.${name}.exposure`;
}

function insteadOfWorker(name: string, worker: RawService | undefined): string | undefined {
  if (!worker) return `a worker that has a queue: there is no service ${name}`;
  if (worker.kind === "api") return `a worker that has a queue: ${name} is an api; call it with calls`;
  if (worker.kind === "job") return `a worker that has a queue: ${name} is a job, which starts by its schedule alone`;
  return worker.hasQueue ? undefined : `a worker that has a queue: set services.${name}.queue`;
}

function variableProblems(service: RawService): string[] {
  const owners = new Map(TAKEN);
  const given = [
    ...[...new Set(service.calls)].map((name) => ["calls", name, urlVariable(name)] as const),
    ...[...new Set(service.sends)].map((name) => ["sends", name, queueUrlVariable(name)] as const),
  ];
  return given.flatMap(([key, name, variable]) => {
    const owner = owners.get(variable);
    if (owner === undefined) owners.set(variable, `that of ${key}: [${name}]`);
    const wanted = `a service of another name: its variable would be ${variable}, ${owner}`;
    return owner === undefined ? [] : [problem(pathOf(service, key, name), name, wanted)];
  });
}

function pathOf(service: RawService, key: "calls" | "sends", name: string): PropertyKey[] {
  const values = service.values[key] as unknown[];
  return ["services", service.name, key, values.indexOf(name)];
}
