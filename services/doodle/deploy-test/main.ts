import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvHttpProxyAgent, request } from "undici";

/*
 * The test that a deploy runs against the idle colour before it gets production traffic:
 *
 *     TEST_URL=https://doodle-test.example.jp RELEASE=2.0.0 node -r ts-node/register services/doodle/deploy-test/main.ts
 *
 * It creates, lists and removes a poll and looks at the release of every answer. The idle colour calls the users that is in production and sends a message to the
 * mailer that is: both see the poll's id, `deploy-test-...`. Exit code 0: all right; 1: one line on stderr for each failure; 2: wrong environment.
 * HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are honoured.
 */

/** For one request, connecting included. */
const REQUEST_LIMIT_MS = 10_000;

/**
 * Without a database (STORE=memory) each instance keeps its own polls, and the load balancer sends a request to any of
 * them. So the poll is asked for again, up to this long, until the instance that has it answers.
 */
const SEARCH_LIMIT_MS = 5_000;
const SEARCH_PAUSE_MS = 10;

interface Poll {
  id: string;
  title: string;
}

interface Reply {
  status: number;
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
      const poll = { id: `deploy-test-${randomUUID()}`, title: "Lunch" };
      await this.#healthy();
      await this.#create(poll);
      try {
        await this.#expectListed(poll);
      } finally {
        // The idle colour writes into production's database.
        await this.#remove(poll.id);
      }
    } catch (error) {
      this.failures.add(reason(error));
    }
  }

  async #healthy(): Promise<void> {
    const { status } = await this.#ask("GET", "/healthz");
    if (status !== 200) this.failures.add(`GET /healthz: wanted 200, got ${status}`);
  }

  async #create(poll: Poll): Promise<void> {
    const { status, body } = await this.#ask("POST", "/polls", poll);
    if (status !== 201) throw new Error(`POST /polls: wanted 201, got ${status}${errorIn(body)}`);
  }

  async #expectListed(poll: Poll): Promise<void> {
    const deadline = Date.now() + SEARCH_LIMIT_MS;
    while (Date.now() <= deadline) {
      const { status, body } = await this.#ask("GET", "/polls?limit=100");
      if (status !== 200) throw new Error(`GET /polls: wanted 200, got ${status}${errorIn(body)}`);
      const found = pollIn(body, poll.id);
      if (found !== undefined) {
        if (found.title === poll.title) return;
        this.failures.add(`GET /polls: wanted ${JSON.stringify(poll)}, got ${JSON.stringify(found)}`);
        return;
      }
      await sleep(SEARCH_PAUSE_MS);
    }
    this.failures.add(`GET /polls: the poll just created was not found in ${SEARCH_LIMIT_MS / 1000} s`);
  }

  async #remove(id: string): Promise<void> {
    const deadline = Date.now() + SEARCH_LIMIT_MS;
    for (;;) {
      const { status, body } = await this.#ask("DELETE", `/polls/${id}`);
      if (status === 204) return;
      if (status !== 404 || Date.now() > deadline)
        throw new Error(`DELETE /polls/${id}: wanted 204, got ${status}${errorIn(body)}`);
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
    return { status: statusCode, release: `${headers["x-release"] ?? ""}`, body: parsed(await body.text()) };
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

/** What the service itself says of a failure, such as the call to users that it could not make. */
function errorIn(body: unknown): string {
  const { error } = (body ?? {}) as { error?: unknown };
  return typeof error === "string" ? ` (${error})` : "";
}

function pollIn(body: unknown, id: string): Poll | undefined {
  const polls = (body as { polls?: unknown } | null)?.polls;
  return Array.isArray(polls) ? polls.find((poll: Partial<Poll> | null) => poll?.id === id) : undefined;
}

/** One line. Network errors of Node carry an empty message when several addresses were tried. */
function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).split("\n", 1)[0] ?? "";
}

async function main({ TEST_URL = "", RELEASE = "" }: NodeJS.ProcessEnv): Promise<number> {
  if (!URL.canParse(TEST_URL) || RELEASE === "") {
    console.error("deploy test: TEST_URL (such as https://doodle-test.example.jp) and RELEASE must be set");
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
