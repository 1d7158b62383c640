import { instanceTypeOf, isGraviton } from "../../../../../components/settings/instance-type";
import { AwsError } from "../../../kernel/aws-error";
import models from "./instance-types.json";

/** The CPU units and memory that an instance registers with ECS, and its processor architecture. */
export interface InstanceCapacity {
  /** 1024 units are one vCPU. */
  cpuUnits: number;
  /** What the ECS agent registers. The operating system keeps about 7 % (measured on t3.small: 1910 of 2048). */
  memoryMiB: number;
  architecture: "x86_64" | "arm64";
}

const REGISTERED_SHARE = 0.93;
/** Families with their sizes, by AWS's API model: a list of its own, so that it can contradict that of the settings. */
const FAMILIES: Readonly<Record<string, string>> = models.families;

/**
 * What an instance of a type has.
 *
 * @throws AwsError as EC2 for a type that does not exist (V8), and in the rehearsal's own words for one whose size it does not know
 */
export function capacityOf(instanceType: string): InstanceCapacity {
  const [family = "", size = ""] = instanceType.split(".");
  const sizes = Object.hasOwn(FAMILIES, family) ? FAMILIES[family]!.split(" ") : [];
  if (!sizes.includes(size))
    throw new AwsError("InvalidParameterValue", `Invalid value '${instanceType}' for InstanceType.`);
  const known = instanceTypeOf(instanceType);
  if (!known)
    throw new AwsError(
      "InvalidParameterValue",
      `the rehearsal cloud does not know the vCPUs and memory of ${instanceType}; it knows t3, t3a, t4g, and the families of c, m and r from the fifth to the eighth generation`,
    );
  return {
    cpuUnits: known.vcpus * 1024,
    memoryMiB: Math.floor(known.memoryMiB * REGISTERED_SHARE),
    architecture: isGraviton(instanceType) ? "arm64" : "x86_64",
  };
}
