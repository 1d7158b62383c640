import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { REFUSED_BY_RDS, RESERVED_WORDS } from "../../../../../components/settings/database-names";
import type { ExistingDatabase as ExistingSettings } from "../../../../../components/settings/settings";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { DatabaseEndpoints } from "../../../kernel/ports";
import type { ProcessLedger } from "../../../processes/process-ledger";
import type { Authority } from "../../acm/model/authority";
import type { Network } from "../../ec2/model/network";
import type { SecretsManager } from "../../secrets/model/secrets-manager";
import type { ExternalServer } from "../external/external-server";
import type { DatabaseServer } from "./database-server";
import { DbInstance, type InstanceSettings } from "./db-instance";
import { EmbeddedServer } from "./embedded-server";
import { ExistingDatabase } from "./existing-database";
import { maxConnections } from "./instance-class";
import { ParameterGroups } from "./parameter-groups";
import type { RdsRole } from "./rds-role";
import type { ServedDatabase } from "./served-database";
import { isStriped, performance } from "./storage";
import { SubnetGroups } from "./subnet-groups";

/**
 * AWS seconds. RDS says only that it takes minutes; in the field a small instance is there after four to eight minutes
 * (terraform-provider-aws's acceptance tests), and most changes take less. Our numbers.
 */
const CREATE_SECONDS = { min: 240, max: 360 };
const MODIFY_SECONDS = 120;
/** After a volume has grown it takes no other size for so long, or longer (aws-rules B13). */
const OPTIMIZATION_MS = 6 * 3_600_000;
const DELETE_SECONDS = 180;
const PASSWORD_BYTES = 21;
/** The minor version that stands for each major one: the server is always this machine's. */
const MINOR = "6";

/** The master user of servers that exist before any stack, and the class whose connections they have. */
const MASTER = "postgres";
const EXISTING_CLASS = "db.t4g.micro";

const IDENTIFIER = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,62}$/;
const MIN_STORAGE = 20;
const MAX_STORAGE = 65_536;
const MAX_BACKUP_DAYS = 35;
/** What an account on the Free plan may have (aws-rules B16). */
const FREE_PLAN = { maxBackupDays: 1, instanceClass: /\.micro$/ };
const VERSIONS = /^(?:1[4-8])(?:\.\d+)?$/;

export interface RdsPorts {
  context: CloudContext;
  network: Network;
  secrets: SecretsManager;
  /** Databases that exist before any stack, by name. Default: none. */
  existing?: Readonly<Record<string, ExistingSettings>> | undefined;
  /** The account is on AWS's Free plan (aws-rules B16). */
  freePlan: boolean;
  /** The account's service-linked role. */
  role: RdsRole;
  /** Signs the servers' certificates (aws-rules B9). */
  authority: Authority;
  /** Holds the servers' data. */
  directory: string;
  ledger: ProcessLedger;
  /** AWS seconds that each instance takes to come up, instead of seeded ones. */
  createSeconds?: number | undefined;
  /** Has all databases. Default: each has a server of its own. */
  external?: ExternalServer | undefined;
}

/** RDS for PostgreSQL (aws-rules B1 to B17). Each instance has a real server. */
export class Rds implements DatabaseEndpoints {
  readonly subnetGroups: SubnetGroups;
  readonly parameterGroups: ParameterGroups;
  readonly #instances = new Map<string, DbInstance>();
  readonly #existing: ExistingDatabase[] = [];
  readonly #snapshots = new Set<string>();

