import { memoryOfInstanceClass } from "../../../../../components/settings/instance-class";
import { AwsError } from "../../../kernel/aws-error";

const GIB = 2 ** 30;
/** PostgreSQL's default on RDS: LEAST(DBInstanceClassMemory / 9531392, 5000) (aws-rules B7). */
const BYTES_OF_CONNECTION = 9_531_392;
const MAX_CONNECTIONS = 5_000;

/** Connections that a server of the class takes. @throws AwsError for a class that RDS does not have for PostgreSQL (aws-rules B18) */
export function maxConnections(instanceClass: string): number {
  const gib = memoryOfInstanceClass(instanceClass);
  if (gib === undefined) throw new AwsError("InvalidParameterValue", `Invalid DB Instance class: ${instanceClass}`);
  return Math.min(Math.floor((gib * GIB) / BYTES_OF_CONNECTION), MAX_CONNECTIONS);
}
