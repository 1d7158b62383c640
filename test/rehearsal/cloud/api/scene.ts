import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Api, type ApiCloud, startApi } from "../../../../rehearsal/cloud/api/api";
import { Credentials } from "../../../../rehearsal/cloud/api/credentials";
import type { CloudContext } from "../../../../rehearsal/cloud/kernel/context";
import { Iam } from "../../../../rehearsal/cloud/services/iam/model/iam";
import { CloudWatchLogs } from "../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { SecretStores } from "../../../../rehearsal/cloud/services/secrets/model/secrets";
import type { QueueSettings } from "../../../../rehearsal/cloud/services/sqs/model/queue-settings";
import { Sqs } from "../../../../rehearsal/cloud/services/sqs/model/sqs";
import { quietCloud } from "../quiet-cloud";

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

/** The API with the parts of the cloud that services and preflight ask; those that only a deploy asks are the test's own. */
export class Scene {
  readonly context: CloudContext & { lines: string[] };
  readonly iam: Iam;
  readonly logs: CloudWatchLogs;
  readonly sqs: Sqs;
  readonly secrets: SecretStores;
  readonly credentials: Credentials;
  /** Made by the first line that is logged. */
  readonly #directory = join(tmpdir(), `aoshingo-api-${randomUUID()}`);
  #api: Api | undefined;

  constructor(speed?: number) {
    this.context = quietCloud(speed);
    this.iam = new Iam(this.context);
    this.logs = new CloudWatchLogs(this.context, this.#directory);
    this.sqs = new Sqs(this.context, () => this.url);
    this.secrets = new SecretStores(this.context);
    this.credentials = new Credentials(this.context);
  }

  /** @param others the parts that the test asks beside these */
  async start(others: Partial<ApiCloud> = {}): Promise<void> {
    const nothing = { compute: { ecs: {}, autoScaling: {} }, ecr: { context: this.context } } as unknown as ApiCloud;
    const { context, iam, logs, sqs, secrets, credentials } = this;
    const cloud = { ...nothing, context, iam, logs, sqs, secrets, credentials, ...others };
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