  constructor(private readonly ports: RdsPorts) {
    const { context, network, role } = ports;
    const isUsed = (key: "subnetGroup" | "parameterGroup") => (name: string) =>
      [...this.#instances.values()].some(({ settings }) => settings[key] === name);
    this.subnetGroups = new SubnetGroups(context, network, isUsed("subnetGroup"), role);
    this.parameterGroups = new ParameterGroups(context, isUsed("parameterGroup"));
  }

  /** Databases that take connections. */
  get available(): readonly ServedDatabase[] {
    return this.#served.filter(({ status }) => status === "available");
  }

  /** Starts the servers that exist before any stack, one for each host and port. */
  async startExisting(): Promise<void> {
    const { existing = {}, secrets } = this.ports;
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    for (const secret of new Set(Object.values(existing).map((settings) => settings.secret)))
      secrets.createBeforehand(secret, JSON.stringify({ username: MASTER, password }));
    for (const [name, settings] of Object.entries(existing)) {
      const database = new ExistingDatabase(name, settings);
      const beside = this.#existing.find(({ host, port }) => host === database.host && port === database.port);
      database.server = beside?.server ?? (await this.#startServer(database, EXISTING_CLASS));
      if (!beside) await database.server.createMaster({ username: MASTER, password });
      if (!this.#existing.some((other) => other.server === database.server && other.database === database.database))
        await database.server.createDatabase(database.database, MASTER);
      database.status = "available";
      this.#existing.push(database);
      await this.#tell(database, null, EXISTING_CLASS);
    }
  }

  get snapshots(): readonly string[] {
    return [...this.#snapshots];
  }

  /** An existing one is reached from everywhere that its owner, and the client's own rules, allow. */
  inVpc(vpcId: string): readonly ServedDatabase[] {
    return [...[...this.#instances.values()].filter((instance) => instance.vpcId === vpcId), ...this.#existing];
  }

  /** Reads a whole table, as RDS itself. @returns undefined if there is no such database */
  async rows(database: string, schema: string, table: string): Promise<object[] | undefined> {
    const found = this.#served.find(({ name, server }) => name === database && server);
    return found?.server?.rows(found.database, schema, table);
  }

  find(identifier: string): DbInstance | undefined {
    return this.#instances.get(identifier);
  }

  get(identifier: string): DbInstance {
    return orNotFound(this.#instances.get(identifier), "DBInstanceNotFound", `DBInstance ${identifier} not found.`);
  }

  /** Begins to create an instance, with a secret for its master user. `available` resolves when it is there. */
  create(settings: InstanceSettings): { instance: DbInstance; available: Promise<void> } {
    const { context, secrets, network, role } = this.ports;
    const { region, accountId, random } = context;
    const { identifier } = settings;
    if (this.#instances.has(identifier)) throw new AwsError("DBInstanceAlreadyExists", "DB instance already exists");
    this.#check(settings);
    role.assertThere();
    const group = this.subnetGroups.get(settings.subnetGroup);
    this.#checkFamily(settings);
    const volume = performance(settings.allocatedStorage, settings);
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    const secret = secrets.create(
      `rds!db-${random.uuid()}`,
      JSON.stringify({ username: settings.username, password }),
      undefined,
      "rds",
    );
    const instance = new DbInstance(
      { ...settings, ...volume },
      `arn:aws:rds:${region}:${accountId}:db:${identifier}`,
      `db-${random.hex(26).toUpperCase()}`,
      `${identifier}.${random.hex(12)}.${region}.rds.amazonaws.com`,
      group.vpcId,
      secret.arn,
    );
    this.#instances.set(identifier, instance);
    instance.interfaceIds = group.subnetIds.slice(0, settings.multiAz ? 2 : 1).map(
      (subnetId) =>
        network.attachInterface({
          subnetId,
          securityGroupIds: settings.securityGroupIds,
          description: "RDSNetworkInterface",
        }).id,
    );
    const available = this.#start(instance, password).catch((error: Error) => {
      this.#forget(instance);
      throw error;
    });
    return { instance, available };
  }

  /** Resolves when the change is made: each is applied at once. */
  async modify(identifier: string, changes: Partial<InstanceSettings>): Promise<DbInstance> {
    const instance = this.get(identifier);
    const settings = { ...instance.settings, ...changes };
    this.#check(settings);
    this.#checkFamily(settings);
    Object.assign(settings, changedPerformance(instance.settings, changes));
    this.#resize(instance, settings.allocatedStorage);
    const { securityGroupIds, instanceClass } = settings;
    const isOtherClass = instanceClass !== instance.settings.instanceClass;
    for (const id of instance.interfaceIds) this.ports.network.setInterfaceGroups(id, securityGroupIds);
    Object.assign(instance.settings, settings);
    // Connections end with the server's machine, and another one takes over (aws-rules B12).
    if (isOtherClass) {
      instance.status = "modifying";
      await instance.server?.changeClass(instanceClass);
    }
    await this.ports.context.clock.sleep(MODIFY_SECONDS);
    instance.status = "available";
    return instance;
  }

  /**
   * Resolves when the instance is gone.
   * @param finalSnapshot null leaves none
   */
  async delete(identifier: string, finalSnapshot: string | null): Promise<void> {
    const { context } = this.ports;
    const instance = this.get(identifier);
    if (instance.settings.deletionProtection)
      throw new AwsError(
        "InvalidParameterCombination",
        "Cannot delete protected DB Instance, please disable deletion protection and try again.",
      );
    if (finalSnapshot !== null && this.#snapshots.has(finalSnapshot))
      throw new AwsError(
        "DBSnapshotAlreadyExists",
        `Cannot create the snapshot because a snapshot with the identifier ${finalSnapshot} already exists.`,
      );
    instance.status = "deleting";
    if (finalSnapshot !== null) this.#snapshots.add(finalSnapshot);
    await instance.server?.remove();
    await context.clock.sleep(DELETE_SECONDS);
    this.#forget(instance);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set(this.#served.map(({ server }) => server))].map((server) => server?.remove()));
    await this.ports.external?.close();
  }

  /** Refuses a size that the volume cannot take now (aws-rules B4, B13). */
  #resize(instance: DbInstance, wantedGiB: number): void {
    const { nowMs } = this.ports.context.clock;
    const { allocatedStorage } = instance.settings;
    const refused = (why: string) => new AwsError("InvalidParameterCombination", why);
    if (wantedGiB < allocatedStorage)
      throw refused("Invalid storage size for engine name postgres and storage type gp3: storage cannot be reduced");
    if (wantedGiB === allocatedStorage) return;
    if (wantedGiB * 10 < allocatedStorage * 11)
      throw refused("The allocated storage must be increased by at least 10 percent.");
    if (nowMs - (instance.grownAtMs ?? Number.NEGATIVE_INFINITY) < OPTIMIZATION_MS)
      throw refused(
        "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
      );
    instance.grownAtMs = nowMs;
  }

  async #start(instance: DbInstance, password: string): Promise<void> {
    const { context } = this.ports;
    const { instanceClass, engineVersion, dbName, username } = instance.settings;
    const { createSeconds = context.random.within(CREATE_SECONDS) } = this.ports;
    const waited = context.clock.sleep(createSeconds);
    const server = await this.#startServer(instance, instanceClass);
    await server.createMaster({ username, password });
    await server.createDatabase(dbName, username);
    instance.server = server;
    await this.#tell(instance, engineVersion, instanceClass);
    await waited;
    instance.status = "available";
  }

  async #startServer({ host, port }: ServedDatabase, instanceClass: string): Promise<DatabaseServer> {
    const { authority, ledger, directory, external } = this.ports;
    const { certificate, privateKey } = await authority.sign([host, "127.0.0.1"]);
    // RDS sends the whole chain, so a client that does not know its authority finds a "self-signed certificate" at its end.
    const tls = { certificate: [certificate, authority.pem].join("\n"), key: privateKey };
    if (external) return external.open(tls, instanceClass);
    return EmbeddedServer.start({
      directory: join(directory, `${host.split(".")[0]}-${port}`),
      ledger,
      tls,
      instanceClass,
    });
  }

  /** Says which server stands for a database, because it is this machine's, whatever the settings say. */
  async #tell({ name, server }: ServedDatabase, asked: string | null, instanceClass: string): Promise<void> {
    const version = await server!.version();
    const external = this.ports.external?.facts(instanceClass);
    this.ports.context.emit({
      ...{ kind: "database", atMs: Date.now(), name, asked, version },
      ...(external && { external }),
    });
  }

  get #served(): readonly ServedDatabase[] {
    return [...this.#instances.values(), ...this.#existing];
  }

  #forget({ interfaceIds, masterSecretArn, settings }: DbInstance): void {
    const { network, secrets } = this.ports;
    for (const id of interfaceIds) network.detachInterface(id);
    secrets.delete(masterSecretArn, null);
    this.#instances.delete(settings.identifier);
  }

  #check(settings: InstanceSettings): void {
    check(settings);
    if (this.ports.freePlan) refuseBeyondFreePlan(settings);
  }

  #checkFamily({ engineVersion, parameterGroup }: InstanceSettings): void {
    const { family } = this.parameterGroups.get(parameterGroup);
    if (family === `postgres${engineVersion.split(".")[0]}`) return;
    throw new AwsError(
      "InvalidParameterCombination",
      `The parameter group ${parameterGroup} with DBParameterGroupFamily ${family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily postgres${engineVersion.split(".")[0]}.`,
    );
  }
}

