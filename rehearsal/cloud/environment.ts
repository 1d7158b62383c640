import { dirname, join } from "node:path";
import { authorityEnvironment, proxyEnvironment } from "./kernel/client-environment";

export interface CloudEndpoints {
  region: string;
  /** Of the cloud's own directory: Pulumi's state, the deploy store and the authority's certificate are in it. */
  directory: string;
  apiUrl: string;
  proxyUrl: string;
  awsPort: number;
  awsxPort: number;
  /** Null where the CLI brings its own language host. */
  languageHostPort: number | null;
  /** The Pulumi CLI's file. */
  pulumi: string;
}

/** Passphrase of the rehearsal's state: it guards nothing. `Pulumi.rehearsal.yaml` has the salt that goes with it. */
const PASSPHRASE = "rehearsal";

/** The command by which a CLI without a language host serves policy packs. */
export const POLICY_PACK_COMMAND_FOLDER = join(__dirname, "../language-host/bin");

/**
 * The environment that leads a shell's `pulumi`, the deploy script, curl, and any service's tests to the cloud instead of AWS.
 * Nothing else tells them apart: names, ports and certificates are production's.
 */
export function cloudEnvironment(endpoints: CloudEndpoints): Record<string, string> {
  const { directory } = endpoints;
  return {
    AWS_ENDPOINT_URL: endpoints.apiUrl,
    AWS_REGION: endpoints.region,
    // Version 1 of the AWS CLI and boto3 read only this one.
    AWS_DEFAULT_REGION: endpoints.region,
    AWS_ACCESS_KEY_ID: "rehearsal",
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_EC2_METADATA_DISABLED: "true",
    PULUMI_DEBUG_PROVIDERS: `aws:${endpoints.awsPort},awsx:${endpoints.awsxPort}`,
    ...(endpoints.languageHostPort === null ? {} : { PULUMI_DEBUG_LANGUAGES: `nodejs:${endpoints.languageHostPort}` }),
    PULUMI_HOME: join(directory, "pulumi-home"),
    // Without files of attributes beside the state's: the CLI does not write those in one go, and they are of no use.
    PULUMI_BACKEND_URL: `file://${stateFolder(directory)}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    AOSHINGO_STORE: join(directory, "store"),
    ...proxyEnvironment(endpoints.proxyUrl),
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
