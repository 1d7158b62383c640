import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { GetParameterCommandOutput } from "@aws-sdk/client-ssm";

/**
 * Reads a text that is kept elsewhere: `env:NAME`, `ssm:<name>` or `secretsmanager:<name>`.
 * @throws Error that says what is missing, never the text
 */
export async function keptText(reference: string, region: string, signal: AbortSignal): Promise<string> {
  const [, store = "", name = ""] = /^(\w+):(.+)$/.exec(reference) ?? [];
  const text = await READERS[store]?.(name, region, signal);
  if (!text) throw new Error(`${reference} has no value`);
  return text;
}

type Reader = (name: string, region: string, signal: AbortSignal) => Promise<string | undefined>;

/** The clients take a while to load: only for who needs them. */
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
