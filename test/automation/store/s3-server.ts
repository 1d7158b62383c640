import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answers } from "../../../rehearsal/cloud/api/api";
import { Authorisation } from "../../../rehearsal/cloud/api/authorisation";
import { Credentials } from "../../../rehearsal/cloud/api/credentials";
import type { Reply } from "../../../rehearsal/cloud/protocols/service";
import { Iam } from "../../../rehearsal/cloud/services/iam/model/iam";
import { createS3 } from "../../../rehearsal/cloud/services/s3";
import type { S3 } from "../../../rehearsal/cloud/services/s3/model/s3";
import { silentCloud } from "../../rehearsal/cloud/silent-cloud";

/** What goes wrong with a request. */
export type Mishap =
  /** The request takes effect, but the answer is lost with the connection. */
  | "answerLost"
  /** The request is lost with the connection before it takes effect. */
  | "requestLost"
  | "ConditionalRequestConflict"
  | "AccessDenied"
  | "ServiceUnavailable";

const STATUS: Partial<Record<Mishap, number>> = {
  ConditionalRequestConflict: 409,
  AccessDenied: 403,
  ServiceUnavailable: 503,
};

interface Awaited {
  method: string;
  key: string;
  mishap: Mishap;
  times: number;
}

/**
 * The rehearsal cloud's S3 with the policy that the program gives to the deploy store's bucket. Its time can pass, and
 * things go wrong when they are asked to.
 */
export class S3Server {
  /** How far S3's clock is ahead of the machine's. */
  aheadMs = 0;
  /** S3's own pages have a thousand. */
  keysPerPage = 1_000;
  /** Method and path of each request so far, oldest first. */
  readonly requests: string[] = [];
  readonly s3: S3;
  readonly #answer: (request: IncomingMessage, signal: AbortSignal) => Promise<Reply>;
  readonly #awaited: Awaited[] = [];

  private constructor(private readonly server: Server) {
    const context = silentCloud();
    const service = createS3(context, () => this.#nowMs);
    this.s3 = service.model;
    const credentials = new Credentials(context);
    const apis = { s3: { ...service.apis!.s3!, hasTls: false } };
    const authorisation = new Authorisation({ iam: new Iam(context), credentials, apis });
    this.#answer = answers({ context, credentials, authorisation, apis });
  }

  static async open(): Promise<S3Server> {
    const server = createServer();
    const own = new S3Server(server);
    server.on("request", (from, to) => void own.#serve(from, to));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return own;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @param key end of the path of the requests that go wrong */
  arrange(method: "GET" | "PUT", key: string, mishap: Mishap, times = 1): void {
    this.#awaited.push({ method, key, mishap, times });
  }

  /** Count of arranged mishaps that have not happened yet. */
  get pending(): number {
    return this.#awaited.reduce((sum, { times }) => sum + times, 0);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get #nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  async #serve(from: IncomingMessage, to: ServerResponse): Promise<void> {
    this.requests.push(`${from.method} ${from.url!.split("?")[0]}`);
    const mishap = this.#mishapOf(from);
    if (mishap === "requestLost") return void from.socket.destroy();
    if (mishap !== undefined && mishap !== "answerLost") {
      from.resume();
      to.writeHead(STATUS[mishap]!, { "content-type": "application/xml" });
      return void to.end(`<Error><Code>${mishap}</Code><Message>${mishap}</Message></Error>`);
    }
    if (from.url!.includes("list-type=2")) from.url += `&max-keys=${this.keysPerPage}`;
    const { status, headers, body } = await this.#answer(from, new AbortController().signal);
    if (mishap === "answerLost") return void from.socket.destroy();
    to.writeHead(status, { ...headers, date: new Date(this.#nowMs).toUTCString() });
    to.end(body);
  }

  #mishapOf({ method, url = "" }: IncomingMessage): Mishap | undefined {
    const path = url.split("?")[0]!;
    const index = this.#awaited.findIndex((one) => one.method === method && path.endsWith(one.key));
    const found = this.#awaited[index];
    if (found && --found.times === 0) this.#awaited.splice(index, 1);
    return found?.mishap;
  }
}
