import { INSTANCE_TYPE, taskSizeOf } from "../instance-type";
import { problem } from "../problem";
import { SERVICE_NAME } from "../schema/forms";
import { DEFAULTS } from "../schema/kinds";
import { SIDECAR_IMAGE_WANTED } from "../schema/sidecar";
import { asMap, type RawService } from "./raw-service";
import { namedVariableProblems, OF_EVERY_CONTAINER } from "./variables";

/** A task definition has at most ten containers (aws-rules C44), and one is the service's own. */
const MAX_SIDECARS = 9;
const NAME_WANTED = "a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen";
/** What is left for the service's own container at least: the least that ECS takes (aws-rules C2, C45). */
const LEAST = { cpu: 2, memory: 6 } as const;
const UNITS = { cpu: "CPU units", memory: "MiB" } as const;

/** Problems of a service's sidecars: their names, images and variables, and more CPU or memory than the task has. */
export function sidecarProblems(service: RawService, services: readonly RawService[]): string[] {
  const { name, values } = service;
  const sidecars = Object.entries(asMap(values.sidecars));
  const path = ["services", name, "sidecars"];
  const tooMany =
    sidecars.length > MAX_SIDECARS
      ? [problem(path, sidecars.length, `at most ${MAX_SIDECARS}: a task has ten containers at most`)]
      : [];
  return [
    ...tooMany,
    ...sidecars.flatMap(([sidecar, given]) => [
      ...nameProblems(name, sidecar),
      ...imageProblems(name, sidecar, asMap(given).image, services),
      ...namedVariableProblems([...path, sidecar], asMap(given), OF_EVERY_CONTAINER),
    ]),
    ...sizeProblems(service),
  ];
}

/** A sidecar's name is that of its container and, in the service's own container, its host name. */
function nameProblems(service: string, sidecar: string): string[] {
  const path = ["services", service, "sidecars", sidecar];
  if (!SERVICE_NAME.test(sidecar)) return [problem(path, sidecar, NAME_WANTED)];
  if (sidecar === service) return [problem(path, sidecar, "another name: the service's own container has it")];
  return sidecar === "localhost"
    ? [problem(path, sidecar, "another name: the service's own container has it as a host name")]
    : [];
}

/** A short reference, such as `users:agent-1`, means the service's own repository. */
function imageProblems(service: string, sidecar: string, image: unknown, services: readonly RawService[]): string[] {
  const [, repository, tag] = /^([^/:@]+):([^/:@]+)$/.exec(typeof image === "string" ? image : "") ?? [];
  if (repository === undefined || repository === service) return [];
  const wanted = services.some(({ name }) => name === repository)
    ? `${service}:${tag}, a tag of the service's own repository: instances pull from no other service's`
    : SIDECAR_IMAGE_WANTED;
  return [problem(["services", service, "sidecars", sidecar, "image"], image, wanted)];
}

function sizeProblems({ name, values }: RawService): string[] {
  const sidecars = Object.values(asMap(values.sidecars)).map(asMap);
  if (sidecars.length === 0) return [];
  const type = values.instanceType ?? DEFAULTS.instanceType;
  const task = typeof type === "string" && INSTANCE_TYPE.test(type) ? taskSizeOf(type) : undefined;
  const defaults = { cpu: DEFAULTS.sidecarCpu, memory: DEFAULTS.sidecarMemory };
  return (["cpu", "memory"] as const).flatMap((key) => {
    const whole = values[key] ?? task?.[key];
    if (typeof whole !== "number") return [];
    const sum = sidecars.reduce((all, { [key]: own = defaults[key] }) => all + (typeof own === "number" ? own : 0), 0);
    const most = whole - LEAST[key];
    const wanted = `sidecars with ${key} of at most ${most} in all: the task has ${whole} ${UNITS[key]}, and the service's own container needs some`;
    return sum > most ? [problem(["services", name, "sidecars"], sum, wanted)] : [];
  });
}
