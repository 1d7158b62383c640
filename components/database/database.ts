import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { databaseIdentifier } from "../core/names";
import { POSTGRES } from "../core/ports";
import type { Tags } from "../core/tags";
import type { DatabaseOutputs, DatabaseSummary, Wrapped } from "../live/outputs";
import { securityGroupKey } from "../security/security-group-key";
import type { NewDatabase } from "../settings/settings";
import type { DatabasePlace } from "./place";

/** RDS names it so everywhere, and no service can have a user with the name. */
const MASTER = "postgres";
/** GiB from which RDS stripes a volume over several of EBS (aws-rules B17). */
const STRIPED_GIB = 400;
/** The authority that signs the server's certificate. RDS renews the certificate by itself (aws-rules B9). */
const AUTHORITY = "rds-ca-rsa2048-g1";

export interface DatabaseArgs {
  account: Account;
  database: NewDatabase;
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** False lets a run delete the database. A final snapshot stays all the same. */
  deletionProtection: boolean;
  tags: Tags;
}

/**
 * A PostgreSQL database on RDS, in the private subnets: encrypted, by TLS only, with a security group that at first lets
 * nobody in. RDS makes and rotates the master user's password in a secret of its own, which only the function that makes
 * services' users reads.
 *
 * Neither a run of the program nor AWS deletes or replaces it while `deletionProtection` is on.
 *
 * Cost a month of db.t4g.micro with 20 GiB: see docs/cost.md (aws.amazon.com/rds/postgresql/pricing).
 */
export class Database extends pulumi.ComponentResource {
  readonly place: DatabasePlace;
  readonly outputs: Wrapped<DatabaseOutputs>;
  readonly summary: Wrapped<DatabaseSummary>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:database:Database", name, {}, opts);

    const { account, database, deletionProtection, tags } = args;
    const identifier = databaseIdentifier(account, name);
    const subnetGroup = new aws.rds.SubnetGroup(
      `${name}-database`,
      { subnetIds: args.subnetIds, description: `Private subnets of ${name}`, tags },
      { parent: this },
    );
    const parameterGroup = new aws.rds.ParameterGroup(
      `${name}-database`,
      {
        family: `postgres${database.version}`,
        description: `Parameters of ${name}`,
        parameters: [forcedTls(database.version)],
        tags,
      },
      { parent: this },
    );
    const group = new aws.ec2.SecurityGroup(
      securityGroupKey(`${name}-database`),
      { vpcId: args.vpcId, description: `Database ${name}`, tags },
      { parent: this },
    );
    const instance = new aws.rds.Instance(
      `${name}-database`,
      {
        identifier,
        engine: "postgres",
        engineVersion: `${database.version}`,
        autoMinorVersionUpgrade: true,
        instanceClass: database.instanceClass,
        storageType: "gp3",
        allocatedStorage: database.storageGiB,
        ...performanceOf(database.storageGiB),
        storageEncrypted: true,
        multiAz: database.multiZone,
        backupRetentionPeriod: database.backupDays,
        copyTagsToSnapshot: true,
        dbName: name,
        port: POSTGRES,
        username: MASTER,
        manageMasterUserPassword: true,
        caCertIdentifier: AUTHORITY,
        dbSubnetGroupName: subnetGroup.name,
        vpcSecurityGroupIds: [group.id],
        publiclyAccessible: false,
        parameterGroupName: parameterGroup.name,
        // A change waits for nobody: settings and stack are the same after each `pulumi up`.
        applyImmediately: true,
        deletionProtection,
        skipFinalSnapshot: false,
        // Each security group has an ID of its own: so a database that is made and removed again under the same name meets
        // no final snapshot of the one before, which RDS refuses (aws-rules B11).
        finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final-${group.id}`,
        tags,
      },
      // The engine refuses to delete or replace it, in a preview already.
      { parent: this, protect: deletionProtection },
    );

    const host = instance.address;
    const masterSecretArn = instance.masterUserSecrets.apply((secrets) => secrets[0]!.secretArn);
    this.place = {
      ...{ name, database: name, host, port: POSTGRES, access: { group }, masterSecretArn },
      ...{ identity: instance.resourceId, ready: [instance] },
    };
    const { version, instanceClass, storageGiB, multiZone, backupDays } = database;
    const { resourceId } = instance;
    this.outputs = { identifier, resourceId, host, version, instanceClass, storageGiB, multiZone, backupDays };
    this.summary = { host, masterSecret: masterSecretArn };
    this.registerOutputs(this.outputs);
  }
}

/**
 * What a volume of this size has without a charge. From 400 GiB on it is named, because the provider sends the former IOPS when a
 * smaller volume grows to that size, which RDS refuses; below, RDS takes none (aws-rules B17).
 */
function performanceOf(storageGiB: number): { iops?: number; storageThroughput?: number } {
  return storageGiB < STRIPED_GIB ? {} : { iops: 12_000, storageThroughput: 500 };
}

/** The default since version 15. Before it, connections without TLS are accepted, and a change waits for the next start (aws-rules B8, B15). */
function forcedTls(version: number): aws.types.input.rds.ParameterGroupParameter {
  const forced = { name: "rds.force_ssl", value: "1" };
  return version < 15 ? { ...forced, applyMethod: "pending-reboot" } : forced;
}
