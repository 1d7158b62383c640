import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { GetParameterCommandOutput } from "@aws-sdk/client-ssm";
import { parseReference } from "../../components/core/secret-reference";
import { CALL_LIMITS } from "../core/aws-limits";
import type { SecretReader } from "../ports/secret-reader";

/** Reads values from the environment, SSM and Secrets Manager. */
export class SecretValues implements SecretReader {
  constructor(private readonly region: string) {}

  async value(reference: string, signal: AbortSignal): Promise<string> {
    const { store, name } = parseReference(reference);
    const value = await READERS[store]?.(name, this.region, signal);
    if (!value) throw new Error(`${reference} has no value`);
    return value;
  }
}

type Reader = (name: string, region: string, signal: AbortSignal) => Promise<string | undefined>;

/** Readers by store. They load the AWS clients when first used, because that takes a while. */
const READERS: Record<string, Reader> = {
  env: async (name) => process.env[name],
  ssm: async (name, region, abortSignal) => {
    const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    const client = new SSMClient({ region, ...CALL_LIMITS });
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const found: GetParameterCommandOutput = await client.send(command, { abortSignal });
    return found.Parameter?.Value;
  },
  secretsmanager: async (name, region, abortSignal) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const client = new SecretsManagerClient({ region, ...CALL_LIMITS });
    const command = new GetSecretValueCommand({ SecretId: name });
    const found: GetSecretValueCommandOutput = await client.send(command, { abortSignal });
    return found.SecretString;
  },
};
