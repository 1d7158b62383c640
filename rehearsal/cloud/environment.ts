import { dirname, join } from "node:path";

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

/**
 * The environment that leads a shell's `pulumi`, the deploy script, curl, and any service's tests to the cloud instead of AWS.
 * Nothing else tells them apart: names, ports and certificates are production's.
 */
export function cloudEnvironment(endpoints: CloudEndpoints): Record<string, string> {
  const { directory } = endpoints;
  const authority = authorityFile(directory);
  return {
    AWS_ENDPOINT_URL: endpoints.apiUrl,
    AWS_REGION: endpoints.region,
    AWS_ACCESS_KEY_ID: "rehearsal",
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_EC2_METADATA_DISABLED: "true",
    PULUMI_DEBUG_PROVIDERS: `aws:${endpoints.awsPort},awsx:${endpoints.awsxPort}`,
    ...(endpoints.languageHostPort === null ? {} : { PULUMI_DEBUG_LANGUAGES: `nodejs:${endpoints.languageHostPort}` }),
    PULUMI_HOME: join(directory, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${stateFolder(directory)}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    AOSHINGO_STORE: join(directory, "store"),
    HTTPS_PROXY: endpoints.proxyUrl,
    HTTP_PROXY: endpoints.proxyUrl,
    // curl reads these two in lower case only.
    http_proxy: endpoints.proxyUrl,
    no_proxy: "127.0.0.1,localhost",
    NO_PROXY: "127.0.0.1,localhost",
    NODE_EXTRA_CA_CERTS: authority,
    SSL_CERT_FILE: authority,
    CURL_CA_BUNDLE: authority,
    PATH: `${dirname(endpoints.pulumi)}:${process.env.PATH ?? ""}`,
  };
}

export function stateFolder(directory: string): string {
  return join(directory, "state");
}

export function authorityFile(directory: string): string {
  return join(directory, "certificate-authority.pem");
}
