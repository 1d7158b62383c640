import { AwsError } from "../../../kernel/aws-error";

const GIB = 2 ** 30;
/** PostgreSQL's default on RDS: LEAST(DBInstanceClassMemory / 9531392, 5000) (aws-rules B7). */
const BYTES_OF_CONNECTION = 9_531_392;
const MAX_CONNECTIONS = 5_000;

/** GiB of memory by the size of an instance class, for families with 8 GiB a vCPU pair (m), twice (r), and burstable ones (t). */
const T: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, "2xlarge": 32 };
const M: Readonly<Record<string, number>> = {
  ...{ medium: 4, large: 8, xlarge: 16, "2xlarge": 32, "4xlarge": 64, "8xlarge": 128 },
  ...{ "12xlarge": 192, "16xlarge": 256, "24xlarge": 384 },
};
/** Families in which RDS runs PostgreSQL. */
const FAMILIES: readonly [RegExp, Readonly<Record<string, number>>, number][] = [
  [/^t(?:3|4g)$/, T, 1],
  [/^m(?:5|5d|6g|6gd|6i|6id|7g|7i|8g)$/, M, 1],
  [/^r(?:5|5b|5d|6g|6gd|6i|6id|7g|7i|8g)$/, M, 2],
];

/** Connections that a server of the class takes. @throws AwsError for a class that RDS does not have for PostgreSQL */
export function maxConnections(instanceClass: string): number {
  const [, family = "", size = ""] = /^db\.([a-z0-9-]+)\.([a-z0-9]+)$/.exec(instanceClass) ?? [];
  const [, sizes, factor] = FAMILIES.find(([pattern]) => pattern.test(family)) ?? [];
  const memory = sizes?.[size];
  if (memory === undefined || factor === undefined)
    throw new AwsError("InvalidParameterValue", `Invalid DB Instance class: ${instanceClass}`);
  return Math.min(Math.floor((memory * factor * GIB) / BYTES_OF_CONNECTION), MAX_CONNECTIONS);
}
