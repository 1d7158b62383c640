/** Environment variables by which HTTP clients use a proxy, except for this machine itself. */
export function proxyEnvironment(url: string): Record<string, string> {
  const here = "127.0.0.1,localhost";
  // curl reads two of them in lower case only.
  return { HTTPS_PROXY: url, HTTP_PROXY: url, http_proxy: url, NO_PROXY: here, no_proxy: here };
}

/**
 * Environment variables by which Node, OpenSSL and Go, curl and Python's requests trust the certificate authority in
 * a PEM file.
 */
export function authorityEnvironment(file: string): Record<string, string> {
  return { NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file, CURL_CA_BUNDLE: file, REQUESTS_CA_BUNDLE: file };
}
