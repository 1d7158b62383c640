import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

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

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * In front of moto, with what S3 has and moto has not: a write is one with the check of its condition (moto's threads
 * may come between), time can pass, and things go wrong when they are asked to.
 */
export class S3Proxy {
  /** How far S3's clock is ahead of the machine's: moves forward only. */
  aheadMs = 0;
  /** S3's own pages have a thousand. */
  keysPerPage = 1_000;
  readonly #awaited: Awaited[] = [];
  /** How far the clock was ahead when an object was written, by path. */
  readonly #writtenAhead = new Map<string, number>();
  #writes: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async open(target: string): Promise<S3Proxy> {
    const server = createServer();
    const proxy = new S3Proxy(server, target);
    server.on("request", (from, to) => void proxy.#serve(from, to));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
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

  async #serve(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const mishap = this.#mishapOf(from);
    if (mishap === "requestLost") return void from.socket.destroy();
    if (mishap !== undefined && mishap !== "answerLost") {
      to.writeHead(STATUS[mishap]!, { "content-type": "application/xml" });
      return void to.end(`<Error><Code>${mishap}</Code><Message>${mishap}</Message></Error>`);
    }
    const answer = await (from.method === "PUT"
      ? this.#alone(() => this.#forward(from, body))
      : this.#forward(from, body));
    if (mishap === "answerLost") return void from.socket.destroy();
    to.writeHead(answer.status, answer.headers);
    to.end(answer.body);
  }

  #alone<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#writes.then(write);
    this.#writes = result.catch(() => {});
    return result;
  }

  #mishapOf({ method, url = "" }: IncomingMessage): Mishap | undefined {
    const path = url.split("?")[0]!;
    const index = this.#awaited.findIndex((one) => one.method === method && path.endsWith(one.key));
    const found = this.#awaited[index];
    if (found && --found.times === 0) this.#awaited.splice(index, 1);
    return found?.mishap;
  }

  #forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const path = url!.split("?")[0]!;
    return new Promise((resolve, reject) => {
      const query = url!.includes("list-type=2") ? `&max-keys=${this.keysPerPage}` : "";
      const upstream = request(`${this.target}${url}${query}`, {
        method,
        headers: { ...headers, connection: "close" },
      });
      upstream.once("error", reject);
      upstream.once("response", async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const status = response.statusCode!;
        if (method === "PUT" && status === 200) this.#writtenAhead.set(path, this.aheadMs);
        const shifted = { ...response.headers, date: this.#later(response.headers.date, this.aheadMs) };
        const written = this.#later(response.headers["last-modified"], this.#writtenAhead.get(path) ?? 0);
        if (written !== undefined) shifted["last-modified"] = written;
        // The connection header holds for one hop only.
        delete shifted.connection;
        resolve({ status, headers: shifted, body: Buffer.concat(chunks) });
      });
      upstream.end(body);
    });
  }

  #later(time: string | undefined, ms: number): string | undefined {
    return time === undefined ? undefined : new Date(Date.parse(time) + ms).toUTCString();
  }
}
