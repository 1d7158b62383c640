import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvHttpProxyAgent, request } from "undici";

/*
 * The test that a deploy runs against the idle colour before it gets production traffic:
 *
 *     TEST_URL=https://users-test.example.jp RELEASE=2.0.0 node -r ts-node/register services/users/deploy-test/main.ts
 *
 * It creates, gets, lists and removes a user and looks at the release of every answer. Exit code 0: all right; 1: one line on
 * stderr for each failure; 2: wrong environment. HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are honoured.
 */

/** For one request, connecting included. */
const REQUEST_LIMIT_MS = 10_000;

/**
 * Without a database (STORE=memory) each instance keeps its own users, and the load balancer sends a request to any of
 * them. So the user is asked for again, up to this long, until the instance that has it answers.
 */
const SEARCH_LIMIT_MS = 5_000;
const SEARCH_PAUSE_MS = 10;

interface Reply {
  status: number;
  location: string;
  release: string;
  body: unknown;
}

class DeployTest {
  readonly failures = new Set<string>();
  readonly #agent = new EnvHttpProxyAgent();

  constructor(
    private readonly url: URL,
    private readonly release: string,
  ) {}

  async run(): Promise<void> {
    try {
      const user = { id: `deploy-test-${randomUUID()}`, name: "Aoi" };
      await this.#healthy();
      await this.#create(user);
      try {
        await this.#expectUser(`/users/${user.id}`, user, (body) => body);
        await this.#expectUser("/users?limit=100", user, (body) => findUser(body, user.id));
      } finally {
        // The idle colour writes into production's database.
        await this.#remove(user.id);
      }
    } catch (error) {
      this.failures.add(reason(error));
    }
  }

  async #healthy(): Promise<void> {
    const { status } = await this.#ask("GET", "/healthz");
    if (status !== 200) this.failures.add(`GET /healthz: wanted 200, got ${status}`);
  }

  async #create(user: { id: string; name: string }): Promise<void> {
    const { status, location } = await this.#ask("POST", "/users", user);
    if (status !== 201) throw new Error(`POST /users: wanted 201, got ${status}`);
    if (location !== `/users/${user.id}`)
      this.failures.add(`POST /users: wanted location /users/${user.id}, got ${location}`);
  }

  async #remove(id: string): Promise<void> {
    const path = `/users/${id}`;
    const removed = await this.#search(async () => {
      const { status } = await this.#ask("DELETE", path);
      if (status !== 204 && status !== 404) throw new Error(`DELETE ${path}: wanted 204, got ${status}`);
      return status === 204 || undefined;
    });
    if (!removed) this.failures.add(`DELETE ${path}: wanted 204, got 404`);
  }

  async #expectUser(path: string, user: { id: string; name: string }, pick: (body: unknown) => unknown): Promise<void> {
    const found = await this.#search(async () => {
      const { status, body } = await this.#ask("GET", path);
      if (status !== 200 && status !== 404) throw new Error(`GET ${path}: wanted 200, got ${status}`);
      return status === 200 ? pick(body) : undefined;
    });
    if (found === undefined) {
      this.failures.add(`GET ${path}: the user just created was not found in ${SEARCH_LIMIT_MS / 1000} s`);
      return;
    }
    const { id, name } = found as { id?: unknown; name?: unknown };
    if (id !== user.id || name !== user.name)
      this.failures.add(`GET ${path}: wanted ${JSON.stringify(user)}, got ${JSON.stringify(found)}`);
  }

  /** Looks until there is something. @returns undefined if there is nothing within the limit */
  async #search<Found>(look: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const deadline = Date.now() + SEARCH_LIMIT_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined || Date.now() > deadline) return found;
      await sleep(SEARCH_PAUSE_MS);
    }
  }

  async #ask(method: "GET" | "POST" | "DELETE", path: string, json?: unknown): Promise<Reply> {
    const what = `${method} ${path}`;
    try {
      const reply = await Promise.race([this.#send(method, path, json), noAnswer()]);
      if (reply.release !== this.release) {
        const got = `${reply.release || "none"} (status ${reply.status})`;
        this.failures.add(`${what}: wanted x-release ${this.release}, got ${got}`);
      }
      return reply;
    } catch (error) {
      throw new Error(`${what} at ${this.url.origin}: ${reason(error)}`);
    }
  }

  async #send(method: "GET" | "POST" | "DELETE", path: string, json?: unknown): Promise<Reply> {
    const { statusCode, headers, body } = await request(new URL(path, this.url), {
      method,
      dispatcher: this.#agent,
      ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { "content-type": "application/json" } }),
    });
    const { location = "", "x-release": release = "" } = headers;
    return { status: statusCode, location: `${location}`, release: `${release}`, body: parsed(await body.text()) };
  }
}

/** Not the request's own signal: undici does not look at it while it waits for a proxy. */
async function noAnswer(): Promise<never> {
  await sleep(REQUEST_LIMIT_MS, undefined, { ref: false });
  throw new Error(`no answer within ${REQUEST_LIMIT_MS / 1000} s`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function findUser(body: unknown, id: string): unknown {
  const users = (body as { users?: unknown } | null)?.users;
  return Array.isArray(users) ? users.find((user: { id?: unknown } | null) => user?.id === id) : undefined;
}

/** One line. Network errors of Node carry an empty message when several addresses were tried. */
function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).split("\n", 1)[0] ?? "";
}

async function main({ TEST_URL = "", RELEASE = "" }: NodeJS.ProcessEnv): Promise<number> {
  if (!URL.canParse(TEST_URL) || RELEASE === "") {
    console.error("deploy test: TEST_URL (such as https://users-test.example.jp) and RELEASE must be set");
    return 2;
  }
  const test = new DeployTest(new URL(TEST_URL), RELEASE);
  await test.run();
  for (const failure of test.failures) console.error(`deploy test: ${failure}`);
  if (test.failures.size > 0) return 1;
  console.log(`deploy test: ${TEST_URL} works and runs release ${RELEASE}`);
  return 0;
}

main(process.env).then(
  // Without waiting for kept-alive connections or a request that was given up.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
