import { fault } from "./fault";
import { productionHost, testHost } from "./host-names";
import { INSTANCE_TYPE, instanceTypeOf } from "./instance-type";

/** Target groups a load balancer: 100, and the limit cannot be raised. A service has two colours on each. */
const MAX_SERVICES_PER_EDGE = 50;
/** ECS and the system keep some of an instance's memory for themselves. */
const USABLE_MEMORY = 0.85;
const SERVICE_NAME = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,29}$/;

type Raw = Record<string, unknown>;

/** What settings are when nobody says otherwise, as far as the rules below need it. */
export interface RuleDefaults {
  instanceType: string;
  intervalSeconds: number;
  timeoutSeconds: number;
}

/**
 * Faults that no single value shows: names, counts, values that do not go together. They are looked for in the raw values, so that they are listed
 * together with the faults of single values; values of a wrong type are left to those.
 */
export function faultsBetween(raw: Raw, defaults: RuleDefaults): string[] {
  const services = isMap(raw.services) ? raw.services : {};
  return [
    ...countFaults(Object.keys(services)),
    ...Object.keys(services).flatMap(nameFaults),
    ...hostFaults(Object.keys(services), raw.domain),
    ...Object.entries(services).flatMap(([name, service]) =>
      isMap(service) ? [...healthCheckFaults(name, service, defaults), ...taskFaults(name, service, defaults)] : [],
    ),
  ];
}

function countFaults(names: string[]): string[] {
  if (names.length <= MAX_SERVICES_PER_EDGE) return [];
  const why = "a load balancer has 100 target groups and a service takes two: move some to a stack of their own";
  return [fault(["services"], names.length, `at most ${MAX_SERVICES_PER_EDGE} services on the edge public (${why})`)];
}

function nameFaults(name: string): string[] {
  const wanted = "a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen";
  return SERVICE_NAME.test(name) ? [] : [fault(["services", name], name, wanted)];
}

function hostFaults(names: string[], domain: unknown): string[] {
  const below = typeof domain === "string" ? domain : "<domain>";
  return names.flatMap((name) => {
    const rival = names.find((other) => testHost(other, below) === productionHost(name, below));
    const wanted = `another name: ${productionHost(name, below)} is the test name of ${rival}`;
    return rival ? [fault(["services", name], name, wanted)] : [];
  });
}

function healthCheckFaults(name: string, service: Raw, defaults: RuleDefaults): string[] {
  const check = isMap(service.healthCheck) ? service.healthCheck : {};
  const { intervalSeconds: interval, timeoutSeconds: timeout } = { ...defaults, ...check };
  if (typeof interval !== "number" || typeof timeout !== "number" || interval > timeout) return [];
  const path = ["services", name, "healthCheck", "timeoutSeconds"];
  return [fault(path, timeout, `less than intervalSeconds, which is ${interval}`)];
}

function taskFaults(name: string, service: Raw, defaults: RuleDefaults): string[] {
  const type = service.instanceType ?? defaults.instanceType;
  if (typeof type !== "string" || !INSTANCE_TYPE.test(type)) return [];
  const instance = instanceTypeOf(type);
  if (!instance) {
    return ["cpu", "memory"]
      .filter((key) => service[key] === undefined)
      .map((key) => fault(["services", name, key], undefined, `a value: the size of ${type} is not known here`));
  }
  const limits = { cpu: instance.vcpus * 1024, memory: Math.floor(instance.memoryMiB * USABLE_MEMORY) };
  return (["cpu", "memory"] as const).flatMap((key) => {
    const given = service[key];
    return typeof given === "number" && given > limits[key]
      ? [fault(["services", name, key], given, `at most ${limits[key]}, what a ${type} has for a task`)]
      : [];
  });
}

function isMap(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
