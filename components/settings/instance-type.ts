import { InstanceType as AwsInstanceType } from "@pulumi/aws/types/enums/ec2";
import { nearest } from "../core/nearest";
import { orList } from "../core/or-list";

/** Matches an EC2 instance type: family, dot, size. */
export const INSTANCE_TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

export interface InstanceType {
  vcpus: number;
  memoryMiB: number;
}

/** ECS counts the processors of tasks in these units. */
export const CPU_UNITS_A_VCPU = 1024;
/** Share of an instance's CPU and memory that its task gets. The rest is for the operating system and the ECS agent. */
const DEFAULT_TASK_SHARE = 0.75;
const GIB = 1024;
const BURSTABLE_FAMILIES = ["t3", "t3a", "t4g"];
const BURSTABLE = new Map<string, InstanceType>(
  Object.entries({
    nano: { vcpus: 2, memoryMiB: GIB / 2 },
    micro: { vcpus: 2, memoryMiB: GIB },
    small: { vcpus: 2, memoryMiB: 2 * GIB },
    medium: { vcpus: 2, memoryMiB: 4 * GIB },
    large: { vcpus: 2, memoryMiB: 8 * GIB },
    xlarge: { vcpus: 4, memoryMiB: 16 * GIB },
    "2xlarge": { vcpus: 8, memoryMiB: 32 * GIB },
  }),
);
/** GiB of memory for each vCPU by the family's letter, from the fifth generation on. */
const GIB_PER_VCPU = new Map(Object.entries({ m: 4, c: 2, r: 8 }));
const SMALL_SIZES = ["nano", "micro", "small", "medium", "large"];
/** The types that the installed version of the provider knows. AWS may have newer ones. */
const KNOWN: readonly string[] = Object.values(AwsInstanceType);
/** The newest generation of c, m, r and t that gets no more types. m7i-flex.16xlarge came two years after m7i-flex.large. */
const SETTLED_GENERATION = 6;

/** vCPUs and memory of an instance type; undefined if there is none of that name, or it does not tell them for certain. */
export function instanceTypeOf(name: string): InstanceType | undefined {
  if (!KNOWN.includes(name)) return undefined;
  const [family = "", size = ""] = name.split(".");
  if (BURSTABLE_FAMILIES.includes(family)) return BURSTABLE.get(size);
  const [, letter = ""] = /^([cmr])[5-8][a-z-]*$/.exec(family) ?? [];
  const vcpus = vcpusOf(size);
  const gibPerVcpu = GIB_PER_VCPU.get(letter);
  return vcpus && gibPerVcpu ? { vcpus, memoryMiB: vcpus * gibPerVcpu * GIB } : undefined;
}

/** vCPUs by size, the same in every family that `GIB_PER_VCPU` covers; undefined for a whole machine, such as metal. */
function vcpusOf(size: string): number | undefined {
  if (size === "medium") return 1;
  if (size === "large") return 2;
  const times = timesXlarge(size);
  return times && 4 * times;
}

/** How many times as large as `xlarge` a size is: 2 for `2xlarge`; undefined for a smaller one, and for a whole machine. */
export function timesXlarge(size: string): number | undefined {
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  return times === undefined ? undefined : Number(times || 1);
}

/**
 * What to write instead of a type that AWS certainly does not have, such as m6.large; undefined for a type that is
 * known, and for one that may be newer than the list: then its launch tells.
 */
export function insteadOfInstanceType(name: string): string | undefined {
  if (KNOWN.includes(name)) return undefined;
  const [family = "", size = ""] = name.split(".");
  const [, letter, generation, suffix] = /^([cmrt])(\d)([a-z-]*)$/.exec(family) ?? [];
  // Since the sixth generation the name has a letter for the processor's maker.
  if (letter === undefined || (Number(generation) > SETTLED_GENERATION && suffix !== "")) return undefined;
  const sizes = sizesOf(family);
  if (sizes.length > 0) return `a size that ${family} has: ${orList(sizes)}`;
  const alike = KNOWN.filter((type) => type.startsWith(`${letter}${generation}`) && type.endsWith(`.${size}`));
  const shortest = Math.min(...alike.map(({ length }) => length));
  const others = alike.filter(({ length }) => length === shortest);
  return `a type that AWS has, such as ${others.length > 0 ? orList(others) : (nearestInstanceType(name) ?? "t3.small")}`;
}

/** The sizes of a family, smallest first; none for a family that is not known. */
function sizesOf(family: string): string[] {
  const sizes = KNOWN.filter((type) => type.startsWith(`${family}.`)).map((type) => type.slice(family.length + 1));
  const rank = (size: string) => {
    const times = timesXlarge(size);
    if (times !== undefined) return SMALL_SIZES.length + times;
    return SMALL_SIZES.includes(size) ? SMALL_SIZES.indexOf(size) : Number.POSITIVE_INFINITY;
  };
  return sizes.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** The type of known size whose name is nearest to this one, such as m6i.large for m9i.large; undefined if none is near. */
export function nearestInstanceType(name: string): string | undefined {
  return nearest(
    name,
    KNOWN.filter((each) => instanceTypeOf(each)),
  )[0];
}

/** CPU units and MiB that a task has if its settings do not say it; undefined for an instance type of unknown size. */
export function taskSizeOf(instanceType: string): { cpu: number; memory: number } | undefined {
  const instance = instanceTypeOf(instanceType);
  return (
    instance && {
      cpu: Math.floor(instance.vcpus * CPU_UNITS_A_VCPU * DEFAULT_TASK_SHARE),
      memory: Math.floor(instance.memoryMiB * DEFAULT_TASK_SHARE),
    }
  );
}

/**
 * True for AWS Graviton (arm64) processors: the family has a `g` after the generation, as in t4g, m7gd and c7gn, but
 * not in g4dn.
 */
export function isGraviton(name: string): boolean {
  return /^[a-z]+\d+[a-z]*g[a-z]*\./.test(name);
}
