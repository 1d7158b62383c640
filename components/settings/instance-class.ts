import { orList } from "../core/or-list";
import { timesXlarge } from "./instance-type";

/** Sizes of families of RDS's instance classes, smallest first. */
const BURSTABLE = ["micro", "small", "medium", "large", "xlarge", "2xlarge"];
const TO_16XLARGE = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"];
/** The families of burstable, general and memory-optimized classes in which RDS runs PostgreSQL (aws-rules B18). AWS may have newer ones. */
const FAMILIES: readonly [RegExp, readonly string[]][] = [
  [/^t(?:3|4g)$/, BURSTABLE],
  [/^(?:m5d?|r5[bd]?)$/, [...TO_16XLARGE, "24xlarge"]],
  [/^[mr](?:6gd?|7g)$/, TO_16XLARGE],
  [/^[mr]6i[dn]?$/, [...TO_16XLARGE, "24xlarge", "32xlarge"]],
  [/^[mr](?:7i|8gd?)$/, [...TO_16XLARGE, "24xlarge", "48xlarge"]],
];
/** GiB of memory of the sizes below `xlarge`, which has 16; twice as many in families of the letter r. */
const SMALL_GIB: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4, large: 8 };
const XLARGE_GIB = 16;

/** GiB of memory of an RDS instance class, such as 8 for db.m5.large; undefined for one that is not known here. */
export function memoryOfInstanceClass(name: string): number | undefined {
  const { family, size, sizes } = partsOf(name);
  if (!sizes.includes(size)) return undefined;
  const gib = SMALL_GIB[size] ?? XLARGE_GIB * timesXlarge(size)!;
  return family.startsWith("r") ? 2 * gib : gib;
}

/**
 * What to write instead of a class that RDS certainly does not have for PostgreSQL, such as db.m5.medium; undefined for one that it has, and for one of a
 * family that is not known here: then AWS tells.
 */
export function insteadOfInstanceClass(name: string): string | undefined {
  const { family, size, sizes } = partsOf(name);
  if (sizes.length === 0 || sizes.includes(size)) return undefined;
  return `a class that RDS has: ${orList(sizes.map((each) => `db.${family}.${each}`))}`;
}

/** The parts of a class's name, and the sizes of its family, smallest first: none for a family that is not known. */
function partsOf(name: string): { family: string; size: string; sizes: readonly string[] } {
  const [, family = "", size = ""] = /^db\.([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(name) ?? [];
  const [, sizes = []] = FAMILIES.find(([pattern]) => pattern.test(family)) ?? [];
  return { family, size, sizes };
}
