import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Secrets } from "../../../kernel/ports";
import { ParameterStore } from "./parameter-store";
import { SecretsManager } from "./secrets-manager";

/** The ARN of a secret, optionally with a key of its JSON, a staging label and the id of a version (P7). */
const SECRET_REFERENCE =
  /^(?<arn>arn:aws:secretsmanager:[^:]+:[^:]+:secret:[^:]+)(?::(?<key>[^:]*):(?<stage>[^:]*):(?<versionId>[^:]*))?$/;

/** Parameter Store and Secrets Manager, from which tasks read their secrets. */
export class SecretStores implements Secrets {
  readonly parameters: ParameterStore;
  readonly secretsManager: SecretsManager;

  constructor(context: CloudContext) {
    this.parameters = new ParameterStore(context);
    this.secretsManager = new SecretsManager(context);
  }

  value(reference: string): string | undefined {
    const { arn, key, stage, versionId } = SECRET_REFERENCE.exec(reference)?.groups ?? {};
    if (arn === undefined) return this.parameters.find(reference)?.value;
    const value = this.#read(arn, { ...(stage && { stage }), ...(versionId && { versionId }) });
    return !key || value === undefined ? value : valueOfKey(value, key);
  }

  #read(arn: string, by: { stage?: string; versionId?: string }): string | undefined {
    try {
      return this.secretsManager.read(arn, by).version.value;
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }
}

function valueOfKey(json: string, key: string): string | undefined {
  try {
    const value = (JSON.parse(json) as Record<string, unknown> | null)?.[key];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
