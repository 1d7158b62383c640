/** Environment variables by which HTTP clients use a proxy, except for this machine itself. */
export function proxyEnvironment(url: string): Record<string, string> {
  const here = "127.0.0.1,localhost";
  // curl reads one of them in lower case only, and several clients prefer that case.
  return { HTTPS_PROXY: url, https_proxy: url, HTTP_PROXY: url, http_proxy: url, NO_PROXY: here, no_proxy: here };
}

/** Each variable is read by some HTTP clients, as the path of the certificate authorities that they trust. */
const AUTHORITY_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "AWS_CA_BUNDLE",
  "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
];

/**
 * Environment variables by which Node, OpenSSL and Go, curl, Python's requests, the AWS CLI with boto3, and gRPC trust the
 * certificate authority in a PEM file.
 */
export function authorityEnvironment(file: string): Record<string, string> {
  return Object.fromEntries(AUTHORITY_VARIABLES.map((name) => [name, file]));
}

/** Returns the file that `authorityEnvironment` was made for; undefined if the variables are not from it. */
export function authorityFileOf(variables: Readonly<Record<string, string>>): string | undefined {
  return variables[AUTHORITY_VARIABLES[0]!];
}

/** Returns this machine's variables without those by which the shell of `environment.sh` reaches a cloud. */
export function withoutCloud(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = variables[AUTHORITY_VARIABLES[0]!];
  // Nothing else sets them all.
  if (file === undefined || AUTHORITY_VARIABLES.some((name) => variables[name] !== file)) return variables;
  const ofCloud = Object.keys({ ...authorityEnvironment(file), ...proxyEnvironment("") });
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !ofCloud.includes(name)));
}
