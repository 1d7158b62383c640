import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { authorityEnvironment, proxyEnvironment } from "./kernel/client-environment";

export interface CloudEndpoints {
  region: string;
  /** The cloud's own directory: it holds Pulumi's state and the authority's certificate. */
  directory: string;
  apiUrl: string;
  /** URL of S3, with TLS. */
  storageUrl: string;
  proxyUrl: string;
  /** The name servers of the public hosted zones. */
  nameServers: readonly { address: string; port: number }[];
  awsPort: number;
  awsxPort: number;
  /** Null if the CLI has its own language host. */
  languageHostPort: number | null;
  /** Path of the Pulumi CLI. */
  pulumi: string;
}

/** Folder of the command by which a CLI without a language host serves policy packs. */
export const POLICY_PACK_COMMAND_FOLDER = join(__dirname, "../language-host/bin");

/**
 * Beginnings of variables that lead SDKs, the AWS CLI and Pulumi to an account, and of those among them that do not: they say how a
 * tool runs. SDKs take many of them before the keys of the cloud's environment, such as `AWS_PROFILE` or `AWS_ENDPOINT_URL_SQS`.
 */
export const ACCOUNT_PREFIXES = ["AWS_", "PULUMI_"];
export const TOOL_PREFIXES = ["AWS_SDK_", "PULUMI_AUTOMATION_API_"];

/**
 * Takes away the variables that lead to the account of whoever rehearses. Whatever is started from here on does not inherit them: a variable
 * that is only set to something else, or to nothing, is not the same to all tools.
 */
export function leaveAccount(environment: NodeJS.ProcessEnv = process.env): void {
  const begins = (name: string, prefixes: readonly string[]) => prefixes.some((prefix) => name.startsWith(prefix));
  for (const name of Object.keys(environment))
    if (begins(name, ACCOUNT_PREFIXES) && !begins(name, TOOL_PREFIXES)) delete environment[name];
}

/**
 * Returns the environment by which a shell's `pulumi`, the deploy script, curl and a service's own tests use the
 * cloud instead of AWS. Nothing else differs: names, ports and certificates are those of production. It is for a process that has left
 * its account.
 */
export function cloudEnvironment(endpoints: CloudEndpoints): Record<string, string> {
  const { directory } = endpoints;
  return {
    AWS_ENDPOINT_URL: endpoints.apiUrl,
    AWS_ENDPOINT_URL_S3: endpoints.storageUrl,
    AWS_REGION: endpoints.region,
    // Version 1 of the AWS CLI and boto3 read only this one.
    AWS_DEFAULT_REGION: endpoints.region,
    AWS_ACCESS_KEY_ID: "rehearsal",
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_EC2_METADATA_DISABLED: "true",
    // A file can lead to AWS in spite of the variables, as by `ignore_configured_endpoint_urls`.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    PULUMI_DEBUG_PROVIDERS: `aws:${endpoints.awsPort},awsx:${endpoints.awsxPort}`,
    ...(endpoints.languageHostPort === null ? {} : { PULUMI_DEBUG_LANGUAGES: `nodejs:${endpoints.languageHostPort}` }),
    PULUMI_HOME: join(directory, "pulumi-home"),
    // Without files of attributes beside the state's: the CLI does not write them atomically, and nothing needs them.
    PULUMI_BACKEND_URL: `file://${stateFolder(directory)}?metadata=skip`,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...proxyEnvironment(endpoints.proxyUrl),
    AOSHINGO_NAME_SERVERS: endpoints.nameServers.map(({ address, port }) => `${address}:${port}`).join(","),
    ...authorityEnvironment(authorityFile(directory)),
    PATH: [
      dirname(endpoints.pulumi),
      ...(endpoints.languageHostPort === null ? [] : [POLICY_PACK_COMMAND_FOLDER]),
      process.env.PATH ?? "",
    ].join(":"),
  };
}

export function stateFolder(directory: string): string {
  return join(directory, "state");
}

export function authorityFile(directory: string): string {
  return join(directory, "certificate-authority.pem");
}
