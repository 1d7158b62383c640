import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { ServerRoute } from "../../../kernel/ports";

const HOST = "truststore.pki.rds.amazonaws.com";
const HTTPS = 443;
const BUNDLE = /^\/(?:global|[a-z0-9-]+)\/[a-z0-9-]+-bundle\.pem$/;

export interface TrustStoreParts {
  /** PEM of the authorities that sign the servers' certificates. */
  authorities: string;
  /** Signs the certificate of the place itself. */
  sign(hosts: string[]): Promise<{ certificate: string; privateKey: string }>;
}

/** Where RDS publishes the certificates of its authorities (aws-rules B9). It starts with the first who asks for it. */
export class TrustStore {
  #started: Promise<Server> | undefined;

  constructor(private readonly parts: TrustStoreParts) {}

  async route(): Promise<ServerRoute> {
    this.#started ??= this.#start();
    return { host: HOST, port: HTTPS, localPort: ((await this.#started).address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    (await this.#started)?.close();
  }

  async #start(): Promise<Server> {
    const { certificate, privateKey } = await this.parts.sign([HOST]);
    const server = createServer({ cert: certificate, key: privateKey }, ({ url = "" }, response) => {
      if (BUNDLE.test(url)) response.end(this.parts.authorities);
      else response.writeHead(403).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return server;
  }
}
