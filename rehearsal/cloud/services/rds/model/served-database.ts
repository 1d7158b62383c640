import type { Socket } from "node:net";
import type { FaultyDatabase } from "../../../faults/database-faults";
import type { DatabaseEndpoint } from "../../../kernel/ports";
import type { DatabaseServer } from "./database-server";

/** A database with a real server, at whose address clients reach it. */
export abstract class ServedDatabase implements DatabaseEndpoint, FaultyDatabase {
  /** RDS's word, such as `available`. */
  status = "creating";
  /** Undefined while it is being created. */
  server: DatabaseServer | undefined;

  abstract readonly name: string;
  /** Its name in the server. */
  abstract readonly database: string;
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly securityGroupIds: string[];

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
