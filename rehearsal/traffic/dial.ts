import { connect, type SecureContext } from "node:tls";
import type { buildConnector } from "undici";

/** Where the TLS connections of one client go. */
export interface DialTarget {
  /** Sent as SNI and checked against the certificate. */
  hostName: string;
  port: number;
  /** Holds the certificate authority; shared by all clients, as parsing it for each connection would be costly. */
  secureContext: SecureContext;
}

/**
 * Opens TLS connections to addresses that DNS gave, and resumes the sessions of earlier ones to the same address, as
 * browsers and HTTP libraries do.
 */
export class Dialer {
  readonly #target: DialTarget;
  readonly #sessions = new Map<string, Buffer>();

  constructor(target: DialTarget) {
    this.#target = target;
  }

  get origin(): string {
    return `https://${this.#target.hostName}:${this.#target.port}`;
  }

  /** A connector for undici that goes to `address`, whatever the URL says. */
  to(address: string): buildConnector.connector {
    return (_options, callback) => {
      const socket = connect({
        host: address,
        port: this.#target.port,
        servername: this.#target.hostName,
        secureContext: this.#target.secureContext,
        session: this.#sessions.get(address),
        ALPNProtocols: ["http/1.1"],
      });
      socket.setNoDelay(true);
      socket.on("session", (session) => this.#sessions.set(address, session));
      const failed = (error: Error) => callback(error, null);
      socket.once("error", failed);
      socket.once("secureConnect", () => {
        socket.off("error", failed);
        callback(null, socket);
      });
    };
  }
}
