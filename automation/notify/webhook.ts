import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { GetParameterCommandOutput } from "@aws-sdk/client-ssm";
import { requestJson } from "./http";
import type { Notification, Notifier } from "./notification";
import { slackBody, webhookBody } from "./texts";

/** POSTs each notification as JSON to an address that is stored elsewhere, in Slack's format or in one of its own. */
export class Webhook implements Notifier {
  readonly name: string;

  constructor(
    private readonly form: "slack" | "webhook",
    /** Names the address: `env:NAME`, `ssm:<name>` or `secretsmanager:<name>`. */
    private readonly reference: string,
    private readonly region: string,
  ) {
    this.name = `${form} (${reference})`;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<void> {
    const address = await resolveReference(this.reference, this.region, signal);
    const body = this.form === "slack" ? slackBody(notification) : webhookBody(notification);
    await requestJson(address, { method: "POST", body, signal });
  }
}

/** Returns the value that a reference names. @throws Error that contains the reference, never the value */
async function resolveReference(reference: string, region: string, signal: AbortSignal): Promise<string> {
  const [, store = "", name = ""] = /^(\w+):(.+)$/.exec(reference) ?? [];
  const value = await READERS[store]?.(name, region, signal);
  if (!value) throw new Error(`${reference} has no value`);
  return value;
}

type Reader = (name: string, region: string, signal: AbortSignal) => Promise<string | undefined>;

/** Readers by store. They load the AWS clients when first used, because that takes a while. */
const READERS: Record<string, Reader> = {
  env: async (name) => process.env[name],
  ssm: async (name, region, abortSignal) => {
    const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const found: GetParameterCommandOutput = await new SSMClient({ region }).send(command, { abortSignal });
    return found.Parameter?.Value;
  },
  secretsmanager: async (name, region, abortSignal) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const command = new GetSecretValueCommand({ SecretId: name });
    const found: GetSecretValueCommandOutput = await new SecretsManagerClient({ region }).send(command, {
      abortSignal,
    });
    return found.SecretString;
  },
};
