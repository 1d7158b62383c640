import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Api, startApi } from "../../../../rehearsal/cloud/api/api";
import { type Access, Authorisation } from "../../../../rehearsal/cloud/api/authorisation";
import { Credentials } from "../../../../rehearsal/cloud/api/credentials";
import type { CloudContext } from "../../../../rehearsal/cloud/kernel/context";
import type { ServiceApi } from "../../../../rehearsal/cloud/services/cloud-service";
import { Iam } from "../../../../rehearsal/cloud/services/iam/model/iam";
import { createLogs } from "../../../../rehearsal/cloud/services/logs";
import type { CloudWatchLogs } from "../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { createSecrets } from "../../../../rehearsal/cloud/services/secrets";
import type { SecretStores } from "../../../../rehearsal/cloud/services/secrets/model/secrets";
import { createSqs } from "../../../../rehearsal/cloud/services/sqs";
import type { QueueSettings } from "../../../../rehearsal/cloud/services/sqs/model/queue-settings";
import type { Sqs } from "../../../../rehearsal/cloud/services/sqs/model/sqs";
import { createSts } from "../../../../rehearsal/cloud/services/sts";
import type { Sts } from "../../../../rehearsal/cloud/services/sts/model/sts";
import { silentCloud } from "../silent-cloud";

const TRUST = JSON.stringify({
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const SETTINGS: QueueSettings = {
  delaySeconds: 0,
  maxMessageSize: 262_144,
  messageRetentionSeconds: 345_600,
  receiveWaitTimeSeconds: 0,
  visibilityTimeoutSeconds: 30,
  sqsManagedSseEnabled: true,
  redrivePolicy: null,
};

export interface ClientOptions {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  maxAttempts: number;
}

/** The API with the services that tasks and preflight ask. A test adds the others that it needs. */
export class Scene {
  readonly context: CloudContext & { lines: string[] };
  readonly iam: Iam;
  readonly sts: Sts;
  /** How far the clock of sessions is ahead of the machine's. */
  aheadMs = 0;
  /** What roles were asked for. */
  readonly accesses: Access[] = [];
  readonly logs: CloudWatchLogs;
  readonly sqs: Sqs;
  readonly secrets: SecretStores;
  readonly credentials: Credentials;
  readonly #apis: Record<string, ServiceApi>;
  /** Made by the first line that is logged. */
  readonly #directory = join(tmpdir(), `aoshingo-api-${randomUUID()}`);
  #api: Api | undefined;

  constructor(speed?: number) {
    this.context = silentCloud(speed);
    const logs = createLogs(this.context, this.#directory);
    const sqs = createSqs(this.context, () => this.url);
    const secrets = createSecrets(this.context);
    this.iam = new Iam(this.context);
    this.logs = logs.model;
    this.sqs = sqs.model;
    this.secrets = secrets.model;
    this.credentials = new Credentials(this.context);
    const sts = createSts(this.context, this.iam, () => Date.now() + this.aheadMs);
    this.sts = sts.model;
    this.#apis = { ...logs.apis, ...sqs.apis, ...secrets.apis, ...sts.apis };
  }

  /** @param apis those of other services */
  async start(apis: Record<string, ServiceApi> = {}, context: CloudContext = this.context): Promise<void> {
    const { iam, credentials } = this;
    const all = { ...this.#apis, ...apis };
    const onAccess = (access: Access) => void this.accesses.push(access);
    const authorisation = new Authorisation({ iam, credentials, apis: all, sts: this.sts, onAccess });
    const cloud = { context, authorisation, credentials, apis: all, gitHub: this.sts.gitHub };
    this.#api = await startApi({ cloud, address: "127.0.0.1", port: 0 });
  }

  get api(): Api {
    return this.#api!;
  }

  get url(): string {
    return this.api.url;
  }

  /** For the SDK's clients, as the owner or with a task's key. */
  options(
    credentials: ClientOptions["credentials"] = { accessKeyId: "rehearsal", secretAccessKey: "x" },
  ): ClientOptions {
    return { region: this.context.region, endpoint: this.url, credentials, maxAttempts: 1 };
  }

  /** A role that tasks can have, with one inline policy. Returns its ARN. */
  role(name: string, ...statements: object[]): string {
    const { arn } = this.iam.roles.create({ name, path: "/", assumeRolePolicy: TRUST, maxSessionDuration: 3600 });
    if (statements.length > 0) this.iam.roles.putPolicy(name, "inline", JSON.stringify({ Statement: statements }));
    return arn;
  }

  /** Returns the queue's URL. */
  queue(name: string, changes: Partial<QueueSettings> = {}): string {
    return this.sqs.urlOf(this.sqs.create(name, { ...SETTINGS, ...changes }, null));
  }

  async close(): Promise<void> {
    await this.#api?.close();
    this.sqs.close();
    this.logs.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Name and message of what an operation is refused with. */
export async function refusalOf(operation: Promise<unknown>): Promise<[name: string, message: string]> {
  return operation.then(
    () => expect.fail("nothing was refused"),
    ({ name, message }: Error) => [name, message],
  );
}
