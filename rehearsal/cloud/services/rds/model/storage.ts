import { AwsError } from "../../../kernel/aws-error";
import type { InstanceSettings } from "./db-instance";

type Performance = Pick<InstanceSettings, "iops" | "storageThroughput">;

/** GiB from which RDS stripes a gp3 volume for PostgreSQL over several of EBS (aws-rules B17). */
const STRIPED_GIB = 400;
const SMALL = { iops: 3000, storageThroughput: 125 };
const STRIPED = { iops: 12_000, storageThroughput: 500 };
const MOST = { iops: 64_000, storageThroughput: 4000 };

export function isStriped(sizeGiB: number): boolean {
  return sizeGiB >= STRIPED_GIB;
}

/**
 * Returns what a volume has of what is asked for, and otherwise what a volume of its size has for nothing.
 * @throws AwsError for what a volume of this size cannot have (aws-rules B17)
 */
export function performance(sizeGiB: number, { iops, storageThroughput }: Performance): Required<Performance> {
  const refused = (why: string) => new AwsError("InvalidParameterCombination", why);
  if (!isStriped(sizeGiB)) {
    if (iops === undefined && storageThroughput === undefined) return SMALL;
    throw refused(
      `You can't specify IOPS or storage throughput for engine postgres and a storage size less than ${STRIPED_GIB}.`,
    );
  }
  const wanted = { iops: iops ?? STRIPED.iops, storageThroughput: storageThroughput ?? STRIPED.storageThroughput };
  for (const [key, name] of [
    ["iops", "iops"],
    ["storageThroughput", "storage throughput"],
  ] as const)
    if (wanted[key] < STRIPED[key] || wanted[key] > MOST[key])
      throw refused(`Invalid ${name} value for engine name postgres and storage type gp3: ${wanted[key]}`);
  return wanted;
}
