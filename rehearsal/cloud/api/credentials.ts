import { lastPart } from "../../../components/core/arn";
import type { CloudContext } from "../kernel/context";

/**
 * Lifetime of temporary credentials, after which the SDK asks for new ones: ECS gives 6 hours. Real time, because
 * SDKs read this machine's clock.
 */
const LIFETIME_MS = 6 * 60 * 60 * 1000;
const PATH_PREFIX = "/credentials/";

/** The owner of a temporary key. */
export interface TaskIdentity {
  roleName: string;
  taskId: string;
}

/** The answer that the SDKs' container credential providers read. */
export interface ContainerCredentials {
  RoleArn: string;
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  /** ISO 8601. */
  Expiration: string;
}

/** Temporary credentials of tasks, as the ECS agent gives them: a path and a key for each task. */
export class Credentials {
  readonly #byPath = new Map<
    string,
    { roleArn: string; accessKeyId: string; secretAccessKey: string; token: string }
  >();
  readonly #byKey = new Map<string, TaskIdentity>();

  constructor(private readonly context: CloudContext) {}

  /**
   * @returns the path of the API that answers with the credentials, for AWS_CONTAINER_CREDENTIALS_FULL_URI, and a
   *   function that ends them
   */
  issue(taskRoleArn: string, taskId: string): { path: string; revoke(): void } {
    const { random } = this.context;
    const roleName = lastPart(taskRoleArn);
    const path = `${PATH_PREFIX}${random.hex(32)}`;
    const accessKeyId = `ASIA${random.hex(16).toUpperCase()}`;
    this.#byPath.set(path, {
      roleArn: taskRoleArn,
      accessKeyId,
      secretAccessKey: random.hex(40),
      token: random.hex(64),
    });
    this.#byKey.set(accessKeyId, { roleName, taskId });
    return {
      path,
      revoke: () => {
        this.#byPath.delete(path);
        this.#byKey.delete(accessKeyId);
      },
    };
  }

  /** Returns undefined for a path that was never issued, or whose task has ended. */
  answer(path: string): ContainerCredentials | undefined {
    const issued = this.#byPath.get(path);
    return (
      issued && {
        RoleArn: issued.roleArn,
        AccessKeyId: issued.accessKeyId,
        SecretAccessKey: issued.secretAccessKey,
        Token: issued.token,
        Expiration: new Date(Date.now() + LIFETIME_MS).toISOString(),
      }
    );
  }

  identity(accessKeyId: string): TaskIdentity | undefined {
    return this.#byKey.get(accessKeyId);
  }
}
