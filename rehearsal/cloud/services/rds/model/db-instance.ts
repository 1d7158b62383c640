import type { Socket } from "node:net";
import type { FaultyDatabase } from "../../../faults/database-faults";
import type { DatabaseEndpoint } from "../../../kernel/ports";
import type { DatabaseServer } from "./database-server";

/** What a program says of an instance. */
export interface InstanceSettings {
  identifier: string;
  engineVersion: string;
  instanceClass: string;
  allocatedStorage: number;
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
export class DbInstance implements DatabaseEndpoint, FaultyDatabase {
  /** RDS's word, such as `available`. */
  status = "creating";
  /** Undefined while it is being created. */
  server: DatabaseServer | undefined;
  /** Network interfaces in the subnets. */
  interfaceIds: string[] = [];

  constructor(
    readonly settings: InstanceSettings,
    readonly arn: string,
    readonly resourceId: string,
    readonly host: string,
    readonly vpcId: string,
    /** ARN of the secret with the master user's password. */
    readonly masterSecretArn: string,
  ) {}

  get port(): number {
    return this.settings.port;
  }

  get securityGroupIds(): string[] {
    return this.settings.securityGroupIds;
  }

  get name(): string {
    return this.settings.dbName;
  }

  /** Its machine is lost, and the standby takes over. */
  async goAway(): Promise<void> {
    this.status = "rebooting";
    await this.server?.crash();
  }

  async comeBack(): Promise<void> {
    await this.server?.recover();
    this.status = "available";
  }

  async useUpConnections(): Promise<() => Promise<void>> {
    return (await this.server?.useUpConnections()) ?? (async () => {});
  }

  delayAnswers(ms: number): void {
    this.server?.delayAnswers(ms);
  }

  accept(client: Socket): void {
    if (this.status === "available" && this.server) this.server.accept(client);
    else client.destroy();
  }
}
