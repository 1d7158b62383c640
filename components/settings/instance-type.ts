import { nearest } from "../core/nearest";

/** Matches an EC2 instance type: family, dot, size. */
export const INSTANCE_TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

export interface InstanceType {
  vcpus: number;
  memoryMiB: number;
}

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
/** vCPUs by size, the same in every family that `GIB_PER_VCPU` covers. */
const VCPUS = new Map(Object.entries({ large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32 }));
/** GiB of memory for each vCPU by the family's letter, from the fifth generation on. */
const GIB_PER_VCPU = new Map(Object.entries({ m: 4, c: 2, r: 8 }));

/** vCPUs and memory of an instance type; undefined if its name does not tell them for certain. */
export function instanceTypeOf(name: string): InstanceType | undefined {
  const [family = "", size = ""] = name.split(".");
  if (BURSTABLE_FAMILIES.includes(family)) return BURSTABLE.get(size);
  const [, letter = ""] = /^([cmr])[5-8][a-z]*$/.exec(family) ?? [];
  const vcpus = VCPUS.get(size);
  const gibPerVcpu = GIB_PER_VCPU.get(letter);
  return vcpus && gibPerVcpu ? { vcpus, memoryMiB: vcpus * gibPerVcpu * GIB } : undefined;
}

/** The type of known size whose name is nearest to this one, such as t3.small for t3.smal; undefined if none is near. */
export function nearestInstanceType(name: string): string | undefined {
  const [family = ""] = name.split(".");
  const sizes = [...BURSTABLE.keys(), ...VCPUS.keys()];
  const known = [family, ...BURSTABLE_FAMILIES].flatMap((each) => sizes.map((size) => `${each}.${size}`));
  return nearest(
    name,
    known.filter((each) => instanceTypeOf(each)),
  )[0];
}

/** CPU units and MiB that a task has if its settings do not say it; undefined for an instance type of unknown size. */
export function taskSizeOf(instanceType: string): { cpu: number; memory: number } | undefined {
  const instance = instanceTypeOf(instanceType);
  return (
    instance && {
      cpu: Math.floor(instance.vcpus * 1024 * DEFAULT_TASK_SHARE),
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
