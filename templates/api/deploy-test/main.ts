import { EnvHttpProxyAgent, request } from "undici";

/*
 * The test that a deploy runs against the idle colour before it gets production traffic:
 *
 *     TEST_URL=https://__NAME__-test.example.jp RELEASE=2.0.0 node -r ts-node/register services/__NAME__/deploy-test/main.ts
 *
 * Exit code 0: all right; 1: one line on stderr; 2: wrong environment. HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are honoured.
 */

const REQUEST_LIMIT_MS = 10_000;

const agent = new EnvHttpProxyAgent();

/** Throws an Error, in one line, for an answer that is not as wanted. */
async function expectAnswer(url: URL, release: string): Promise<void> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`GET ${url.pathname}: wanted 200, got ${statusCode}`);
  const got = headers["x-release"];
  if (got !== release) throw new Error(`GET ${url.pathname}: wanted x-release ${release}, got ${got ?? "none"}`);
}

async function main({ TEST_URL = "", RELEASE = "" }: NodeJS.ProcessEnv): Promise<number> {
  if (!URL.canParse(TEST_URL) || RELEASE === "") {
    console.error("deploy test: TEST_URL (the URL of the test name) and RELEASE must be set");
    return 2;
  }
  try {
    for (const path of ["/healthz", "/"]) await expectAnswer(new URL(path, TEST_URL), RELEASE);
    console.log(`deploy test: ${TEST_URL} works and runs release ${RELEASE}`);
    return 0;
  } catch (error) {
    console.error(`deploy test: ${(error as Error).message}`);
    return 1;
  }
}

// Without waiting for kept-alive connections.
void main(process.env).then((code) => process.exit(code));
