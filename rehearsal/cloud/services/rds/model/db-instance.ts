import { ServedDatabase } from "./served-database";

/** What a program says of an instance. */
export interface InstanceSettings {
  identifier: string;
  engineVersion: string;
  instanceClass: string;
  allocatedStorage: number;
  /** Undefined: those that a volume of its size has (aws-rules B17). */
  iops?: number | undefined;
  /** MiB/s. Undefined: what a volume of its size has. */
  storageThroughput?: number | undefined;
  multiAz: boolean;
  backupRetentionPeriod: number;
  dbName: string;
  username: string;
  port: number;
  subnetGroup: string;
  parameterGroup: string;
  securityGroupIds: string[];
  storageEncrypted: boolean;
  publiclyAccessible: boolean;
  deletionProtection: boolean;
}

/** An instance of RDS, at whose address clients reach its server. */
export class DbInstance extends ServedDatabase {
  /** Network interfaces in the subnets. */
  interfaceIds: string[] = [];
  /** The clock's milliseconds when its volume grew last; undefined for never (aws-rules B13). */
  grownAtMs: number | undefined;

  constructor(
    readonly settings: InstanceSettings,
    readonly arn: string,
    readonly resourceId: string,
    readonly host: string,
    readonly vpcId: string,
    /** ARN of the secret with the master user's password. */
    readonly masterSecretArn: string,
  ) {
    super();
  }

  get port(): number {
    return this.settings.port;
  }

  get securityGroupIds(): string[] {
    return this.settings.securityGroupIds;
  }

  get name(): string {
    return this.settings.dbName;
  }

  get database(): string {
    return this.settings.dbName;
  }
}
