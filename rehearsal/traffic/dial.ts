import { connect, type SecureContext, type TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import { RequestFailure } from "./failure";

/** The target of the TLS connections of one client. */
export interface DialTarget {
  /** Sent as SNI and checked against the certificate. */
  hostName: string;
  port: number;
  /**
   * Holds the certificate authority. All clients share it, because parsing it for each connection would be expensive.
   */
  secureContext: SecureContext;
}

/**
 * Opens TLS connections to addresses from DNS, and resumes the sessions of earlier connections to the same address, as
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

  /** Begins a connection to an address, whatever the URL says. */
  dial(address: string, http2: boolean): TLSSocket {
    const socket = connect({
      host: address,
      port: this.#target.port,
      servername: this.#target.hostName,
      secureContext: this.#target.secureContext,
      session: this.#sessions.get(address),
      ALPNProtocols: http2 ? ["h2", "http/1.1"] : ["http/1.1"],
    });
    socket.setNoDelay(true);
    socket.on("session", (session) => this.#sessions.set(address, session));
    return socket;
  }

  /**
   * A connector for undici that connects to `address`, whatever the URL says.
   * @param http2 whether the connection has to be one of HTTP/2
   */
  to(address: string, http2: boolean): buildConnector.connector {
    return (_options, callback) => {
      const socket = this.dial(address, http2);
      const failed = (error: Error) => callback(error, null);
      socket.once("error", failed);
      socket.once("secureConnect", () => {
        socket.off("error", failed);
        if (!http2 || socket.alpnProtocol === "h2") {
          callback(null, socket);
          return;
        }
        socket.destroy();
        callback(new RequestFailure("noHttp2"), null);
      });
    };
  }
}
