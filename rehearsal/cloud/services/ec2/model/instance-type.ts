/** The CPU units and memory that an instance registers with ECS, and its processor architecture. */
export interface InstanceCapacity {
  /** 1024 units are one vCPU. */
  cpuUnits: number;
  /** What the ECS agent registers. The operating system keeps about 7 % (measured on t3.small: 1910 of 2048). */
  memoryMiB: number;
  architecture: "x86_64" | "arm64";
}

const REGISTERED_SHARE = 0.93;
const GIB = 1024;
const BURSTABLE = /^(t3|t3a|t4g)\.(nano|micro|small|medium|large|xlarge|2xlarge)$/;
const FIXED = /^([cmr])[5-8]([a-z]*)\.(large|xlarge|2xlarge|4xlarge|8xlarge)$/;
const BURSTABLE_SIZES: Record<string, { vcpus: number; gib: number }> = {
  nano: { vcpus: 2, gib: 0.5 },
  micro: { vcpus: 2, gib: 1 },
  small: { vcpus: 2, gib: 2 },
  medium: { vcpus: 2, gib: 4 },
  large: { vcpus: 2, gib: 8 },
  xlarge: { vcpus: 4, gib: 16 },
  "2xlarge": { vcpus: 8, gib: 32 },
};
const FIXED_VCPUS: Record<string, number> = { large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32 };
const GIB_PER_VCPU: Record<string, number> = { c: 2, m: 4, r: 8 };

/** Returns undefined for an instance type that the rehearsal does not know. */
export function capacityOf(instanceType: string): InstanceCapacity | undefined {
  const [, family, burst = ""] = BURSTABLE.exec(instanceType) ?? [];
  const size = BURSTABLE_SIZES[burst];
  if (size) return capacity(size.vcpus, size.gib, family === "t4g");
  const [, letter = "", suffix = "", name = ""] = FIXED.exec(instanceType) ?? [];
  const vcpus = FIXED_VCPUS[name];
  return vcpus ? capacity(vcpus, vcpus * GIB_PER_VCPU[letter]!, suffix.includes("g")) : undefined;
}

function capacity(vcpus: number, gib: number, graviton: boolean): InstanceCapacity {
  return {
    cpuUnits: vcpus * 1024,
    memoryMiB: Math.floor(gib * GIB * REGISTERED_SHARE),
    architecture: graviton ? "arm64" : "x86_64",
  };
}
