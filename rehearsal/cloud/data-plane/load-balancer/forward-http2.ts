import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import { hasBody } from "../http-headers";
import { writeHead, writeTrailers } from "./client-response";
import { Forwarding, toldTarget } from "./forward";
import type { SentRequest } from "./target-sessions";

/** Headers of HTTP/1.1's connections and bodies, which HTTP/2 has no use for. */
const HTTP1_BODY = new Set(["transfer-encoding", "host", "http2-settings"]);

/** Forwards over HTTP/2, with the trailers of the response, in which gRPC has its status (aws-rules E59). */
export class Http2Forwarding extends Forwarding {
  #sent: SentRequest | undefined;

  protected override send(endpoint: { address: string; port: number }, headers: string[]): void {
    const isBodiless = !hasBody(this.request);
    let sent: SentRequest;
    try {
      sent = this.target.sessions.request(endpoint, this.#headers(headers), isBodiless);
    } catch {
      // Node refuses to send some headers twice, such as `authorization`.
      this.fail(400);
      return;
    }
    this.#sent = sent;
    const { stream } = sent;
    stream.on("response", (answer, flags) => this.#pass(answer, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0));
    stream.on("timeout", () => this.timedOut());
    stream.on("error", () => this.#broke());
    stream.once("close", () => this.#closed(stream));
    if (!isBodiless) this.request.pipe(stream);
  }

  protected override stopSending(): void {
    this.#sent?.stream.close(constants.NGHTTP2_CANCEL);
  }

  #headers(flat: string[]): OutgoingHttpHeaders {
    const { headers, method, url } = this.request;
    const passed: Record<string, string | string[]> = {};
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const [name, value] = [flat[i]!.toLowerCase(), flat[i + 1]!];
      if (HTTP1_BODY.has(name)) continue;
      const before = passed[name];
      passed[name] = before === undefined ? value : [before, value].flat();
    }
    return {
      ...passed,
      ":method": method,
      ":path": url,
      ":authority": headers[":authority"] ?? headers.host,
      // gRPC's servers ask for it: it says that the client understands trailers.
      ...(headers.te === "trailers" ? { te: "trailers" } : {}),
    };
  }

  /** @param isWhole true if the response is its head alone, as an error of gRPC is */
  #pass(answer: IncomingHttpHeaders & IncomingHttpStatusHeader, isWhole: boolean): void {
    const { stream } = this.#sent!;
    if (this.isAnswered) return;
    const status = this.target.statusFor(answer[":status"] ?? 502);
    try {
      writeHead(this.response, status, [...flatOf(answer), ...toldTarget(this.request, this.target)], { isWhole });
    } catch {
      this.fail(502);
      this.stopForwarding();
      return;
    }
    this.begin(status);
    if (isWhole) return;
    // Trailers come before the end.
    stream.on("trailers", (trailers) => writeTrailers(this.response, flatOf(trailers)));
    stream.on("end", () => {
      // A stream that was reset ends, too.
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR) this.response.end();
    });
    stream.pipe(this.response, { end: false });
  }

  #broke(): void {
    const state = this.#sent?.connection.state;
    if (state === "timedOut") this.fail(504, "noConnection");
    else this.fail(502, state === "connecting" ? "noConnection" : "loadBalancer");
  }

  #closed(stream: ClientHttp2Stream): void {
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !this.isAnswered) this.#broke();
    // The target has answered without reading the whole request: the rest of it leads nowhere.
    else this.request.unpipe(stream).resume();
  }
}

/** Headers in Node's flat form, without those that begin with a colon. */
function flatOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(":") || value === undefined ? [] : [value].flat().flatMap((one) => [name, one]),
  );
}
