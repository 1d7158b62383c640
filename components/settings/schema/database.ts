import { z } from "zod";
import { POSTGRES } from "../../core/ports";
import { network, object, oneOf, SECURITY_GROUP, SECURITY_GROUP_WANTED, text, wholeNumber } from "./forms";

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

const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const SERVER_DATABASE = /^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/;
/** Names of secrets that RDS makes have an exclamation mark. */
const SECRET = /^(?:arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/;
const CERTIFICATES = /^\s*(?:-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/;
const NETWORK_WANTED = "an IPv4 network of the database, such as 10.20.0.0/24";

/** A database that is there already. How clients come to it: exactly one of `securityGroup` and `cidr`. */
const Existing = object({
  host: text(HOST, "a host name without a port, such as shop.abc123def456.ap-northeast-1.rds.amazonaws.com").describe(
    "Name of the server, as its certificate has it: the endpoint of an instance, or of a cluster's writer.",
  ),
  port: wholeNumber(1, 65_535).describe("TCP port of the server.").default(POSTGRES),
  database: text(SERVER_DATABASE, "the name of a database in the server, such as shop")
    .describe("Name of the database in the server. Default: that of the setting.")
    .optional(),
  secret: text(SECRET, "the name or ARN of a secret in Secrets Manager, such as prod/shop-database").describe(
    "Name or ARN of the secret with the master user's username and password, as JSON.",
  ),
  securityGroup: text(SECURITY_GROUP, SECURITY_GROUP_WANTED)
    .describe("Security group of the server, which gets a rule for each service that uses it.")
    .optional(),
  cidr: network(1, 32, NETWORK_WANTED)
    .describe("Instead of securityGroup: IPv4 network of the server, whose owner lets the services in.")
    .optional(),
  certificates: text(CERTIFICATES, "certificates as PEM, each from -----BEGIN CERTIFICATE----- on")
    .describe("Certificates that the server's is signed with, as PEM. Default: those of RDS.")
    .optional(),
});

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
  existing: Existing.describe(
    "A database that is there already, on RDS or elsewhere, instead of a new one. The stack makes users in it, and never deletes it.",
  ).optional(),
});
