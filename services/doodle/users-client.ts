import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { NeighbourFailed } from "./neighbour-failed";

/** For a whole call, connecting included. */
const CALL_LIMIT_MS = 5_000;

/**
 * Shorter than the 60 s after which an Application Load Balancer closes a connection that nobody uses. If the load balancer closed first, a POST could
 * go into a connection that is just closing, and nobody would know whether it was done.
 */
const KEEP_ALIVE_MS = 50_000;

/** No connection is used longer, so that each follows the name `users` to where it leads now. A deploy drains for 80 s. */
const CONNECTION_LIFE_MS = 60_000;

export interface User {
  id: string;
  name: string;
}

/**
 * Calls the service users. Connections are kept; HTTPS_PROXY and NO_PROXY of the environment are honoured. Nothing is tried again: a POST that got no
 * answer may have been done. Methods throw NeighbourFailed.
 */
export class UsersClient {
  readonly #agent = new EnvHttpProxyAgent({ keepAliveTimeout: KEEP_ALIVE_MS, clientTtl: CONNECTION_LIFE_MS });

  constructor(private readonly url: string) {}

  /** The user created last, as the instance that answers knows it; null if there is none. */
  async newest(): Promise<User | null> {
    const { users } = (await this.#call("GET", "/users?limit=1", 200)) as { users?: User[] };
    if (!Array.isArray(users)) throw failed('GET /users?limit=1: wanted {"users":[...]}');
    return users[0] ?? null;
  }

  async create(user: User): Promise<void> {
    await this.#call("POST", "/users", 201, user);
  }

  async #call(method: "GET" | "POST", path: string, wanted: number, json?: User): Promise<object> {
    const abort = new AbortController();
    try {
      const answer = this.#answer({ origin: new URL(this.url).origin, method, path, signal: abort.signal }, json);
      const { status, body } = await Promise.race([answer, noAnswer(abort.signal)]);
      if (status !== wanted) throw new Error(`wanted ${wanted}, got ${status}`);
      return parsed(body);
    } catch (error) {
      throw failed(`${method} ${path}: ${reasonOf(error)}`);
    } finally {
      abort.abort();
    }
  }

  async #answer(options: Dispatcher.RequestOptions, json?: User): Promise<{ status: number; body: string }> {
    const { statusCode, body } = await this.#agent.request({
      ...options,
      ...(json && { body: JSON.stringify(json), headers: { "content-type": "application/json" } }),
    });
    return { status: statusCode, body: await body.text() };
  }
}

/** Not only the request's own signal: undici does not look at it while it waits for a proxy. */
async function noAnswer(signal: AbortSignal): Promise<never> {
  await sleep(CALL_LIMIT_MS, undefined, { signal });
  throw new Error(`no answer within ${CALL_LIMIT_MS / 1000} s`);
}

function parsed(text: string): object {
  const body: unknown = JSON.parse(text);
  if (typeof body !== "object" || body === null) throw new Error(`wanted an object, got ${text.slice(0, 100)}`);
  return body;
}

function failed(reason: string): NeighbourFailed {
  return new NeighbourFailed("callFailed", "users", reason);
}

/** One line. Network errors of Node carry an empty message when several addresses were tried. */
function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).split("\n", 1)[0] ?? "";
}
