import { z } from "zod";
import { object, oneOf, text, wholeNumber } from "./forms";

/** A name that PostgreSQL takes without quotation marks, and with which AWS's names begin. */
export const DATABASE_NAME = /^[a-z][a-z0-9]{1,29}$/;
/** Major versions that RDS creates (aws-rules B3). */
const VERSIONS = [14, 15, 16, 17, 18];
const INSTANCE_CLASS = /^db\.[a-z0-9-]+\.[a-z0-9]+$/;

/** Storage of a gp3 volume for PostgreSQL in GiB (aws-rules B4). */
const MIN_STORAGE_GIB = 20;
const MAX_STORAGE_GIB = 65_536;
/** Days for which RDS keeps backups (aws-rules B5); 0 would switch them off. */
const MAX_BACKUP_DAYS = 35;

export const Database = object({
  engine: oneOf(["postgres"]).describe("The engine: PostgreSQL.").default("postgres"),
  version: z
    .literal(VERSIONS, { error: `one of ${VERSIONS.join(", ")}` })
    .describe("Major version. RDS chooses the minor version and upgrades it in the maintenance window.")
    .default(17),
  instanceClass: text(INSTANCE_CLASS, "an instance class of RDS, such as db.t4g.micro")
    .describe("Instance class of RDS. A change ends all connections for some minutes.")
    .default("db.t4g.micro"),
  storageGiB: wholeNumber(MIN_STORAGE_GIB, MAX_STORAGE_GIB)
    .describe("Size of the volume. It can grow, and never shrink.")
    .default(MIN_STORAGE_GIB),
  multiZone: z
    .boolean({ error: "true or false" })
    .describe("A standby in another availability zone takes over when the first fails. It costs as much again.")
    .default(false),
  backupDays: wholeNumber(1, MAX_BACKUP_DAYS)
    .describe("Days for which the database can be restored to any point in time.")
    .default(7),
});
