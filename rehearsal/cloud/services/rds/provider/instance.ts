import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { DbInstance, InstanceSettings } from "../model/db-instance";
import { actualVersion, type Rds } from "../model/rds";
import { isStriped } from "../model/storage";

const MAX_NAME_LENGTH = 63;
/** Zone of RDS's names in a region. */
const HOSTED_ZONE = "Z24O6O9L7SGTNB";

const inputs = z.object({
  identifier: z.string().optional(),
  identifierPrefix: z.string().optional(),
  engine: z.literal("postgres", { error: "the rehearsal cloud has PostgreSQL only" }),
  engineVersion: z.string(),
  autoMinorVersionUpgrade: z.boolean().default(true),
  instanceClass: z.string(),
  storageType: z.literal("gp3", { error: "the rehearsal cloud has volumes of type gp3 only" }),
  allocatedStorage: z.int(),
  iops: z.int().optional(),
  storageThroughput: z.int().optional(),
  storageEncrypted: z.boolean().default(false),
  multiAz: z.boolean().default(false),
  backupRetentionPeriod: z.int().min(0).default(0),
  copyTagsToSnapshot: z.boolean().default(false),
  dbName: z.string(),
  port: z.int().default(5432),
  username: z.string(),
  manageMasterUserPassword: z.literal(true, {
    error: "the rehearsal cloud has master users with a password that RDS manages only",
  }),
  caCertIdentifier: z.string().default("rds-ca-rsa2048-g1"),
  dbSubnetGroupName: z.string(),
  vpcSecurityGroupIds: z.array(z.string()).min(1),
  publiclyAccessible: z.boolean().default(false),
  parameterGroupName: z.string(),
  applyImmediately: z.literal(true, { error: "the rehearsal cloud applies changes at once only" }),
  deletionProtection: z.boolean().default(false),
  skipFinalSnapshot: z.boolean().default(false),
  finalSnapshotIdentifier: z.string().optional(),
  deleteAutomatedBackups: z.boolean().default(true),
  monitoringInterval: z.literal(0).default(0),
  tags,
});
type Inputs = z.output<typeof inputs>;

/** An instance of RDS for PostgreSQL. The id is its resource id, as the provider has it. */
export function instanceType(rds: Rds): ResourceType {
  const outputs = (instance: DbInstance) => ({
    address: instance.host,
    arn: instance.arn,
    endpoint: `${instance.host}:${instance.port}`,
    engineVersionActual: actualVersion(instance.settings.engineVersion),
    hostedZoneId: HOSTED_ZONE,
    resourceId: instance.resourceId,
    status: instance.status,
    ...performanceOf(instance),
    masterUserSecrets: [
      {
        kmsKeyId: "alias/aws/secretsmanager",
        secretArn: instance.masterSecretArn,
        secretStatus: "active",
      },
    ],
  });
  return defineResource({
    token: "aws:rds/instance:Instance",
    awsCalls: {
      create: "rds:CreateDBInstance",
      read: "rds:DescribeDBInstances",
      update: "rds:ModifyDBInstance",
      delete: "rds:DeleteDBInstance",
    },
    inputs,
    optionalComputed: ["backupRetentionPeriod", "caCertIdentifier", "iops", "multiAz", "port", "storageThroughput"],
    replaceOn: ["identifier", "identifierPrefix", "engine", "storageEncrypted", "dbName", "username"],
    autoName: { property: "identifier", maxLength: MAX_NAME_LENGTH },
    computed: ["address", "arn", "endpoint", "engineVersionActual", "hostedZoneId", "resourceId", "status"].concat(
      "masterUserSecrets",
    ),
    validate: ({ skipFinalSnapshot, finalSnapshotIdentifier }) =>
      skipFinalSnapshot || finalSnapshotIdentifier !== undefined
        ? []
        : [
            {
              property: "finalSnapshotIdentifier",
              reason: "final_snapshot_identifier is required when skip_final_snapshot is false",
            },
          ],
    async create(given) {
      const { instance, available } = rds.create(settingsOf(given));
      await available;
      return { id: instance.resourceId, outputs: outputs(instance) };
    },
    async read(_id, { identifier }) {
      const instance = rds.find(String(identifier));
      if (!instance) return null;
      const { settings } = instance;
      return {
        ...outputs(instance),
        ...{ instanceClass: settings.instanceClass, allocatedStorage: settings.allocatedStorage },
        ...{ multiAz: settings.multiAz, backupRetentionPeriod: settings.backupRetentionPeriod },
        ...{ deletionProtection: settings.deletionProtection, publiclyAccessible: settings.publiclyAccessible },
      };
    },
    async update(_id, given, old) {
      return outputs(await rds.modify(given.identifier!, { ...settingsOf(given), ...sentPerformance(given, old) }));
    },
    async delete(_id, { identifier, skipFinalSnapshot, finalSnapshotIdentifier }) {
      if (!rds.find(String(identifier))) return;
      await rds.delete(String(identifier), skipFinalSnapshot === true ? null : String(finalSnapshotIdentifier));
    },
  });
}

function performanceOf({ settings: { iops, storageThroughput } }: DbInstance) {
  return { iops, storageThroughput };
}

/** What an update sends: throughput that changes, and IOPS that change or, with a size that changes, those of a large volume (B17). */
function sentPerformance(given: Inputs, old: Inputs): Pick<InstanceSettings, "iops" | "storageThroughput"> {
  const { iops = old.iops, storageThroughput = old.storageThroughput } = given;
  const hasOther = (key: "allocatedStorage" | "iops") => given[key] !== undefined && given[key] !== old[key];
  const isSent = hasOther("iops") || (hasOther("allocatedStorage") && isStriped(given.allocatedStorage));
  const isOther = storageThroughput !== old.storageThroughput;
  return {
    iops: isSent || isOther ? iops : undefined,
    storageThroughput: isOther ? storageThroughput : undefined,
  };
}

function settingsOf(given: Inputs): InstanceSettings {
  return {
    identifier: given.identifier!,
    engineVersion: given.engineVersion,
    instanceClass: given.instanceClass,
    allocatedStorage: given.allocatedStorage,
    iops: given.iops,
    storageThroughput: given.storageThroughput,
    multiAz: given.multiAz,
    backupRetentionPeriod: given.backupRetentionPeriod,
    dbName: given.dbName,
    username: given.username,
    port: given.port,
    subnetGroup: given.dbSubnetGroupName,
    parameterGroup: given.parameterGroupName,
    securityGroupIds: given.vpcSecurityGroupIds,
    storageEncrypted: given.storageEncrypted,
    publiclyAccessible: given.publiclyAccessible,
    deletionProtection: given.deletionProtection,
  };
}