/** Returns what a volume has after a change: what it had, unless other is asked for or it becomes a large one (aws-rules B17). */
function changedPerformance(had: InstanceSettings, changes: Partial<InstanceSettings>) {
  const { allocatedStorage = had.allocatedStorage, iops, storageThroughput } = changes;
  const isOtherKind = isStriped(allocatedStorage) !== isStriped(had.allocatedStorage);
  const isAsked = iops !== undefined || storageThroughput !== undefined;
  const kept = { iops: had.iops, storageThroughput: had.storageThroughput };
  if (!isAsked && !isOtherKind) return kept;
  return performance(allocatedStorage, {
    iops: iops ?? (isOtherKind ? undefined : kept.iops),
    storageThroughput: storageThroughput ?? (isOtherKind ? undefined : kept.storageThroughput),
  });
}

/** The version that an instance runs of the one that was asked for. */
export function actualVersion(version: string): string {
  return version.includes(".") ? version : `${version}.${MINOR}`;
}

function check(settings: InstanceSettings): void {
  const { dbName, identifier, engineVersion, instanceClass, allocatedStorage, backupRetentionPeriod } = settings;
  if (!IDENTIFIER.test(identifier))
    throw new AwsError(
      "InvalidParameterValue",
      "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
    );
  if (!VERSIONS.test(engineVersion))
    throw new AwsError("InvalidParameterCombination", `Cannot find version ${engineVersion} for postgres`);
  if (RESERVED_WORDS.has(dbName) || REFUSED_BY_RDS.has(dbName))
    throw new AwsError(
      "InvalidParameterValue",
      `DBName ${dbName} cannot be used. It is a reserved word for this engine`,
    );
  maxConnections(instanceClass);
  if (allocatedStorage < MIN_STORAGE || allocatedStorage > MAX_STORAGE)
    throw new AwsError(
      "InvalidParameterValue",
      `Invalid storage size for engine name postgres and storage type gp3: ${allocatedStorage}`,
    );
  if (backupRetentionPeriod > MAX_BACKUP_DAYS)
    throw new AwsError(
      "InvalidParameterValue",
      `Invalid backup retention period: ${backupRetentionPeriod}. Must be between 0 and ${MAX_BACKUP_DAYS}.`,
    );
}

/** @throws AwsError `FreeTierRestrictionError` for what the Free plan does not allow */
function refuseBeyondFreePlan({ backupRetentionPeriod, instanceClass }: InstanceSettings): void {
  const refused = (what: string) =>
    new AwsError("FreeTierRestrictionError", `${what} To remove all limitations, upgrade your account plan.`);
  if (backupRetentionPeriod > FREE_PLAN.maxBackupDays)
    throw refused("The specified backup retention period exceeds the maximum available to free tier customers.");
  if (!FREE_PLAN.instanceClass.test(instanceClass))
    throw refused("This instance size isn't available with free plan accounts.");
}
